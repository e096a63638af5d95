import assert from "node:assert/strict";
import { test } from "node:test";
import { type OptionSpec, parseLine, type PositionalSpec, takeWord } from "./arguments.ts";

const options = {
  map: { kind: "list", summary: "" },
  mode: { kind: "text", choices: ["append", "upsert"], summary: "" },
  port: { kind: "number", min: 0, short: "p", summary: "" },
  "dry-run": { kind: "flag", summary: "" },
} as const satisfies Record<string, OptionSpec>;
const files: readonly PositionalSpec[] = [
  { name: "NAME", summary: "its name" },
  { name: "FILES", summary: "files", isMany: true },
];

test("options may stand before, between and after the arguments", () => {
  const line = parseLine(
    ["--map", "a=b", "reviews", "--dry-run", "x.tsv", "--map=c=d", "-p", "0"],
    options,
    files,
  );
  assert.deepEqual(line.positionals, ["reviews", "x.tsv"]);
  assert.deepEqual(line.list("map"), ["a=b", "c=d"]);
  assert.equal(line.number("port"), 0);
  assert.equal(line.flag("dry-run"), true);
  assert.equal(line.flag("json"), false);
  assert.equal(line.text("mode"), undefined);
});

test("a single dash and everything after two dashes are arguments", () => {
  assert.deepEqual(parseLine(["reviews", "-"], options, files).positionals, ["reviews", "-"]);
  assert.deepEqual(parseLine(["reviews", "--", "--odd.tsv"], options, files).positionals, [
    "reviews",
    "--odd.tsv",
  ]);
});

test("the last of a repeated text option wins", () => {
  assert.equal(
    parseLine(["a", "b", "--mode", "append", "--mode", "upsert"], options, files).text("mode"),
    "upsert",
  );
});

test("an unknown option is refused with the nearest known one", () => {
  assert.throws(() => parseLine(["a", "b", "--dryrun"], options, files), {
    code: "CLI_OPTION",
    message: "there is no option --dryrun; did you mean --dry-run?",
  });
  for (const name of ["--__proto__", "--constructor", "--toString"])
    assert.throws(() => parseLine(["a", "b", name], options, files), { code: "CLI_OPTION" });
});

test("a value that is missing, not a choice or not a number is refused with what was expected", () => {
  const refused = (args: string[], message: RegExp): void =>
    assert.throws(() => parseLine(["a", "b", ...args], options, files), {
      code: "CLI_OPTION_VALUE",
      message,
    });
  refused(["--mode"], /--mode needs a value/);
  refused(["--map", "--dry-run"], /--map needs a value/);
  refused(["--mode", "upsrt"], /expected append, upsert, got "upsrt"; did you mean upsert/);
  refused(["--port", "eighty"], /expected a number of at least 0, got "eighty"/);
  refused(["--port", "-1"], /at least 0/);
  refused(["--port="], /expected a number/);
  refused(["--dry-run=yes"], /--dry-run takes no value, got "yes"/);
});

test("too few and too many arguments are named", () => {
  assert.throws(() => parseLine(["reviews"], options, files), {
    code: "CLI_ARGUMENT",
    message: "FILES is missing: files",
  });
  assert.throws(() => parseLine(["a", "b"], {}, [{ name: "ONE", summary: "" }]), {
    code: "CLI_ARGUMENT",
    message: 'expected at most 1, got "b" as well',
  });
  assert.throws(() => parseLine(["a"]), { code: "CLI_ARGUMENT", message: /expected no arguments/ });
});

test("asking for help asks for no arguments", () => {
  assert.equal(parseLine(["-h"], options, files).flag("help"), true);
});

test("the command is the first word, also after options with values", () => {
  assert.deepEqual(takeWord(["--data", "start", "sql", "--json", "select 1"]), {
    word: "sql",
    rest: ["--data", "start", "--json", "select 1"],
  });
  assert.deepEqual(takeWord(["--json"]), { word: undefined, rest: ["--json"] });
  assert.deepEqual(takeWord(["--", "sql"]), { word: undefined, rest: ["--", "sql"] });
});
