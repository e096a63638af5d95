import { BlockList, isIP } from "node:net";

/**
 * IPv4 addresses that are nobody's server on the internet: this host, private networks, carriers, links (169.254.169.254
 * is the metadata service of clouds), documentation, benchmarks, groups, reserved.
 * Source: IANA IPv4 Special-Purpose Address Registry.
 */
const specialIPv4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/**
 * Parts of 2000::/3 that are not plain internet: protocol assignments with Teredo, documentation, and 6to4, which carries
 * an IPv4 address. All outside 2000::/3 is refused anyhow: loopback, mapped IPv4, NAT64, unique local, link local, groups.
 * Source: IANA IPv6 Special-Purpose Address Registry.
 */
const specialIPv6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const closedIPv4 = blockList(specialIPv4, "ipv4");
const closedIPv6 = blockList(specialIPv6, "ipv6");
const globalIPv6 = blockList([["2000::", 3]], "ipv6");

/** Whether `address`, a plain IPv4 or IPv6 address, is one of a server on the public internet. False for anything else. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !closedIPv4.check(address, "ipv4");
  if (version !== 6 || address.includes("%")) return false;
  return globalIPv6.check(address, "ipv6") && !closedIPv6.check(address, "ipv6");
}

function blockList(
  subnets: readonly (readonly [string, number])[],
  family: "ipv4" | "ipv6",
): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
}
