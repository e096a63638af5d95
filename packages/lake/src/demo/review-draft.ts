import type { Rng } from "@souk/core";
import { quantileTable } from "./sampling.ts";
import { NEUTRAL, TONES } from "./sentences.ts";
import { DAY_QUANTILES, type DemoWorld } from "./world.ts";

/**
 * Chance that somebody who gives 1..5 stars (row) writes in the tone of 1..5 stars (column): sarcasm, careless clicks and
 * polite complaints. This is what keeps any text model from being right every time.
 */
export const toneGivenStars: readonly (readonly number[])[] = [
  [0.89, 0.07, 0.02, 0.01, 0.01],
  [0.15, 0.64, 0.16, 0.03, 0.02],
  [0.03, 0.13, 0.65, 0.15, 0.04],
  [0.01, 0.02, 0.09, 0.7, 0.18],
  [0.012, 0.008, 0.02, 0.08, 0.88],
];
/** Chance that a sentence carries the tone of its review; the rest is small talk, and a word for the neighbouring tone. */
export const sentenceShares = { tone: 0.66, neutral: 0.24, other: 0.1 };
/** Chance that the headline carries the tone. */
export const headlineToneShare = 0.82;
/** Share of reviews by a customer who reviews the same product again. */
export const repeatShare = 0.006;
/** Share of reviews of 1..5 stars with at least one helpful vote. */
export const helpfulShare: readonly number[] = [0.6, 0.46, 0.32, 0.24, 0.2];

const toneTables = toneGivenStars.map((row) => quantileTable(row, 2000));
const HELPFUL_TAIL = [0.95, 1.1, 1.2, 1.35, 1.4] as const;
const WORDINESS = [1.2, 1.2, 1.2, 0.95, 0.75] as const;
const MAX_VOTES = 20_000;
const MAX_SENTENCES = 160;
const REPEAT_WINDOW = 4096;
const BREAK_SHARE = 0.05;

/** One review as numbers: indexes into the world's products, days and sentence banks. Reused from row to row. */
export interface ReviewDraft {
  customer: number;
  product: number;
  stars: number;
  /** Hidden: which number of stars the text sounds like, 0..4. */
  tone: number;
  votes: number;
  totalVotes: number;
  vine: boolean;
  verified: boolean;
  day: number;
  /** Bank and index of the headline. */
  headlineBank: number;
  headline: number;
  /** Whether sentences are separated by HTML line breaks, as in text pasted from a form. */
  hasBreaks: boolean;
  /** Sentences used of `banks` and `sentences`. */
  count: number;
  readonly banks: Uint8Array;
  readonly sentences: Uint16Array;
}

/** A draft to draw into. */
export function emptyDraft(): ReviewDraft {
  return {
    customer: 0,
    product: 0,
    stars: 1,
    tone: 0,
    votes: 0,
    totalVotes: 0,
    vine: false,
    verified: false,
    day: 0,
    headlineBank: 0,
    headline: 0,
    hasBreaks: false,
    count: 0,
    banks: new Uint8Array(MAX_SENTENCES),
    sentences: new Uint16Array(MAX_SENTENCES),
  };
}

/** Draws the shop's reviews one after another: call `nextInto` once per row. */
export function reviewSource(
  world: DemoWorld,
  rng: Rng,
): { nextInto(draft: ReviewDraft): ReviewDraft } {
  const buyers: { customer: number; product: number }[] = [];
  return {
    nextInto(draft) {
      chooseBuyerInto(draft, buyers, { world, rng });
      drawStarsInto(draft, world, rng);
      drawTextInto(draft, world, rng);
      drawFactsInto(draft, world, rng);
      return draft;
    },
  };
}

function chooseBuyerInto(
  draft: ReviewDraft,
  buyers: { customer: number; product: number }[],
  { world, rng }: { world: DemoWorld; rng: Rng },
): void {
  if (buyers.length > 0 && rng.next() < repeatShare) {
    const again = buyers[rng.integer(buyers.length)]!;
    draft.customer = again.customer;
    draft.product = again.product;
    return;
  }
  const u = rng.next();
  draft.customer = 1 + Math.floor(world.customers * u * Math.sqrt(u));
  draft.product = world.popularity.draw(rng);
  const { customer, product } = draft;
  if (buyers.length < REPEAT_WINDOW) buyers.push({ customer, product });
  else if (rng.next() < 0.1) buyers[rng.integer(REPEAT_WINDOW)] = { customer, product };
}

function drawStarsInto(draft: ReviewDraft, world: DemoWorld, rng: Rng): void {
  const { starSum } = world.products[draft.product]!;
  const point = rng.next();
  let stars = 1;
  while (stars < TONES && point >= starSum[stars - 1]!) stars++;
  draft.stars = stars;
  const table = toneTables[stars - 1]!;
  draft.tone = table[rng.integer(table.length)]!;
}

/** Half of all reviews have one to three sentences, a few in a thousand more than forty. */
function drawTextInto(draft: ReviewDraft, world: DemoWorld, rng: Rng): void {
  const banks = world.banks[world.products[draft.product]!.category]!;
  draft.headlineBank = rng.next() < headlineToneShare ? draft.tone : NEUTRAL;
  draft.headline = rng.integer(banks.headlines[draft.headlineBank]!.head.length);
  draft.hasBreaks = rng.next() < BREAK_SHARE;
  const length = WORDINESS[draft.stars - 1]! * Math.exp(rng.normal(0.75, 0.95));
  draft.count = Math.min(MAX_SENTENCES, 1 + Math.floor(length));
  for (let i = 0; i < draft.count; i++) {
    const bank = drawBank(draft.tone, rng);
    draft.banks[i] = bank;
    draft.sentences[i] = rng.integer(banks.sentences[bank]!.head.length);
  }
}

function drawBank(tone: number, rng: Rng): number {
  const point = rng.next();
  if (point < sentenceShares.tone) return tone;
  if (point < sentenceShares.tone + sentenceShares.neutral) return NEUTRAL;
  if (tone === 0) return 1;
  if (tone === TONES - 1) return TONES - 2;
  return rng.next() < 0.5 ? tone - 1 : tone + 1;
}

function drawFactsInto(draft: ReviewDraft, world: DemoWorld, rng: Rng): void {
  const product = world.products[draft.product]!;
  draft.votes = drawVotes(draft.stars, rng);
  draft.totalVotes = draft.votes + Math.floor((draft.votes + 1) * rng.next() * rng.next());
  draft.vine = rng.next() < 0.01;
  draft.verified = rng.next() < 0.87;
  const position = product.launch + (1 - product.launch) * rng.next();
  draft.day = world.dayTables[product.category]![Math.floor(position * DAY_QUANTILES)]!;
}

/** Zero for most reviews, then a Pareto tail: more often and heavier for few stars. */
function drawVotes(stars: number, rng: Rng): number {
  if (rng.next() >= helpfulShare[stars - 1]!) return 0;
  const votes = (1 - rng.next()) ** (-1 / HELPFUL_TAIL[stars - 1]!);
  return Math.min(MAX_VOTES, Math.floor(votes));
}
