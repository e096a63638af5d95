import assert from "node:assert/strict";
import { createClient } from "@souk/api";
import type { Persona } from "../../testing/persona.ts";

const DAY_MS = 86_400_000;
const model = "star-rating";
const newcomer = { username: "dora", password: "a password of dora" };
const use = "the till";

/** Somebody and a key are let in, the key is used and taken back, the audit log tells so, and yesterday's noon is asked for. */
export async function operatorsDay(operator: Persona): Promise<void> {
  await addsSomebody(operator);
  const secret = await makesAKey(operator);
  assert.equal(await statusOfAsking(operator, secret), 200);
  await revokesIt(operator);
  assert.equal(await statusOfAsking(operator, secret), 401);
  await readsTheAuditLog(operator);
  await asksForYesterdayAtNoon(operator);
}

async function addsSomebody({ page, shop, walkTo }: Persona): Promise<void> {
  await walkTo("Admin");
  await page.getByRole("button", { name: "Add a person" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Username").fill(newcomer.username);
  await dialog.getByLabel("First password").fill(newcomer.password);
  await dialog.getByRole("button", { name: "Add" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("grid", { name: "people" }).getByText(newcomer.username).waitFor();
  const { role } = await createClient({ baseUrl: shop.url }).login({ body: newcomer });
  assert.equal(role, "analyst", "who is let in may look and learn, not decide");
}

async function makesAKey({ page }: Persona): Promise<string> {
  await page.getByRole("tab", { name: "Keys" }).click();
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What is it for?").fill(use);
  await dialog.getByRole("checkbox", { name: "predict:run" }).check();
  await dialog.getByRole("button", { name: "Make the key" }).click();
  const secret = await dialog.getByLabel("secret of the key", { exact: true }).textContent();
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await dialog.waitFor({ state: "detached" });
  return secret ?? "";
}

/** The status with which the server answers a program that asks the model with this key. */
async function statusOfAsking({ shop }: Persona, secret: string): Promise<number> {
  const response = await fetch(`${shop.url}/api/v1/models/${model}/predict`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ rows: [{ review_headline: "Fine", review_body: "It is fine" }] }),
  });
  return response.status;
}

async function revokesIt({ page }: Persona): Promise<void> {
  const keys = page.getByRole("grid", { name: "API keys" });
  await keys.getByRole("button", { name: `Revoke ${use}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await keys.getByText("revoked").waitFor();
}

async function readsTheAuditLog({ name, page, shop }: Persona): Promise<void> {
  await page.getByRole("tab", { name: "Audit" }).click();
  await page.locator("input").and(page.getByLabel("Who")).fill(name);
  const log = page.getByRole("grid", { name: "audit log" });
  for (const action of ["key.revoke", "key.create", "user.create"])
    await log.getByRole("gridcell", { name: action }).waitFor();
  const { items } = await shop.admin.listAudit({ query: { actor: name } });
  assert.deepEqual(
    items.map(({ action }) => action),
    ["key.revoke", "key.create", "user.create", "login.done"],
  );
}

/** Version 1 has served for two days: what is asked for is in the past of this shop. */
async function asksForYesterdayAtNoon({ page, shop, walkTo }: Persona): Promise<void> {
  const noonMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;
  await walkTo("Registry");
  await page.getByRole("button", { name: "Yesterday at noon" }).click();
  const served = page.getByRole("status", { name: "What served" });
  await served.getByText(/At .* 12:00:/).waitFor();
  await served.getByRole("heading", { name: `${model} version 1 served as champion` }).waitFor();
  const facts = (await served.textContent()) ?? "";
  assert.match(facts, /Trained onreviews version \d+/);
  assert.match(facts, /Promoted by[^,]+, terminal/);
  const { items } = await shop.admin.servedAt({ query: { at: new Date(noonMs).toISOString() } });
  assert.deepEqual(
    items.map((one) => [one.model, one.version, one.from < noonMs]),
    [[model, 1, true]],
  );
}
