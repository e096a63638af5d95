import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { manualClock } from "@souk/core";
import { openStore } from "@souk/store";
import { openAudit } from "./audit.ts";
import { openAccounts } from "./open-accounts.ts";

export const origin = { address: "192.0.2.1" };
export const by = { ...origin, name: "ada" };
export const password = "correct horse battery";

/** Accounts over a real database in a temp folder, with ada the admin; everything goes with the test. */
export async function openedAccounts(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "souk-accounts-"));
  const clock = manualClock(Date.UTC(2026, 10, 22));
  const store = await openStore({ path: join(folder, "souk.sqlite") });
  t.after(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  const keysDirectory = join(folder, "keys");
  const accounts = await openAccounts({ store, keysDirectory, clock });
  const audit = await openAudit({ store, clock });
  const setupToken = (await accounts.issueSetupToken()) ?? "";
  const tokens = await accounts.setup({ setupToken, username: "ada", password }, origin);
  const ada = await accounts.authenticate(tokens.accessToken);
  return { accounts, audit, store, clock, keysDirectory, setupToken, tokens, ada, folder };
}
