import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson, fnv1a, sha256, unitHash } from "./hash.ts";

test("fnv1a gives the published test vectors for ASCII", () => {
  assert.equal(fnv1a(""), 0x811c9dc5);
  assert.equal(fnv1a("a"), 0xe40c292c);
  assert.equal(fnv1a("foobar"), 0xbf9cf968);
});

test("sha256 of 'abc' is the FIPS 180-2 example", () => {
  assert.equal(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("unitHash is the first 48 bits of SHA-256 as a fraction", () => {
  assert.equal(unitHash("abc"), 0xba7816bf8f01 / 2 ** 48);
});

test("unitHash spreads keys evenly: 10,000 keys in 10 bins pass chi-squared at one in a million", () => {
  const bins = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 10_000; i++) bins[Math.floor(unitHash(`customer-${i}`) * 10)]! += 1;
  const statistic = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  assert.ok(statistic < 46.7, `chi-squared ${statistic}`);
});

test("canonicalJson does not depend on the order in which members were set", () => {
  assert.equal(
    canonicalJson({ b: [{ d: 1, c: null }], a: "x" }),
    '{"a":"x","b":[{"c":null,"d":1}]}',
  );
  assert.equal(canonicalJson({ a: 1, b: 2 }), canonicalJson({ b: 2, a: 1 }));
});
