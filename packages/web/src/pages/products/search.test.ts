import assert from "node:assert/strict";
import test from "node:test";
import { categoryLevels, cliOf, searchOf } from "./search.ts";

const none = { text: "", category: "", currency: "", min: "", max: "", sort: "" };
const pounds = [{ currency: "GBP", products: 9 }];
const mixed = [...pounds, { currency: "JPY", products: 2 }, { currency: "KWD", products: 1 }];

test("filters of the address become a question; what is no number or no order is left out", () => {
  assert.deepEqual(searchOf(none, pounds), {});
  assert.deepEqual(
    searchOf(
      { ...none, text: " mug\n", category: "Home", min: "2.5", max: "9", sort: "-price" },
      pounds,
    ),
    {
      text: "mug",
      category: "Home",
      minPrice: 250,
      maxPrice: 900,
      sort: "-price",
    },
  );
  assert.deepEqual(searchOf({ ...none, min: "-1", max: "abc", sort: "constructor" }, mixed), {});
});

test("a price is in units of its currency: 100 pence, 1 yen, 1000 fils; without any, with two digits", () => {
  const price = (currency: string): object =>
    searchOf({ ...none, currency, min: "2.5", max: "1500" }, mixed);
  assert.deepEqual(price("GBP"), { currency: "GBP", minPrice: 250, maxPrice: 150_000 });
  assert.deepEqual(price("JPY"), { currency: "JPY", minPrice: 3, maxPrice: 1500 });
  assert.deepEqual(price("KWD"), { currency: "KWD", minPrice: 2500, maxPrice: 1_500_000 });
  const yen = [{ currency: "JPY", products: 2 }];
  assert.deepEqual(searchOf({ ...none, max: "1500" }, yen), { maxPrice: 1500 });
  assert.deepEqual(searchOf({ ...none, max: "1500" }, []), { maxPrice: 150_000 });
});

test("in a shop of several currencies a price is meant in the commonest, and nothing else is held against it", () => {
  assert.deepEqual(searchOf({ ...none, max: "20" }, mixed), { currency: "GBP", maxPrice: 2000 });
  assert.deepEqual(searchOf({ ...none, sort: "price" }, mixed), { sort: "price" });
  assert.deepEqual(searchOf({ ...none, currency: "JPY" }, mixed), { currency: "JPY" });
});

test("quotes in a search end neither the SQL text nor the shell's", () => {
  assert.equal(
    cliOf({ text: "it's" }),
    String.raw`npx souk sql 'SELECT product_id, name, category_path, price_minor, currency FROM products WHERE contains(lower(concat_ws('\'' '\'', product_id, name, description, category_path)), '\''it'\'''\''s'\'')'`,
  );
});

test("each level of a path holds the products of those below it", () => {
  const levels = categoryLevels([
    { category: "Home / Mugs", products: 2 },
    { category: "Home / Pots", products: 3 },
    { category: "Toys", products: 1 },
  ]);
  assert.deepEqual(
    levels.map(({ label }) => label),
    ["Home (5)", "Home / Mugs (2)", "Home / Pots (3)", "Toys (1)"],
  );
});
