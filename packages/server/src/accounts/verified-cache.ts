import { hash, randomBytes } from "node:crypto";
import type { Clock } from "@souk/core";
import type { Principal } from "./account-values.ts";

/** How long an answer is believed: another process's revocation is seen within this; this process's own at once. */
const LIFE_MS = 2000;
const ENTRIES = 5000;

/** Remembers, for two seconds, what a token or password proved to be; the secret itself is never kept. */
export interface VerifiedCache {
  /**
   * The principal `secret` proved, or what `verify` says now. Failures are not remembered; many at once with the same
   * secret are one verification, so that a client with eight connections is not taken for eight guesses.
   */
  get(secret: string, verify: () => Promise<Verified>): Promise<Principal>;
  /** Forgets everything: after a revocation or a change of role. */
  clear(): void;
}

/** `untilMs`: when the proof itself ends. */
export interface Verified {
  readonly principal: Principal;
  readonly untilMs: number;
}

/** An empty cache. A verification that began before `clear` is not kept. */
export function createVerifiedCache(clock: Clock): VerifiedCache {
  const pepper = randomBytes(32).toString("base64");
  const known = new Map<string, Verified>();
  const underWay = new Map<string, Promise<Principal>>();
  let generation = 0;

  async function verifyAndKeep(key: string, verify: () => Promise<Verified>): Promise<Principal> {
    const born = generation;
    const verified = await verify();
    const untilMs = Math.min(verified.untilMs, clock.now() + LIFE_MS);
    if (born === generation) known.set(key, { principal: verified.principal, untilMs });
    if (known.size > ENTRIES) known.delete(known.keys().next().value ?? "");
    return verified.principal;
  }

  return {
    async get(secret, verify) {
      const key = hash("sha256", pepper + secret, "base64");
      const found = known.get(key);
      if (found && found.untilMs > clock.now()) return found.principal;
      known.delete(key);
      const joined = underWay.get(key) ?? verifyAndKeep(key, verify);
      underWay.set(key, joined);
      try {
        return await joined;
      } finally {
        if (underWay.get(key) === joined) underWay.delete(key);
      }
    },
    clear() {
      generation++;
      known.clear();
      underWay.clear();
    },
  };
}
