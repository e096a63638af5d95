import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClient } from "@souk/api";
import { createApp } from "./app.ts";
import { createLogger } from "./logging.ts";
import { bearer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";

let shop: OpenedShop;
before(async () => {
  shop = await openShop();
});
after(() => shop.close());

test("hanging up cancels the SQL that runs for the caller", async () => {
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  const sql: typeof shop.souk.sql = {
    async run(text, options) {
      const running = shop.souk.sql.run(text, options);
      started.resolve();
      running.then(
        () => ended.resolve("finished"),
        (error: { code: string }) => ended.resolve(error.code),
      );
      return running;
    },
  };
  const log = createLogger({ level: "silent" });
  const closing = new AbortController().signal;
  const app = await createApp({ souk: { ...shop.souk, sql }, log, closing });
  try {
    const baseUrl = await app.listen({ host: "127.0.0.1", port: 0 });
    const client = createClient({ baseUrl, token: shop.tokens.analyst });
    const hangUp = new AbortController();
    const endless = "select count(*) from range(100000000000) a, range(1000) b";
    const asked = client.runSql({ body: { sql: endless, timeMs: 60_000 }, signal: hangUp.signal });
    await started.promise;
    hangUp.abort();
    await assert.rejects(asked);
    assert.equal(await ended.promise, "SQL_CANCELLED");
  } finally {
    await app.close();
  }
});

test("SQL beyond its time is an error of the statement, with what to do", async () => {
  const response = await shop.app.inject({
    method: "POST",
    url: "/api/v1/sql",
    headers: bearer(shop.tokens.analyst),
    payload: { sql: "select count(*) from range(100000000000) a, range(1000) b", timeMs: 200 },
  });
  assert.equal(response.statusCode, 422, response.body);
  assert.equal(response.json<{ code: string }>().code, "SQL_TIMEOUT");
});
