import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";

/** More stops than any page has before its main thing. */
const MOST_STOPS = 120;

/** Presses Tab until `target` has the focus, as somebody without a mouse would. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never came to ${String(target)}`);
}
