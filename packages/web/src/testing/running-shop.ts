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
const DAY_MS = 86_400_000;

/** A real server over a temp data directory, with a demo shop and one user of each role (the username is the role). */
export interface RunningShop {
  readonly url: string;
  readonly dataDirectory: string;
  /** The API as the administrator. */
  readonly admin: Client;
  /** Stops the server and removes its data. */
  readonly close: () => Promise<void>;
}

/** How a shop begins. */
interface Beginning {
  /** Reviews of the demo shop; 0 leaves the shop empty. */
  readonly reviews?: number;
  /** Folder of another build of the pages than packages/web/dist. */
  readonly dashboard?: string;
  /** The demo shop was made, its model trained and promoted, and its people added that many days ago. */
  readonly daysAgo?: number;
}

/** Runs `souk start` on an empty folder, and tells the token of who makes the first account. */
export async function startShop({
  reviews = 1500,
  dashboard,
}: Omit<Beginning, "daysAgo"> = {}): Promise<RunningShop & { readonly setupToken: string }> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "souk-web-"));
  return serve(dataDirectory, { reviews, dashboard });
}

/** A running shop with its people. */
export async function startShopWithPeople({
  reviews = 1500,
  dashboard,
  daysAgo = 0,
}: Beginning = {}): Promise<RunningShop> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "souk-web-"));
  const shop = await serve(dataDirectory, { reviews, dashboard, daysAgo });
  const { access_token: token } = await shop.admin.setup({
    body: { setupToken: shop.setupToken, username: "admin", password },
  });
  const admin = createClient({ baseUrl: shop.url, token });
  for (const role of roles.filter((one): one is Exclude<Role, "admin"> => one !== "admin"))
    await admin.createUser({ body: { username: role, password, role } });
  if (daysAgo === 0) return { ...shop, admin };
  await shop.stop();
  const today = await serve(dataDirectory, { reviews, dashboard });
  const login = await today.admin.login({ body: { username: "admin", password } });
  return { ...today, admin: createClient({ baseUrl: today.url, token: login.access_token }) };
}

interface Served extends RunningShop {
  readonly setupToken: string;
  /** Stops the server and keeps its data. */
  readonly stop: () => Promise<void>;
}

async function serve(
  dataDirectory: string,
  {
    reviews,
    dashboard,
    daysAgo = 0,
  }: { reviews: number; dashboard: string | undefined; daysAgo?: number },
): Promise<Served> {
  const main = join(import.meta.dirname, "../../../cli/src/main.ts");
  const demo = reviews === 0 ? ["--no-demo"] : ["--size", String(reviews)];
  const child = spawn(
    process.execPath,
    [main, "start", "--port", "0", "--data", dataDirectory, ...demo],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        ...(dashboard && { SOUK_DASHBOARD: dashboard }),
        ...(daysAgo > 0 && clockBehind(daysAgo * DAY_MS)),
      },
    },
  );
  async function stop(): Promise<void> {
    if (child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
  async function close(): Promise<void> {
    await stop();
    await rm(dataDirectory, { recursive: true, force: true });
  }
  try {
    const said = await greeting(child);
    const url = /open at (http:\S+)/.exec(said)?.[1] ?? "";
    const setupToken = /Setup token \(once\): (\S+)/.exec(said)?.[1] ?? "";
    const admin = createClient({ baseUrl: url });
    return { url, dataDirectory, setupToken, admin, stop, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** The environment of a process, and of those it starts, that live in the past. */
function clockBehind(behindMs: number): Record<string, string> {
  const preload = `--import=${new URL("earlier-clock.ts", import.meta.url).href}`;
  const options = [process.env["NODE_OPTIONS"], preload].filter(Boolean).join(" ");
  return { NODE_OPTIONS: options, SOUK_CLOCK_BEHIND_MS: String(behindMs) };
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
