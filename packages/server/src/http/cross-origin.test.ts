import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "./app.ts";
import { createLogger } from "./logging.ts";
import { openShop } from "./opened-shop.fixture.ts";

test("only named origins may call from a browser", async (t) => {
  const shop = await openShop();
  t.after(() => shop.close());
  const souk = { ...shop.souk, config: { corsOrigins: ["https://shop.example"] } };
  const log = createLogger({ level: "silent" });
  const app = await createApp({ souk, log, closing: new AbortController().signal });
  const preflight = (origin: string) =>
    app.inject({ method: "OPTIONS", url: "/api/v1/datasets", headers: { origin } });
  const named = await preflight("https://shop.example");
  assert.equal(named.statusCode, 204);
  assert.equal(named.headers["access-control-allow-origin"], "https://shop.example");
  assert.equal(named.headers["access-control-allow-credentials"], undefined);
  const other = await preflight("https://evil.example");
  assert.equal(other.headers["access-control-allow-origin"], undefined);
  await app.close();
});
