import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient, type Role, roles } from "@souk/api";

/** The password of every user of a running shop. */
export const password = "correct horse battery";

/** Starting under load, with a first build of the dashboard, takes this long at most. */
const START_MS = 120_000;

/** A real server over a temp data directory, with a demo shop and one user of each role (the username is the role). */
export interface RunningShop {
  readonly url: string;
  readonly dataDirectory: string;
  /** The API as the administrator. */
  readonly admin: Client;
  /** Stops the server and removes its data. */
  readonly close: () => Promise<void>;
}

/** Runs `souk start` on an empty folder; `reviews: 0` leaves the shop empty, `accounts: false` unclaimed. */
export async function startShop({
  reviews = 1500,
  dashboard,
}: {
  reviews?: number;
  /** Folder of another build of the pages than packages/web/dist. */
  dashboard?: string;
} = {}): Promise<RunningShop & { readonly setupToken: string }> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "souk-web-"));
  const main = join(import.meta.dirname, "../../../cli/src/main.ts");
  const demo = reviews === 0 ? ["--no-demo"] : ["--size", String(reviews)];
  const child = spawn(
    process.execPath,
    [main, "start", "--port", "0", "--data", dataDirectory, ...demo],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...(dashboard && { SOUK_DASHBOARD: dashboard }) },
    },
  );
  async function close(): Promise<void> {
    if (child.exitCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    }
    await rm(dataDirectory, { recursive: true, force: true });
  }
  try {
    const said = await greeting(child);
    const url = /open at (http:\S+)/.exec(said)?.[1] ?? "";
    const setupToken = /Setup token \(once\): (\S+)/.exec(said)?.[1] ?? "";
    const admin = createClient({ baseUrl: url });
    return { url, dataDirectory, setupToken, admin, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** A running shop with its people. */
export async function startShopWithPeople(options?: {
  reviews?: number;
  dashboard?: string;
}): Promise<RunningShop> {
  const shop = await startShop(options);
  const { access_token: token } = await shop.admin.setup({
    body: { setupToken: shop.setupToken, username: "admin", password },
  });
  const admin = createClient({ baseUrl: shop.url, token });
  for (const role of roles.filter((one): one is Exclude<Role, "admin"> => one !== "admin"))
    await admin.createUser({ body: { username: role, password, role } });
  return { ...shop, admin };
}

/** Everything said until the server tells how to stop it. */
async function greeting(child: ChildProcess): Promise<string> {
  let said = "";
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (data) => {
        said += String(data);
        if (said.includes("Ctrl-C stops")) resolve();
      });
  });
  const ended = once(child, "exit", { signal: AbortSignal.timeout(START_MS) });
  await Promise.race([
    ready,
    ended.then(
      () => Promise.reject(new Error(`souk start ended:\n${said}`)),
      () => Promise.reject(new Error(`souk start was not ready in ${START_MS} ms:\n${said}`)),
    ),
  ]);
  return said;
}
