import type { Rng } from "@souk/core";
import type { ColumnBatch } from "../read.ts";
import { batchesOf } from "./batch.ts";
import { demoBrands, demoCategories } from "./vocabulary.ts";
import type { DemoWorld } from "./world.ts";

/** The columns of the shape `posts`. */
export const postColumns = [
  "post_id",
  "author",
  "posted_at",
  "text",
  "hashtags",
  "replies",
  "retweets",
  "likes",
] as const;

/**
 * The law behind ln(1 + engagement): a sum of these effects plus normal noise. `author[i]` belongs to `demoBrands[i]`.
 * A regression on the same features finds them again.
 */
export const engagementLaw = {
  intercept: 2.6,
  author: [0.9, 0.4, -0.3, 0, 1.2, -0.5, 0.2, -0.8, 0.6, 0.1, -0.2, 0.3],
  perHashtag: 0.18,
  giveaway: 1.1,
  discount: 0.55,
  question: 0.3,
  weekend: 0.25,
  noise: 0.75,
} as const;

/** How engagement divides: replies, retweets, likes. */
export const engagementSplit = [0.08, 0.2, 0.72] as const;

const POST_YEARS = 2;
const OPENERS = [
  "New today",
  "Back in stock",
  "Made with care",
  "Look at this",
  "Our team says hello",
];
const TAGS = ["demo", "madeup", "shop", "sale", "weekend", "home", "gift", "handmade"];

/** Posts of the invented brands with replies, retweets and likes that follow `engagementLaw`. */
export async function* demoPosts(world: DemoWorld): AsyncGenerator<ColumnBatch> {
  yield* batchesOf(postColumns, postRows(world));
}

function* postRows(world: DemoWorld): Generator<(string | number)[]> {
  const rng = world.rng.fork("posts");
  const firstDay = world.days.length - Math.round(365.25 * POST_YEARS);
  for (let i = 0; i < world.counts.posts; i++) {
    const author = rng.integer(demoBrands.length);
    const day = firstDay + rng.integer(world.days.length - firstDay);
    const post = writePost(rng);
    let level = engagementLaw.intercept + engagementLaw.author[author]! + post.effect;
    if (isWeekend(world.days[day]!)) level += engagementLaw.weekend;
    const total = Math.max(0, Math.round(Math.exp(level + rng.normal(0, engagementLaw.noise)) - 1));
    const replies = Math.round(total * engagementSplit[0]);
    const retweets = Math.round(total * engagementSplit[1]);
    const tags = post.tags.map((tag) => `#${tag}`).join(" ");
    yield [
      `demo-t${String(i + 1).padStart(7, "0")}`,
      demoBrands[author]!,
      `${world.days[day]!}T${String(7 + rng.integer(15)).padStart(2, "0")}:00:00Z`,
      `${post.text} ${tags}`,
      tags,
      replies,
      retweets,
      total - replies - retweets,
    ];
  }
}

function writePost(rng: Rng): { text: string; tags: string[]; effect: number } {
  const noun = rng.pick(rng.pick(demoCategories).nouns);
  const tags = ["demo"];
  for (let more = rng.integer(5); more > 0; more--) tags.push(rng.pick(TAGS));
  let effect = tags.length * engagementLaw.perHashtag;
  let text = `${rng.pick(OPENERS)}: our ${noun}.`;
  if (rng.next() < 0.08) {
    text += ` Giveaway! Follow and share to win a ${noun} 🎁`;
    effect += engagementLaw.giveaway;
  }
  if (rng.next() < 0.25) {
    text += ` Discount of ${5 * (1 + rng.integer(10))} % until Sunday.`;
    effect += engagementLaw.discount;
  }
  if (rng.next() < 0.2) {
    text += ` Which colour of ${noun} would you choose?`;
    effect += engagementLaw.question;
  }
  return { text, tags, effect };
}

function isWeekend(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).getUTCDay() % 6 === 0;
}
