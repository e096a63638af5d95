import { isPermission, permissions } from "@souk/api";
import { SoukError } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { didYouMean } from "../line/suggestion.ts";
import { formatTime } from "../terminal/numbers.ts";

const DAY_MS = 86_400_000;

const list: Command = { name: "list", summary: "every key, without its secret", run: listKeys };

async function listKeys({ out, souk }: Context): Promise<void> {
  const keys = await (await souk()).accounts.keys.list();
  out.printJson(keys);
  if (keys.length === 0) return out.print("No keys yet.");
  out.printTable(
    [
      { title: "key", isWhole: true },
      { title: "name" },
      { title: "user" },
      { title: "begins" },
      { title: "state" },
      { title: "scopes" },
    ],
    keys.map((key) => [
      key.id,
      key.name,
      key.username,
      `${key.prefix}…`,
      stateOf(key),
      key.scopes.join(", "),
    ]),
  );
}

function stateOf({ revokedAt, expiresAt }: { revokedAt?: number; expiresAt?: number }): string {
  if (revokedAt !== undefined) return "revoked";
  return expiresAt === undefined ? "active" : `until ${formatTime(expiresAt)}`;
}

const create: Command = {
  name: "create",
  summary: "a key for a program; the secret is shown this once",
  positionals: [{ name: "NAME", summary: "what it is for" }],
  options: {
    user: { kind: "text", value: "USERNAME", summary: "whose key it is" },
    scope: {
      kind: "list",
      value: "SCOPE",
      summary: "what it may do, may be repeated",
      fallback: "predict:run",
    },
    days: {
      kind: "number",
      min: 1,
      value: "N",
      summary: "days until it expires",
      fallback: "never",
    },
  },
  async run({ line, out, souk, by }) {
    const application = await souk();
    const { users, keys } = application.accounts;
    const username = line.text("user");
    const owner = (await users.list()).find((candidate) => candidate.username === username);
    if (owner === undefined)
      throw new SoukError(
        "CLI_USER_UNKNOWN",
        username === undefined
          ? "--user is missing: whose key is it?"
          : `there is no user "${username}"`,
      );
    const days = line.number("days");
    const created = await keys.create(
      {
        userId: owner.id,
        name: line.positionals[0]!,
        scopes: scopesOf(line.list("scope")),
        ...(days !== undefined && { expiresAt: application.clock.now() + days * DAY_MS }),
      },
      { name: by, address: "local" },
    );
    out.printJson(created);
    out.print(created.secret);
    out.log(
      `${out.errorStyle.yellow("!")} keep it now, it is not shown again (key ${created.key.id})`,
    );
  },
};

function scopesOf(given: readonly string[]): (typeof permissions)[number][] {
  return (given.length === 0 ? ["predict:run"] : given).map((scope) => {
    if (isPermission(scope)) return scope;
    throw new SoukError(
      "CLI_OPTION_VALUE",
      `--scope: expected one of ${permissions.join(", ")}; got "${scope}"${didYouMean(scope, permissions)}`,
    );
  });
}

const revoke: Command = {
  name: "revoke",
  summary: "stop a key at once",
  positionals: [{ name: "KEY", summary: "its id, see souk keys" }],
  async run({ line, out, souk, by }) {
    const id = line.positionals[0]!;
    await (await souk()).accounts.keys.revoke(id, { name: by, address: "local" });
    out.printJson({ revoked: id });
    out.print(`${out.style.green("✓")} ${id} is revoked`);
  },
};

/** `souk keys` and its actions. */
export const command: Command = {
  name: "keys",
  summary: "list, create and revoke API keys",
  actions: [list, create, revoke],
  run: listKeys,
  examples: [
    {
      line: "KEY=$(souk keys create checkout --user ada --scope predict:run)",
      about: "for a program",
    },
    { line: "souk keys revoke key_01j…", about: "when it leaked" },
  ],
};
