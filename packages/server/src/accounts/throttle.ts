import { type Clock, SoukError } from "@souk/core";

/** Free tries before waiting starts, for one name from one address. */
const FREE_TRIES = 5;
/** Free tries for one address over all names: an office behind one address shares them. */
const FREE_TRIES_ADDRESS = 50;
/** The wait doubles with each failure up to this. */
const LONGEST_WAIT_MS = 15 * 60_000;
/** A quiet hour forgets the failures. */
const FORGET_MS = 60 * 60_000;
/** Entries kept: an attacker with many names must not grow the memory. */
const ENTRIES = 20_000;

interface Tries {
  failures: number;
  lastAt: number;
}

/** Slows down guessing, per name and address and per address, whether or not the name exists. */
export interface LoginThrottle {
  /** Counts a try before its outcome is known, so parallel guesses count too. @throws SoukError `AUTH_THROTTLED`. */
  enter(username: string, address: string): void;
  /** The try was right: its failures are forgiven. */
  succeeded(username: string, address: string): void;
}

/** A fresh throttle; its memory ends with the process. */
export function createLoginThrottle(clock: Clock): LoginThrottle {
  const tries = new Map<string, Tries>();

  function entry(key: string): Tries {
    const known = tries.get(key);
    const fresh = !known || clock.now() - known.lastAt > FORGET_MS;
    const current = fresh ? { failures: 0, lastAt: clock.now() } : known;
    tries.delete(key);
    tries.set(key, current);
    if (tries.size > ENTRIES) tries.delete(tries.keys().next().value ?? "");
    return current;
  }

  function guard(key: string, free: number): Tries {
    const current = entry(key);
    const waitMs = current.lastAt + waitAfter(current.failures, free) - clock.now();
    if (waitMs > 0) throw throttled(waitMs);
    return current;
  }

  return {
    enter(username, address) {
      const both = guard(nameKey(username, address), FREE_TRIES);
      const one = guard(addressKey(address), FREE_TRIES_ADDRESS);
      for (const current of [both, one]) {
        current.failures++;
        current.lastAt = clock.now();
      }
    },
    succeeded(username, address) {
      tries.delete(nameKey(username, address));
      const one = tries.get(addressKey(address));
      if (one) one.failures = Math.max(0, one.failures - 1);
    },
  };
}

/** 0 for the free tries, then 1 s, 2 s, 4 s… */
function waitAfter(failures: number, free: number): number {
  if (failures < free) return 0;
  return Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.min(20, failures - free));
}

function throttled(waitMs: number): SoukError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  return new SoukError(
    "AUTH_THROTTLED",
    `Too many failed attempts: try again in ${retryAfterSeconds} s`,
    { details: { retryAfterSeconds } },
  );
}

function nameKey(username: string, address: string): string {
  return `name ${username.toLowerCase().slice(0, 64)} ${address}`;
}

function addressKey(address: string): string {
  return `address ${address}`;
}
