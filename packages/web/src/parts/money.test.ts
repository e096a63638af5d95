import assert from "node:assert/strict";
import test from "node:test";
import { formatMoney, minorUnits } from "./money.ts";

test("pence are pounds with two digits, yen have no minor unit, dinars a thousand", () => {
  assert.equal(formatMoney(1250, "GBP"), "£12.50");
  assert.equal(formatMoney(1250, "JPY"), "JP¥1,250");
  assert.deepEqual([minorUnits("GBP"), minorUnits("JPY"), minorUnits("KWD")], [100, 1, 1000]);
});

test("without a currency, or with what is none, the number stands alone or beside it", () => {
  assert.equal(formatMoney(1250), "12.50");
  assert.equal(formatMoney(1250, "<b>"), "12.50 <b>");
  assert.equal(formatMoney(NaN, "EUR"), "–");
});
