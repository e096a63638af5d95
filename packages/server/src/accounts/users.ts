import type { Role } from "@souk/api";
import { createId, SoukError } from "@souk/core";
import type { Sql, SqlValue } from "@souk/store";
import type { Actor, User } from "./account-values.ts";
import type { UserDirectory } from "./accounts.ts";
import { type AccountContext, change } from "./context.ts";
import { checkPasswordStrength } from "./passwords.ts";

export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly password_hash: string;
  readonly disabled: number;
  readonly created_at: number;
  readonly last_login_at: number | null;
}

/** Names are compared without case, so that "Admin" cannot pose as "admin". */
export function usernameKey(username: string): string {
  return username.normalize("NFKC").toLowerCase();
}

export function createUserDirectory(context: AccountContext): UserDirectory {
  return {
    async list() {
      const rows = await context.store.all<UserRow>("SELECT * FROM users ORDER BY username_key");
      return rows.map(userOf);
    },
    get: async (id) => userOf(await requireUser(context.store, id)),
    create: (request, by) => createUser(context, request, by),
    update: (id, wanted, by) => updateUser(context, { id, wanted }, by),
    remove: (id, by) => removeUser(context, id, by),
    changePassword: (id, request, by) => changePassword(context, { id, ...request }, by),
  };
}

async function createUser(
  context: AccountContext,
  request: { username: string; password: string; role: Role },
  by: Actor,
): Promise<User> {
  checkPasswordStrength(request.password, request.username);
  const hash = await context.passwords.hash(request.password);
  return change(context, by, async (sql) => {
    const user = await insertUser(sql, context, { ...request, hash });
    return {
      result: user,
      audit: { action: "user.create", subject: user.username, details: { role: user.role } },
    };
  });
}

/** @throws SoukError `USER_EXISTS`. */
export async function insertUser(
  sql: Sql,
  context: AccountContext,
  { username, role, hash }: { username: string; role: Role; hash: string },
): Promise<User> {
  const key = usernameKey(username);
  if (await sql.get("SELECT id FROM users WHERE username_key = ?", [key]))
    throw new SoukError("USER_EXISTS", `There is a user named "${username}" already`);
  const id = createId("user", context.clock);
  const createdAt = context.clock.now();
  await sql.run(
    `INSERT INTO users (id, username, username_key, role, password_hash, created_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [id, username, key, role, hash, createdAt],
  );
  return { id, username, role, disabled: false, createdAt };
}

async function updateUser(
  context: AccountContext,
  { id, wanted }: { id: string; wanted: { role?: Role; password?: string; disabled?: boolean } },
  by: Actor,
): Promise<User> {
  const before = await requireUser(context.store, id);
  if (wanted.password !== undefined) checkPasswordStrength(wanted.password, before.username);
  const hash =
    wanted.password === undefined ? undefined : await context.passwords.hash(wanted.password);
  return change(context, by, async (sql) => {
    const row = await requireUser(sql, id);
    const role = wanted.role ?? row.role;
    const disabled = wanted.disabled ?? row.disabled === 1;
    if (role !== "admin" || disabled) await keepAnAdmin(sql, row);
    const values: SqlValue[] = [role, disabled ? 1 : 0, hash ?? row.password_hash, id];
    await sql.run(
      "UPDATE users SET role = ?, disabled = ?, password_hash = ? WHERE id = ?",
      values,
    );
    await endSessions(sql, id, context.clock.now());
    const details = { role, disabled, passwordChanged: hash !== undefined };
    return {
      result: { ...userOf(row), role, disabled },
      audit: { action: "user.update", subject: row.username, details },
    };
  });
}

async function removeUser(context: AccountContext, id: string, by: Actor): Promise<void> {
  await change(context, by, async (sql) => {
    const row = await requireUser(sql, id);
    await keepAnAdmin(sql, row);
    await sql.run("DELETE FROM users WHERE id = ?", [id]);
    return { result: undefined, audit: { action: "user.remove", subject: row.username } };
  });
}

async function changePassword(
  context: AccountContext,
  request: { id: string; currentPassword: string; newPassword: string },
  by: Actor,
): Promise<void> {
  const row = await requireUser(context.store, request.id);
  context.throttle.enter(row.username, by.address);
  if (!(await context.passwords.verify(request.currentPassword, row.password_hash)))
    throw new SoukError("AUTH_FAILED", "The current password is wrong");
  context.throttle.succeeded(row.username, by.address);
  checkPasswordStrength(request.newPassword, row.username);
  const hash = await context.passwords.hash(request.newPassword);
  await change(context, by, async (sql) => {
    await sql.run("UPDATE users SET password_hash = ? WHERE id = ?", [hash, request.id]);
    await endSessions(sql, request.id, context.clock.now());
    return { result: undefined, audit: { action: "user.password", subject: row.username } };
  });
}

/** Refuses to lose `row` when it is the last admin who can log in. @throws SoukError `USER_LAST_ADMIN`. */
async function keepAnAdmin(sql: Sql, row: UserRow): Promise<void> {
  if (row.role !== "admin" || row.disabled === 1) return;
  const other = await sql.get(
    "SELECT id FROM users WHERE role = 'admin' AND disabled = 0 AND id <> ? LIMIT 1",
    [row.id],
  );
  if (!other)
    throw new SoukError(
      "USER_LAST_ADMIN",
      `"${row.username}" is the last admin: make another first`,
    );
}

async function endSessions(sql: Sql, userId: string, at: number): Promise<void> {
  await sql.run("UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL", [
    at,
    userId,
  ]);
}

async function requireUser(sql: Sql, id: string): Promise<UserRow> {
  const row = await sql.get<UserRow>("SELECT * FROM users WHERE id = ?", [id]);
  if (!row) throw new SoukError("USER_UNKNOWN", `There is no user "${id}"`);
  return row;
}

function userOf(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    role: row.role,
    disabled: row.disabled === 1,
    createdAt: row.created_at,
    ...(row.last_login_at !== null && { lastLoginAt: row.last_login_at }),
  };
}
