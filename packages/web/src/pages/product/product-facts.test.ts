import assert from "node:assert/strict";
import test from "node:test";
import { productVerdict, webAddress } from "./product-facts.ts";

const facts = { price_minor: 1250, currency: "GBP", category_path: "Home / Mugs" };
const reviews = { count: 12, mean: 4.25, stars: [0, 1, 1, 4, 6], newest: [] };

test("the verdict tells price, place and stars, and is good from four stars of five reviews", () => {
  assert.deepEqual(productVerdict({ id: "p", facts, photos: [], reviews }), {
    text: "Sold for £12.50 in Home / Mugs. 12 reviews give it 4.3 of 5 stars.",
    tone: "good",
  });
  const few = { ...reviews, count: 1, mean: 1 };
  assert.deepEqual(productVerdict({ id: "p", facts: {}, photos: [], reviews: few }), {
    text: "It has no price in no category. 1 review gives it 1.0 of 5 stars.",
    tone: "plain",
  });
});

test("only addresses of the web can be followed", () => {
  assert.equal(webAddress("https://a.example/b?c"), "https://a.example/b?c");
  assert.equal(webAddress("javascript:alert(1)"), undefined);
  assert.equal(webAddress("data:text/html,x"), undefined);
  assert.equal(webAddress("no address"), undefined);
});
