import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createClient } from "@souk/api";
import { openSouk } from "../souk.ts";
import type { Souk } from "../souk-interface.ts";
import { startServer } from "./server.ts";

async function openedSouk(t: TestContext): Promise<Souk> {
  const folder = await mkdtemp(join(tmpdir(), "souk-shutdown-"));
  const souk = await openSouk({ dataDirectory: folder, sqlProcesses: 1 });
  t.after(async () => {
    await souk.close();
    await rm(folder, { recursive: true, force: true });
  });
  return souk;
}

test("close lets a request under way end, then nothing answers", async (t) => {
  const souk = await openedSouk(t);
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const datasets = {
    ...souk.datasets,
    async list() {
      entered.resolve();
      await release.promise;
      return souk.datasets.list();
    },
  };
  const server = await startServer({ souk: { ...souk, datasets }, port: 0, logger: false });
  const password = "correct horse battery";
  const setupToken = server.setupToken ?? "";
  const open = createClient({ baseUrl: server.url });
  const tokens = await open.setup({ body: { setupToken, username: "ada", password } });
  const client = createClient({ baseUrl: server.url, token: tokens.access_token });
  const slow = client.listDatasets();
  await entered.promise;
  const closed = server.close();
  release.resolve();
  assert.deepEqual(await slow, { items: [] });
  await closed;
  await assert.rejects(open.live(), { code: "API_UNREACHABLE" });
});

test("closing twice is closing once, and the souk stays its owner's", async (t) => {
  const souk = await openedSouk(t);
  const server = await startServer({ souk, port: 0, logger: false });
  await Promise.all([server.close(), server.close()]);
  assert.deepEqual(await souk.datasets.list(), []);
});

test("an address in use is a clear error", async (t) => {
  const souk = await openedSouk(t);
  const server = await startServer({ souk, port: 0, logger: false });
  const port = Number(new URL(server.url).port);
  await assert.rejects(startServer({ souk, port, logger: false }), { code: "HTTP_LISTEN" });
  await server.close();
});

test("a second start before setup prints a new token and the first stops working", async (t) => {
  const souk = await openedSouk(t);
  const first = await startServer({ souk, port: 0, logger: false });
  await first.close();
  const second = await startServer({ souk, port: 0, logger: false });
  const client = createClient({ baseUrl: second.url });
  const setup = (setupToken = "") =>
    client.setup({ body: { setupToken, username: "ada", password: "correct horse battery" } });
  await assert.rejects(setup(first.setupToken), { code: "AUTH_SETUP_TOKEN" });
  assert.equal((await setup(second.setupToken)).role, "admin");
  await second.close();
});
