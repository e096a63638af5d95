import assert from "node:assert/strict";
import { test } from "node:test";
import { framedReport } from "./framed-report.ts";

test("style elements get the nonce and the widths of bars become rules", () => {
  const page = `<html><head><style>p{}</style></head><td style="--share: 42%">a</td></html>`;
  assert.equal(
    framedReport(page, { nonce: "n1", scheme: "light" }),
    `<html><head><style nonce="n1">p{}</style><style nonce="n1">:root{color-scheme:light}[data-share="42"]{--share:42%}</style></head><td data-share="42">a</td></html>`,
  );
});

test("any other style attribute stays as it is, for the policy to refuse", () => {
  const page = `<td style="--share: 1%;background:url(x)">a</td>`;
  assert.equal(framedReport(page, { scheme: "light" }), page);
});

test("the colours for the dark are those of a dark dashboard, whatever the system prefers", () => {
  const page = "<head><style>@media (prefers-color-scheme: dark) {p{color:#eee}}</style></head>";
  assert.equal(
    framedReport(page, { scheme: "dark" }),
    "<head><style>@media all {p{color:#eee}}</style><style>:root{color-scheme:dark}</style></head>",
  );
  assert.match(framedReport(page, { scheme: "light" }), /@media not all \{p/);
});
