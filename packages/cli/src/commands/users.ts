import { isRole, roles } from "@souk/api";
import { SoukError } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { readPassword } from "../line/secret.ts";
import { didYouMean } from "../line/suggestion.ts";
import { formatTime } from "../terminal/numbers.ts";

const user = { name: "USERNAME", summary: "name of the user" } as const;
const roleOption = {
  kind: "text",
  value: "ROLE",
  choices: roles,
  summary: "what the user may do",
} as const;
const passwordNote =
  "The password comes from SOUK_PASSWORD or from standard input, never from the command line.";

const list: Command = { name: "list", summary: "everybody who may log in", run: listUsers };

async function listUsers({ out, souk }: Context): Promise<void> {
  const users = await (await souk()).accounts.users.list();
  out.printJson(users);
  if (users.length === 0)
    return out.print("No users yet. souk start prints a setup token for the first.");
  out.printTable(
    [
      { title: "username", paint: (cell) => out.style.bold(cell) },
      { title: "role" },
      { title: "state" },
      { title: "created" },
      { title: "last login" },
    ],
    users.map((row) => [
      row.username,
      row.role,
      row.disabled ? "disabled" : "active",
      formatTime(row.createdAt),
      row.lastLoginAt === undefined ? "never" : formatTime(row.lastLoginAt),
    ]),
  );
}

/** @throws SoukError `CLI_USER_UNKNOWN`. */
async function userIdOf({ souk }: Context, username: string): Promise<string> {
  const users = await (await souk()).accounts.users.list();
  const found = users.find(
    (candidate) => candidate.username === username || candidate.id === username,
  );
  if (found !== undefined) return found.id;
  const hint = didYouMean(
    username,
    users.map((candidate) => candidate.username),
  );
  throw new SoukError("CLI_USER_UNKNOWN", `there is no user "${username}"${hint}`);
}

function roleOf(text: string | undefined): (typeof roles)[number] | undefined {
  return isRole(text) ? text : undefined;
}

const add: Command = {
  name: "add",
  summary: "let somebody log in",
  about: passwordNote,
  positionals: [user],
  options: { role: { ...roleOption, fallback: "viewer" } },
  async run({ line, out, souk, stdin, environment, by }) {
    const password = await readPassword(environment, stdin);
    const created = await (
      await souk()
    ).accounts.users.create(
      { username: line.positionals[0]!, password, role: roleOf(line.text("role")) ?? "viewer" },
      { name: by, address: "local" },
    );
    out.printJson(created);
    out.print(`${out.style.green("✓")} ${created.username} may log in as ${created.role}`);
  },
};

const change: Command = {
  name: "change",
  summary: "another role or password, disable or enable; ends the user's sessions",
  about: passwordNote,
  positionals: [user],
  options: {
    role: roleOption,
    password: { kind: "flag", summary: "read a new password" },
    disable: { kind: "flag", summary: "no more logins" },
    enable: { kind: "flag", summary: "logins again" },
  },
  async run(context) {
    const { line, out, souk, stdin, environment, by } = context;
    const role = roleOf(line.text("role"));
    const changes = {
      ...(role !== undefined && { role }),
      ...(line.flag("disable") && { disabled: true }),
      ...(line.flag("enable") && { disabled: false }),
      ...(line.flag("password") && { password: await readPassword(environment, stdin) }),
    };
    if (Object.keys(changes).length === 0)
      throw new SoukError("CLI_ARGUMENT", "expected --role, --password, --disable or --enable");
    const id = await userIdOf(context, line.positionals[0]!);
    const changed = await (
      await souk()
    ).accounts.users.update(id, changes, { name: by, address: "local" });
    out.printJson(changed);
    out.print(
      `${out.style.green("✓")} ${changed.username} is ${changed.role}, ${changed.disabled ? "disabled" : "active"}`,
    );
  },
};

const remove: Command = {
  name: "remove",
  summary: "remove a user with sessions and keys",
  positionals: [user],
  async run(context) {
    const { line, out, souk, by } = context;
    const id = await userIdOf(context, line.positionals[0]!);
    await (await souk()).accounts.users.remove(id, { name: by, address: "local" });
    out.printJson({ removed: id });
    out.print(`${out.style.green("✓")} ${line.positionals[0]!} is gone`);
  },
};

/** `souk users` and its actions. */
export const command: Command = {
  name: "users",
  summary: "list, add, change and remove users",
  actions: [list, add, change, remove],
  run: listUsers,
  examples: [
    { line: "souk users add ada --role analyst < password.txt", about: "a colleague" },
    { line: "souk users change ada --disable", about: "who has left" },
  ],
};
