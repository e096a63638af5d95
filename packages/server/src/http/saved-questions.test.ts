import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RouteName } from "@souk/api";
import { openSouk } from "../souk.ts";
import { bearer, checkAnswer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";

let shop: OpenedShop;
before(async () => {
  shop = await openShop();
});
after(() => shop.close());

type Method = "GET" | "POST" | "PATCH" | "DELETE";
const path = "/api/v1/saved-questions";

async function call(
  name: RouteName,
  {
    method = "GET",
    url = path,
    payload,
    role = "analyst",
  }: { method?: Method; url?: string; payload?: object; role?: keyof OpenedShop["tokens"] } = {},
) {
  const headers = bearer(shop.tokens[role]);
  const response = await shop.app.inject({ method, url, headers, ...(payload && { payload }) });
  checkAnswer(name, response);
  return { status: response.statusCode, value: response.body === "" ? null : response.json() };
}

const chart = { kind: "bar", x: "star", y: "reviews" } as const;
const sql = "select * from (values (1, 10), (5, 30)) as counted(star, reviews)";

async function save(title: string, more: object = {}) {
  const payload = { title, sql, chart, ...more };
  return call("saveQuestion", { method: "POST", payload });
}

test("a question is kept with its chart and its owner, and is still there when the shop is opened again", async () => {
  const { status, value } = await save(" Stars ", { pinned: true });
  assert.equal(status, 201);
  assert.deepEqual(
    [value.title, value.by, value.pinned, value.chart],
    ["Stars", "analyst", true, chart],
  );
  const again = await openSouk({ dataDirectory: shop.folder, sqlProcesses: 1 });
  try {
    assert.deepEqual(await again.savedQuestions.list(), [value]);
  } finally {
    await again.close();
  }
});

test("a viewer, who may not write SQL, gets the answer of a saved question and nothing else of it", async () => {
  const { value: saved } = await save("For everybody");
  const { value } = await call("answerSavedQuestion", {
    url: `${path}/${saved.id}/answer`,
    role: "viewer",
  });
  assert.deepEqual(value.result.rows, [
    [1, 10],
    [5, 30],
  ]);
  const refused = [
    await call("saveQuestion", { method: "POST", payload: { title: "a", sql }, role: "viewer" }),
    await call("removeSavedQuestion", {
      method: "DELETE",
      url: `${path}/${saved.id}`,
      role: "viewer",
    }),
  ];
  assert.deepEqual(
    refused.map(({ status }) => status),
    [403, 403],
  );
});

test("only its owner and administrators change or remove a question", async () => {
  const { value: saved } = await save("Mine");
  const url = `${path}/${saved.id}`;
  const payload = { pinned: true };
  const other = await call("changeSavedQuestion", {
    method: "PATCH",
    url,
    payload,
    role: "operator",
  });
  assert.deepEqual([other.status, other.value.code], [403, "SAVED_QUESTION_OWNER"]);
  const mine = await call("changeSavedQuestion", { method: "PATCH", url, payload });
  assert.deepEqual([mine.status, mine.value.pinned, mine.value.title], [200, true, "Mine"]);
  const removed = await call("removeSavedQuestion", { method: "DELETE", url, role: "admin" });
  assert.equal(removed.status, 204);
  const gone = await call("answerSavedQuestion", { url: `${url}/answer` });
  assert.deepEqual([gone.status, gone.value.code], [404, "SAVED_QUESTION_UNKNOWN"]);
});

test("saving, pinning and removing are in the audit log with who did it", async () => {
  const { value: saved } = await save("Logged");
  const url = `${path}/${saved.id}`;
  await call("changeSavedQuestion", { method: "PATCH", url, payload: { pinned: true } });
  await call("removeSavedQuestion", { method: "DELETE", url });
  const { items } = await shop.souk.audit.list();
  assert.deepEqual(
    items
      .filter(({ subject }) => subject === saved.id)
      .map(({ action, actor }) => `${action} ${actor}`),
    ["question.remove analyst", "question.change analyst", "question.save analyst"],
  );
});

test("Home has room for twelve: the thirteenth is refused and says why", async () => {
  const { value } = await call("listSavedQuestions");
  const pinned = value.items.filter((item: { pinned: boolean }) => item.pinned).length;
  for (let index = pinned; index < 12; index += 1)
    assert.equal((await save(`Pinned ${index}`, { pinned: true })).status, 201);
  const refused = await save("One more", { pinned: true });
  assert.deepEqual([refused.status, refused.value.code], [409, "SAVED_QUESTION_LIMIT"]);
  assert.match(refused.value.detail, /at most 12/);
});

test("a title of spaces, a chart nobody draws and members nobody asked for are refused", async () => {
  const refused = [
    await save("   "),
    await save("a", { chart: { kind: "pie" } }),
    await save("a", { owner: "admin" }),
  ];
  assert.deepEqual(
    refused.map(({ status }) => status),
    [400, 400, 400],
  );
});

test("an answer may have a hundred thousand rows when asked for", async () => {
  const { value } = await call("runSql", {
    method: "POST",
    url: "/api/v1/sql",
    payload: { sql: "select range as n from range(200000)", maxRows: 100_000 },
  });
  assert.deepEqual([value.rowCount, value.truncated], [100_000, true]);
});
