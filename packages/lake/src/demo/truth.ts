import {
  emptyDraft,
  headlineToneShare,
  helpfulShare,
  repeatShare,
  type ReviewDraft,
  reviewSource,
  sentenceShares,
  toneGivenStars,
} from "./review-draft.ts";
import { engagementLaw, engagementSplit } from "./posts.ts";
import { orderFunnel } from "./orders.ts";
import { NEUTRAL, TONES } from "./sentences.ts";
import { demoCategories } from "./vocabulary.ts";
import type { DemoWorld } from "./world.ts";

/** What is true of the invented shop, so that a test can ask whether the pipeline finds it again. */
export interface DemoTruth {
  readonly invented: true;
  readonly counts: DemoWorld["counts"];
  /** Expected average of `star_rating` and share of reviews of each category. */
  readonly categories: Readonly<Record<string, { meanStars: number; share: number }>>;
  /** Expected share of 1..5 stars, [5]. */
  readonly starShare: readonly number[];
  /** Share of reviews written in another tone than their stars: the noise no text model can see through. */
  readonly toneNoise: number;
  /**
   * Accuracy of the best possible reader, who knows the product's stars and from which list each sentence came
   * (Monte Carlo, 20,000 reviews, standard error 0.003). A model that beats it by more than chance has seen the answer.
   */
  readonly accuracyCeiling: number;
  /** Accuracy of always answering the most frequent number of stars. */
  readonly majorityAccuracy: number;
  readonly toneGivenStars: readonly (readonly number[])[];
  readonly helpfulShare: readonly number[];
  readonly repeatShare: number;
  readonly engagement: typeof engagementLaw & { readonly split: readonly number[] };
  readonly orderFunnel: typeof orderFunnel;
}

const TRIALS = 20_000;

/** Computes the truth of a world: averages exactly, the ceiling by simulation with its own seeded chance. */
export function demoTruth(world: DemoWorld): DemoTruth {
  const starShare = overallStars(world);
  const tones = starShare.map((share, i) => share * (1 - toneGivenStars[i]![i]!));
  return {
    invented: true,
    counts: world.counts,
    categories: categoryTruth(world),
    starShare,
    toneNoise: tones.reduce((a, b) => a + b, 0),
    accuracyCeiling: accuracyCeiling(world),
    majorityAccuracy: Math.max(...starShare),
    toneGivenStars,
    helpfulShare,
    repeatShare,
    engagement: { ...engagementLaw, split: engagementSplit },
    orderFunnel,
  };
}

function overallStars(world: DemoWorld): number[] {
  const share = [0, 0, 0, 0, 0];
  for (const [i, product] of world.products.entries())
    for (let star = 0; star < TONES; star++)
      share[star]! += world.popularity.probabilities[i]! * product.starShare[star]!;
  return share;
}

function categoryTruth(world: DemoWorld): Record<string, { meanStars: number; share: number }> {
  const sums = demoCategories.map(() => ({ share: 0, stars: 0 }));
  for (const [i, product] of world.products.entries()) {
    const weight = world.popularity.probabilities[i]!;
    const sum = sums[product.category]!;
    sum.share += weight;
    for (let star = 0; star < TONES; star++)
      sum.stars += weight * (star + 1) * product.starShare[star]!;
  }
  return Object.fromEntries(
    demoCategories.flatMap(({ name }, i) => {
      const { share, stars } = sums[i]!;
      return share === 0 ? [] : [[name, { share, meanStars: stars / share }] as const];
    }),
  );
}

function accuracyCeiling(world: DemoWorld): number {
  const source = reviewSource(world, world.rng.fork("truth"));
  const draft = emptyDraft();
  let right = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    source.nextInto(draft);
    if (bestGuess(world.products[draft.product]!.starShare, draft) === draft.stars) right++;
  }
  return right / TRIALS;
}

/** Bayes' rule over stars, given the product's star shares and the banks the sentences came from. */
function bestGuess(prior: Float64Array, draft: ReviewDraft): number {
  let best = 0;
  let bestChance = -1;
  const given = Array.from({ length: TONES }, (_, tone) => likelihood(tone, draft));
  for (let star = 0; star < TONES; star++) {
    let chance = 0;
    for (let tone = 0; tone < TONES; tone++) chance += toneGivenStars[star]![tone]! * given[tone]!;
    chance *= prior[star]!;
    if (chance > bestChance) [best, bestChance] = [star, chance];
  }
  return best + 1;
}

/** Chance of the banks under `tone`, up to a factor that is the same for every tone. */
function likelihood(tone: number, draft: ReviewDraft): number {
  let chance = 1 - headlineToneShare;
  if (draft.headlineBank !== NEUTRAL) chance = draft.headlineBank === tone ? headlineToneShare : 0;
  const neighbours = tone === 0 || tone === TONES - 1 ? 1 : 2;
  for (let i = 0; i < draft.count && chance > 0; i++) {
    const bank = draft.banks[i]!;
    if (bank === NEUTRAL) continue;
    if (bank === tone) chance *= sentenceShares.tone;
    else chance *= Math.abs(bank - tone) === 1 ? sentenceShares.other / neighbours : 0;
  }
  return chance;
}
