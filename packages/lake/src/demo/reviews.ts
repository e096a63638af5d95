import type { ColumnBatch } from "../read.ts";
import { emptyDraft, type ReviewDraft, reviewSource } from "./review-draft.ts";
import type { SentenceBank } from "./sentences.ts";
import { demoCategories } from "./vocabulary.ts";
import type { DemoWorld } from "./world.ts";

/** Value of `marketplace` in every invented review: a real file never has it. */
export const DEMO_MARKETPLACE = "DEMO";
/** Between sentences pasted from a form. */
export const HTML_BREAK = " <br /><br />";
/** Base-36 digits of the number in a review id. */
export const REVIEW_ID_DIGITS = 7;

/** The fifteen columns, in the order of the file. */
export const reviewColumns = [
  "marketplace",
  "customer_id",
  "review_id",
  "product_id",
  "product_parent",
  "product_title",
  "product_category",
  "star_rating",
  "helpful_votes",
  "total_votes",
  "vine",
  "verified_purchase",
  "review_headline",
  "review_body",
  "review_date",
] as const;

const BATCH_ROWS = 8192;

/** All reviews of the shop in batches, in no order of date. The caller may keep the batches. */
export async function* demoReviews(world: DemoWorld): AsyncGenerator<ColumnBatch> {
  const source = reviewSource(world, world.rng.fork("reviews"));
  const draft = emptyDraft();
  for (let start = 0; start < world.counts.reviews; start += BATCH_ROWS) {
    const length = Math.min(BATCH_ROWS, world.counts.reviews - start);
    const columns = reviewColumns.map((): (string | number)[] => []);
    for (let row = 0; row < length; row++) {
      const values = reviewValues(source.nextInto(draft), world, start + row);
      for (let c = 0; c < columns.length; c++) columns[c]!.push(values[c]!);
    }
    yield {
      length,
      columns: Object.fromEntries(reviewColumns.map((name, c) => [name, columns[c]!])),
    };
  }
}

function reviewValues(draft: ReviewDraft, world: DemoWorld, number: number): (string | number)[] {
  const product = world.products[draft.product]!;
  const banks = world.banks[product.category]!;
  return [
    DEMO_MARKETPLACE,
    `demo-c${draft.customer}`,
    `demo-r${number.toString(36).padStart(REVIEW_ID_DIGITS, "0")}`,
    product.id,
    product.parent,
    product.title,
    demoCategories[product.category]!.name,
    draft.stars,
    draft.votes,
    draft.totalVotes,
    draft.vine ? "Y" : "N",
    draft.verified ? "Y" : "N",
    sentenceText(banks.headlines[draft.headlineBank]!, draft.headline, product.noun),
    bodyText(draft, banks.sentences, product.noun),
    world.days[draft.day]!,
  ];
}

function bodyText(draft: ReviewDraft, banks: readonly SentenceBank[], noun: string): string {
  const gap = draft.hasBreaks ? HTML_BREAK : " ";
  let text = "";
  for (let i = 0; i < draft.count; i++) {
    if (i > 0) text += gap;
    text += sentenceText(banks[draft.banks[i]!]!, draft.sentences[i]!, noun);
  }
  return text;
}

function sentenceText(bank: SentenceBank, index: number, noun: string): string {
  const tail = bank.tail[index]!;
  return tail === null ? bank.head[index]! : bank.head[index]! + noun + tail;
}
