import { normaliseText } from "./normalise.ts";

/**
 * Changes when the same text may give other tokens or features. An artefact names the version it was trained with, so training
 * and serving cannot disagree.
 */
export const TOKENIZER_VERSION = 2;

/** Splits normalised text into tokens, as offsets or as strings or as hashes, without making garbage. */
export interface Tokenizer {
  /** Tokens of raw text, at most `maxTokens`. */
  tokens(raw: string): string[];
  /** Writes the hash of each token to the front of `target`; returns how many, at most `target.length`. */
  hashesInto(raw: string, target: Uint32Array): number;
}

const SPACE = 0;
const LETTER = 1;
const MARK = 2;
const SINGLE = 3;
const APOSTROPHE = 4;
const SURROGATE = 5;
const LONGEST_RUN = 3;

/**
 * A tokenizer: runs of letters, digits and combining marks are words (an apostrophe inside stays: `don't`), a run of
 * one punctuation mark is a token (`!!!` and longer are one token), ideographs, kana and astral characters stand alone.
 */
export function createTokenizer({ maxTokens = 4096 } = {}): Tokenizer {
  const kinds = characterKinds();
  const bounds = new Int32Array(2 * maxTokens);
  return {
    tokens(raw) {
      const text = normaliseText(raw);
      const count = scan(text, kinds, bounds);
      const tokens: string[] = [];
      for (let i = 0; i < count; i++) tokens.push(text.slice(bounds[2 * i], bounds[2 * i + 1]));
      return tokens;
    },
    hashesInto(raw, target) {
      const text = normaliseText(raw);
      const count = Math.min(scan(text, kinds, bounds), target.length);
      for (let i = 0; i < count; i++) target[i] = hashRange(text, bounds[2 * i], bounds[2 * i + 1]);
      return count;
    },
  };
}

/** 32-bit hash of `text[start..end)`: FNV-1a over UTF-16 units, then the finaliser of MurmurHash3. Unsigned. */
export function hashRange(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** Spreads a 32-bit value over all its bits. Source: A. Appleby, MurmurHash3 `fmix32`. */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Writes start and end of each token to `bounds`; returns the number of tokens. */
function scan(text: string, kinds: Uint8Array, bounds: Int32Array): number {
  const capacity = bounds.length >> 1;
  let count = 0;
  let at = 0;
  while (at < text.length && count < capacity) {
    const unit = text.charCodeAt(at);
    const kind = kinds[unit];
    if (kind === SPACE) {
      at++;
      continue;
    }
    const next = tokenEnd(text, kinds, at);
    bounds[2 * count] = at;
    bounds[2 * count + 1] = kind === MARK ? Math.min(next, at + LONGEST_RUN) : next;
    count++;
    at = next;
  }
  return count;
}

function tokenEnd(text: string, kinds: Uint8Array, start: number): number {
  const unit = text.charCodeAt(start);
  const kind = kinds[unit];
  if (kind === LETTER) return wordEnd(text, kinds, start + 1);
  if (kind === SURROGATE) return Math.min(start + 2, text.length);
  let at = start + 1;
  if (kind !== SINGLE) while (at < text.length && text.charCodeAt(at) === unit) at++;
  return at;
}

function wordEnd(text: string, kinds: Uint8Array, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const kind = kinds[text.charCodeAt(at)];
    if (kind === LETTER) continue;
    if (kind === APOSTROPHE && kinds[text.charCodeAt(at + 1)] === LETTER) continue;
    break;
  }
  return at;
}

let cachedKinds: Uint8Array | undefined;

/** Kind of every UTF-16 unit, made on first use (about 10 ms) and kept. */
function characterKinds(): Uint8Array {
  if (cachedKinds !== undefined) return cachedKinds;
  const kinds = new Uint8Array(65536);
  for (let unit = 0; unit < 65536; unit++) kinds[unit] = kindOf(unit);
  cachedKinds = kinds;
  return kinds;
}

function kindOf(unit: number): number {
  if (unit >= 0xd800 && unit <= 0xdfff) return SURROGATE;
  const character = String.fromCharCode(unit);
  if (character === "'" || character === "\u2019") return APOSTROPHE;
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) return SINGLE;
  if (/[\p{L}\p{N}\p{M}]/u.test(character)) return LETTER;
  if (/[\p{P}\p{S}]/u.test(character)) return MARK;
  return SPACE;
}
