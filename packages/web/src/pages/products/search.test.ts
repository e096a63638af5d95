import assert from "node:assert/strict";
import test from "node:test";
import { categoryLevels, cliOf, searchOf } from "./search.ts";

const none = { text: "", category: "", min: "", max: "", sort: "" };

test("filters of the address become a question; what is no number or no order is left out", () => {
  assert.deepEqual(searchOf(none), {});
  assert.deepEqual(
    searchOf({ text: " mug\n", category: "Home", min: "2.5", max: "9", sort: "-price" }),
    {
      text: "mug",
      category: "Home",
      minPrice: 250,
      maxPrice: 900,
      sort: "-price",
    },
  );
  assert.deepEqual(searchOf({ ...none, min: "-1", max: "abc", sort: "constructor" }), {});
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
