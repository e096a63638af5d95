import type { Rng } from "@souk/core";
import {
  neutralHeadlines,
  neutralSentences,
  sharedWords,
  tonePatterns,
  toneWords,
  type ToneWords,
} from "./phrases.ts";
import { type DemoCategory, demoCategories } from "./vocabulary.ts";

/** Number of tones: what 1, 2, 3, 4 and 5 stars sound like. */
export const TONES = 5;
/** Index of the bank that says nothing about the stars. */
export const NEUTRAL = 5;

const BANK_SIZE = 320;
const HEADLINES = 64;
const TYPO_SHARE = 0.06;
const SHOUT_SHARE = 0.015;
const LOWER_CASE_SHARE = 0.2;

/** Ready-made sentences: `head[i]`, or `head[i]` + the product's noun + `tail[i]` where `tail[i]` is not null. */
export interface SentenceBank {
  readonly head: readonly string[];
  readonly tail: readonly (string | null)[];
}

/** Sentences and headlines of one category by tone: index 0..4 for 1..5 stars, `NEUTRAL` for the rest. */
export interface CategoryBanks {
  readonly sentences: readonly SentenceBank[];
  readonly headlines: readonly SentenceBank[];
}

/** Banks of every category, in the order of `demoCategories`. Making them once keeps a review at a handful of draws. */
export function buildBanks(rng: Rng): CategoryBanks[] {
  return demoCategories.map((category) => {
    const chance = rng.fork(category.name);
    const tones = [...toneWords, undefined];
    return {
      sentences: tones.map((words) => bank(BANK_SIZE, () => sentence(words, category, chance))),
      headlines: tones.map((words) => bank(HEADLINES, () => headline(words, category, chance))),
    };
  });
}

function bank(size: number, write: () => string): SentenceBank {
  const head: string[] = [];
  const tail: (string | null)[] = [];
  for (let i = 0; i < size; i++) {
    const text = write();
    const at = text.indexOf("{noun}");
    head.push(at < 0 ? text : text.slice(0, at));
    tail.push(at < 0 ? null : text.slice(at + "{noun}".length));
  }
  return { head, tail };
}

function sentence(words: ToneWords | undefined, category: DemoCategory, rng: Rng): string {
  const pattern = rng.pick(words === undefined ? neutralSentences : tonePatterns);
  const text = styled(fill(pattern, words, { category, rng }), rng);
  return text + rng.pick([".", ".", ".", ".", ".", ".", "!", "!!", "...", ""]);
}

function headline(words: ToneWords | undefined, category: DemoCategory, rng: Rng): string {
  const pattern = rng.pick(words?.headlines ?? neutralHeadlines);
  return styled(fill(pattern, words, { category, rng }), rng) + rng.pick(["", "", "", "!", "."]);
}

function fill(
  pattern: string,
  words: ToneWords | undefined,
  context: { category: DemoCategory; rng: Rng },
): string {
  return pattern.replace(/\{([a-z]+?)2?\}/g, (slot: string, name: string) => {
    if (name === "noun") return slot;
    const choices = slotChoices(name, words, context.category);
    return fill(context.rng.pick(choices), words, context);
  });
}

function slotChoices(
  name: string,
  words: ToneWords | undefined,
  category: DemoCategory,
): readonly string[] {
  if (name === "aspect") return category.aspects;
  if (name === "adjective") return words?.adjectives ?? [];
  if (name === "event") return words?.events ?? [];
  if (name === "verdict") return words?.verdicts ?? [];
  return sharedWords[name] ?? [];
}

/** First noun slot stays open; later ones become "one". People also shout, mistype and forget capitals. */
function styled(text: string, rng: Rng): string {
  const first = text.indexOf("{noun}") + 1;
  let out = text.slice(0, first) + text.slice(first).replaceAll("{noun}", "one");
  if (rng.next() < TYPO_SHARE) out = mistyped(out, rng);
  if (rng.next() >= LOWER_CASE_SHARE) out = out.charAt(0).toUpperCase() + out.slice(1);
  if (rng.next() < SHOUT_SHARE && !out.includes("{")) out = out.toUpperCase();
  return out;
}

/** One letter swapped with the next, lost or doubled, never inside a slot. */
function mistyped(text: string, rng: Rng): string {
  const limit = text.includes("{") ? text.indexOf("{") : text.length;
  if (limit < 4) return text;
  const at = 1 + rng.integer(limit - 2);
  const [a, b] = [text.charAt(at), text.charAt(at + 1)];
  const rest = text.slice(at + 2);
  if (b === "{") return text;
  return text.slice(0, at) + rng.pick([b + a, b, a + a + b]) + rest;
}
