import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import {
  type Permission,
  type Role,
  roles,
  type RouteContract,
  type RouteName,
  routes,
} from "@souk/api";
import { manualClock } from "@souk/core";
import type { FastifyInstance } from "fastify";
import { Compile } from "typebox/compile";
import { openSouk } from "../souk.ts";
import type { Souk } from "../souk-interface.ts";
import { createApp } from "./app.ts";
import { createLogger } from "./logging.ts";

export const password = "correct horse battery";
const origin = { address: "192.0.2.7" };
const by = { ...origin, name: "setup" };

/** A real data directory with one user of each role, and the application over it. */
export interface OpenedShop {
  readonly souk: Souk;
  readonly app: FastifyInstance;
  readonly folder: string;
  readonly clock: ReturnType<typeof manualClock>;
  /** Access tokens by role; the username is the role. */
  readonly tokens: Readonly<Record<Role, string>>;
  readonly setupToken: string;
  /** Everything logged so far. */
  readonly logged: () => string;
  /** A key of the admin with these scopes. */
  readonly key: (scopes: readonly Permission[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Opens a shop in a temp folder, with `file` as its souk.json when there is one; `close` removes it. */
export async function openShop(
  config: object = {},
  { file }: { file?: object } = {},
): Promise<OpenedShop> {
  const folder = await mkdtemp(join(tmpdir(), "souk-http-"));
  if (file) await writeFile(join(folder, "souk.json"), JSON.stringify(file));
  const clock = manualClock(Date.UTC(2026, 10, 22));
  const opened = await openSouk({ dataDirectory: folder, clock, sqlProcesses: 1, serving: "now" });
  const souk = { ...opened, config: { ...opened.config, ...config } };
  const closing = new AbortController();
  let lines = "";
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines += chunk.toString();
      done();
    },
  });
  const log = createLogger({ level: "debug", destination });
  const app = await createApp({ souk, log, closing: closing.signal });
  const setupToken = (await souk.accounts.issueSetupToken()) ?? "";
  const tokens = await makeUsers(souk, setupToken);
  return {
    souk,
    app,
    folder,
    clock,
    tokens,
    setupToken,
    logged: () => lines,
    key: (scopes) => makeKey(souk, tokens.admin, scopes),
    async close() {
      closing.abort();
      await app.close();
      await souk.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeUsers(souk: Souk, setupToken: string): Promise<Record<Role, string>> {
  const { accounts } = souk;
  const first = await accounts.setup({ setupToken, username: "admin", password }, origin);
  const tokens: Record<Role, string> = {
    viewer: "",
    analyst: "",
    operator: "",
    admin: first.accessToken,
  };
  for (const role of roles) {
    if (role === "admin") continue;
    await accounts.users.create({ username: role, password, role }, by);
    tokens[role] = (await accounts.login({ username: role, password }, origin)).accessToken;
  }
  return tokens;
}

async function makeKey(souk: Souk, token: string, scopes: readonly Permission[]): Promise<string> {
  const { id } = await souk.accounts.authenticate(token);
  const made = await souk.accounts.keys.create({ userId: id, name: "test", scopes }, by);
  return made.secret;
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Fails unless a JSON answer is what the contract promises for its status. */
export function checkAnswer(name: RouteName, response: { statusCode: number; body: string }): void {
  const contract: RouteContract = routes[name];
  const schema = contract.responses[response.statusCode];
  if (!schema || contract.responseType || contract.stream === "download" || response.body === "")
    return;
  const value: unknown = JSON.parse(response.body);
  assert.deepEqual(
    Compile(schema).Errors(value),
    [],
    `${name} answered ${response.body.slice(0, 500)}`,
  );
}
