import assert from "node:assert/strict";
import { test } from "node:test";
import { isPublicAddress } from "./public-address.ts";

test("addresses of servers on the internet are public", () => {
  for (const address of [
    "1.1.1.1",
    "93.184.216.34",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "2a00:1450::1",
  ])
    assert.ok(isPublicAddress(address), address);
});

const closed = [
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.192",
  "192.168.1.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "::ffff:a9fe:a9fe",
  "::127.0.0.1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "3fff::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fe80::1%eth0",
  "2606:4700::1%1",
  "fec0::1",
  "ff02::1",
];

test("loopback, private, link, metadata, mapped, translated and reserved addresses are not public", () => {
  for (const address of closed) assert.ok(!isPublicAddress(address), address);
});

test("what is no plain address is not public", () => {
  for (const text of ["", "localhost", "0x7f.1", "2130706433", "1.1.1", "[::1]"])
    assert.ok(!isPublicAddress(text), text);
});
