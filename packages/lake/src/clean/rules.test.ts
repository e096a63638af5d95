import assert from "node:assert/strict";
import { test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { createRng } from "@souk/core";
import { quoteLiteral } from "../quoting.ts";
import {
  type CleaningRuleName,
  cleaningRuleNames,
  cleanText,
  parsePrice,
  splitCategoryPath,
} from "./rules.ts";
import { cleaningSql } from "./sql.ts";

const byHand: readonly [CleaningRuleName, string, string][] = [
  ["html", "great<br />value <b>now</b>, 3 < 4", "great value  now , 3 < 4"],
  ["entities", "Tom &amp; Jerry&#39;s &lt;3 &amp;lt; &pound;5", "Tom & Jerry's <3 &lt; £5"],
  ["links", "see https://shop.example/a?b=1 or www.x.org now", "see  or  now"],
  ["control", "a\u0007b\tc\u200bd", "ab\tcd"],
  ["whitespace", "  a \t\n b\u00a0c  ", "a b c"],
  ["punctuation", "wow!!! it's ok, 5$ — really…", "wow    it s ok  5$   really "],
  ["lowercase", "ÀÉ ΣΊΣΥΦΟΣ İ", "àé σίσυφοσ i"],
  ["stopwords", "this is not the best of toys", "not best toys"],
  ["hashtags", "#Ramadan sale #1 # x", "Ramadan sale 1 # x"],
  ["price-minor", "£1,234.00", "123400"],
  ["price-minor", "12,5 EUR", "1250"],
  ["price-minor", "$1,234,567", "123456700"],
  ["price-minor", "ask us", "ask us"],
  ["price-currency", "£1,234.00", "GBP"],
  ["price-currency", "12.50 EUR", "EUR"],
  ["category-path", "Home>Kitchen /Pans", "Home / Kitchen / Pans"],
  ["date", "31/12/2015", "2015-12-31"],
  ["date", "2015/12/31", "2015-12-31"],
  ["date", "20151231", "2015-12-31"],
  ["date", "soon", "soon"],
];

test("every rule gives the answers worked by hand", () => {
  for (const [rule, text, expected] of byHand)
    assert.equal(cleanText(text, [rule]), expected, `${rule}: ${text}`);
  assert.deepEqual(new Set(byHand.map(([rule]) => rule)), new Set(cleaningRuleNames));
});

test("SQL and JavaScript clean 2,000 random texts alike, rule by rule and all together", async () => {
  const rng = createRng(7);
  const parts = [
    ...byHand.map(([, text]) => text),
    "'",
    '"',
    "\\1",
    "$&",
    "é",
    "😀",
    "ß",
    "Ω",
    "<a href='x'>",
    "&amp;amp;",
    "1,234,567.8",
    "\u3000",
    "ſK",
  ];
  const texts = Array.from({ length: 2000 }, () =>
    Array.from({ length: rng.integer(4) + 1 }, () => parts[rng.integer(parts.length)]).join(
      rng.integer(2) ? " " : "",
    ),
  );
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    `CREATE TABLE t AS SELECT i, s FROM (SELECT unnest(range(${texts.length})) AS i, unnest([${texts.map(quoteLiteral).join(", ")}]) AS s)`,
  );
  for (const rules of [...cleaningRuleNames.map((name) => [name]), [...cleaningRuleNames]]) {
    const answer = await connection.runAndReadAll(
      `SELECT ${cleaningSql("s", rules)} FROM t ORDER BY i`,
    );
    assert.deepEqual(
      answer.getRowsJS().map(([text]) => text),
      texts.map((text) => cleanText(text, rules)),
      rules.join(),
    );
  }
  instance.closeSync();
});

test("a price becomes minor units and a currency", () => {
  assert.deepEqual(parsePrice("£1,234.00"), { minor: 123_400, currency: "GBP" });
  assert.deepEqual(parsePrice("12,50 EUR"), { minor: 1250, currency: "EUR" });
  assert.deepEqual(parsePrice("7"), { minor: 700 });
  assert.equal(parsePrice("free"), undefined);
  assert.equal(parsePrice(""), undefined);
});

test("a category path falls into its parts", () => {
  assert.deepEqual(splitCategoryPath(" Home > Kitchen/Pans / "), ["Home", "Kitchen", "Pans"]);
  assert.deepEqual(splitCategoryPath(""), []);
});

test("an unknown rule is refused by name", () => {
  // A configuration file may say anything; the type is forced to show what happens then.
  assert.throws(() => cleanText("x", ["shout" as CleaningRuleName]), {
    code: "LAKE_CLEANING_RULE",
  });
});
