import { SoukError } from "./errors.ts";
import { fnv1a } from "./hash.ts";

/** A seeded source of chance: the same seed gives the same sequence on every platform. */
export interface Rng {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, `bound`). */
  integer(bound: number): number;
  /** Normal with the given mean and standard deviation (Box-Muller, 1958). */
  normal(mean?: number, deviation?: number): number;
  /** One element, uniformly. @throws SoukError `RANDOM_EMPTY` on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** Index drawn in proportion to `weights`, each >= 0 and not all 0. @throws SoukError `RANDOM_EMPTY`. */
  weighted(weights: ArrayLike<number>): number;
  /** Fisher-Yates shuffle in place. */
  shuffle(items: unknown[]): void;
  /** An independent generator, fixed by this generator's seed and `name` alone. */
  fork(name: string): Rng;
}

/**
 * A generator for `seed`.
 *
 * Source: B. Jenkins and C. Doty-Humphrey, "sfc32" in PractRand; seeding by splitmix32.
 */
export function createRng(seed: number | string): Rng {
  const root = typeof seed === "number" ? seed >>> 0 : fnv1a(seed);
  const next = sfc32(root);
  let spare: number | undefined;

  function integer(bound: number): number {
    return Math.floor(next() * bound);
  }

  return {
    next,
    integer,
    normal(mean = 0, deviation = 1) {
      if (spare !== undefined) {
        const kept = spare;
        spare = undefined;
        return mean + deviation * kept;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return mean + deviation * radius * Math.cos(angle);
    },
    pick(items) {
      if (items.length === 0)
        throw new SoukError("RANDOM_EMPTY", "expected at least one item to pick from, got none");
      return items[integer(items.length)]!;
    },
    weighted(weights) {
      let total = 0;
      for (let i = 0; i < weights.length; i++) total += weights[i]!;
      if (!(total > 0))
        throw new SoukError("RANDOM_EMPTY", `weights must sum to more than 0, got ${total}`);
      let left = next() * total;
      for (let i = 0; i < weights.length; i++) {
        left -= weights[i]!;
        if (left < 0) return i;
      }
      return weights.length - 1;
    },
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [items[i], items[j]] = [items[j]!, items[i]!];
      }
    },
    fork(name) {
      return createRng((root ^ fnv1a(name)) >>> 0);
    },
  };
}

function sfc32(seed: number): () => number {
  let state = seed;
  const splitmix = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let counter = 1;
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
}
