import type { Command } from "../command.ts";
import { parseVersion } from "../line/pairs.ts";
import { printGate } from "../report/gate.ts";

/** `souk promote`. */
export const command: Command = {
  name: "promote",
  summary: "let a model version serve, if it passes the gate",
  about:
    "The gate: better than the baseline and than the serving version on the same test rows. Exit code 4: it said no.",
  positionals: [
    { name: "MODEL", summary: "name of the model" },
    { name: "VERSION", summary: "its number" },
  ],
  options: {
    alias: { kind: "text", value: "NAME", summary: "the alias to move", fallback: "champion" },
    reason: {
      kind: "text",
      value: "WHY",
      summary: "kept in the promotion log",
      fallback: "promoted by hand",
    },
    force: { kind: "flag", summary: "promote although the gate says no; the log says so" },
  },
  examples: [
    { line: "souk promote star-rating 3", about: "if it is better" },
    { line: "souk promote star-rating 3 --alias challenger", about: "beside the champion" },
  ],
  async run({ line, out, souk, by }) {
    const [model, version] = line.positionals;
    const alias = line.text("alias");
    const done = await (
      await souk()
    ).models.promote(model!, parseVersion(version!), {
      by,
      reason: line.text("reason") ?? "promoted by hand",
      force: line.flag("force"),
      ...(alias !== undefined && { alias }),
    });
    out.printJson(done);
    printGate(out, done.gate);
    out.print(
      `${out.style.green("✓")} ${done.alias} of ${done.model} is version ${done.version} now`,
    );
  },
};
