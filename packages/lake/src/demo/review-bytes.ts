import { emptyDraft, type ReviewDraft, reviewSource } from "./review-draft.ts";
import { DEMO_MARKETPLACE, HTML_BREAK, REVIEW_ID_DIGITS, reviewColumns } from "./reviews.ts";
import type { SentenceBank } from "./sentences.ts";
import { demoCategories } from "./vocabulary.ts";
import type { DemoProduct, DemoWorld } from "./world.ts";

const TAB = 9;
const NEW_LINE = 10;
const SPACE = 32;
const DIGIT_ZERO = 48;
const LETTER_A = 97;
const LETTER_N = 78;
const LETTER_Y = 89;

const CHUNK_BYTES = 1 << 20;
/** More than the longest possible row: 160 sentences of at most 300 bytes. */
const ROW_LIMIT = 1 << 16;

/** Below this length a loop is faster than a call of `copyWithin`: measured, 4 ns a byte against 60 ns a call. */
const SHORT_BYTES = 14;

/** Where encoded texts lie in the arena: text i is bytes [start[i], start[i + 1]). */
type Texts = Uint32Array;

interface BankTexts {
  readonly head: Texts;
  readonly tail: Texts;
  readonly hasNoun: Uint8Array;
}

interface ShopTexts {
  /** `fixed` texts of a row, by the constants below. */
  readonly fixed: Texts;
  /** id, parent, title and category of each product, with tabs around. */
  readonly facts: Texts;
  readonly nouns: Texts;
  readonly days: Texts;
  readonly headlines: readonly (readonly BankTexts[])[];
  readonly sentences: readonly (readonly BankTexts[])[];
}

const OPENING = 0;
const REVIEW_ID = 1;
const BREAK = 2;
const HEADER = 3;

/** The output area at the front of the arena, the texts behind it, the place of the next byte and the row's product. */
interface Cursor {
  readonly arena: Uint8Array;
  readonly texts: ShopTexts;
  at: number;
  product: number;
  category: number;
}

/**
 * The reviews as the bytes of a TSV file with a header, the same rows as `demoReviews`, several times as fast as joining
 * strings: texts are encoded once and copied inside one array. Each chunk is about 1 MiB and is overwritten by the next.
 */
export function* demoReviewChunks(
  world: DemoWorld,
): Generator<{ bytes: Uint8Array; rows: number }> {
  const source = reviewSource(world, world.rng.fork("reviews"));
  const { arena, texts } = encodeShop(world);
  const out: Cursor = { arena, texts, at: 0, product: 0, category: 0 };
  const draft = emptyDraft();
  putText(out, texts.fixed, HEADER);
  for (let row = 0; row < world.counts.reviews; row++) {
    source.nextInto(draft);
    out.product = draft.product;
    out.category = world.products[draft.product]!.category;
    putRow(out, draft, row);
    if (out.at < CHUNK_BYTES) continue;
    yield { bytes: arena.subarray(0, out.at), rows: row + 1 };
    out.at = 0;
  }
  yield { bytes: arena.subarray(0, out.at), rows: world.counts.reviews };
}

function encodeShop(world: DemoWorld): { arena: Uint8Array; texts: ShopTexts } {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [new Uint8Array(CHUNK_BYTES + ROW_LIMIT)];
  let end = CHUNK_BYTES + ROW_LIMIT;
  function add(list: readonly string[]): Texts {
    const start = new Uint32Array(list.length + 1).fill(end);
    for (const [i, text] of list.entries()) {
      const part = encoder.encode(text);
      parts.push(part);
      start[i + 1] = end += part.length;
    }
    return start;
  }
  const bankTexts = ({ head, tail }: SentenceBank): BankTexts => ({
    head: add(head),
    tail: add(tail.map((text) => text ?? "")),
    hasNoun: Uint8Array.from(tail, (text) => Number(text !== null)),
  });
  const texts: ShopTexts = {
    fixed: add([
      `${DEMO_MARKETPLACE}\tdemo-c`,
      "\tdemo-r",
      HTML_BREAK,
      `${reviewColumns.join("\t")}\n`,
    ]),
    facts: add(world.products.map(productFacts)),
    nouns: add(world.products.map(({ noun }) => noun)),
    days: add(world.days),
    headlines: world.banks.map((banks) => banks.headlines.map(bankTexts)),
    sentences: world.banks.map((banks) => banks.sentences.map(bankTexts)),
  };
  return { arena: new Uint8Array(Buffer.concat(parts)), texts };
}

function productFacts({ id, parent, title, category }: DemoProduct): string {
  return `\t${id}\t${parent}\t${title}\t${demoCategories[category]!.name}\t`;
}

function putRow(out: Cursor, draft: ReviewDraft, row: number): void {
  const { texts } = out;
  putText(out, texts.fixed, OPENING);
  putNumber(out, draft.customer);
  putText(out, texts.fixed, REVIEW_ID);
  putBase36(out, row);
  putText(out, texts.facts, draft.product);
  putFacts(out, draft);
  putSentence(out, texts.headlines[out.category]![draft.headlineBank]!, draft.headline);
  out.arena[out.at++] = TAB;
  putBody(out, draft);
  out.arena[out.at++] = TAB;
  putText(out, texts.days, draft.day);
  out.arena[out.at++] = NEW_LINE;
}

/** star_rating, helpful_votes, total_votes, vine, verified_purchase, each with the tab after it. */
function putFacts(out: Cursor, draft: ReviewDraft): void {
  putNumber(out, draft.stars);
  out.arena[out.at++] = TAB;
  putNumber(out, draft.votes);
  out.arena[out.at++] = TAB;
  putNumber(out, draft.totalVotes);
  out.arena[out.at++] = TAB;
  out.arena[out.at++] = draft.vine ? LETTER_Y : LETTER_N;
  out.arena[out.at++] = TAB;
  out.arena[out.at++] = draft.verified ? LETTER_Y : LETTER_N;
  out.arena[out.at++] = TAB;
}

function putBody(out: Cursor, draft: ReviewDraft): void {
  const banks = out.texts.sentences[out.category]!;
  for (let i = 0; i < draft.count; i++) {
    if (i > 0 && draft.hasBreaks) putText(out, out.texts.fixed, BREAK);
    else if (i > 0) out.arena[out.at++] = SPACE;
    putSentence(out, banks[draft.banks[i]!]!, draft.sentences[i]!);
  }
}

function putSentence(out: Cursor, bank: BankTexts, index: number): void {
  putText(out, bank.head, index);
  if (bank.hasNoun[index] === 0) return;
  putText(out, out.texts.nouns, out.product);
  putText(out, bank.tail, index);
}

function putText(out: Cursor, texts: Texts, index: number): void {
  const { arena } = out;
  const start = texts[index]!;
  const end = texts[index + 1]!;
  let at = out.at;
  if (end - start > SHORT_BYTES) arena.copyWithin(at, start, end);
  else for (let i = start; i < end; i++) arena[at++] = arena[i]!;
  out.at += end - start;
}

/** A whole number >= 0 in decimal. */
function putNumber(out: Cursor, value: number): void {
  let scale = 1;
  while (scale * 10 <= value) scale *= 10;
  for (; scale >= 1; scale = Math.floor(scale / 10))
    out.arena[out.at++] = DIGIT_ZERO + (Math.floor(value / scale) % 10);
}

function putBase36(out: Cursor, value: number): void {
  let left = value;
  for (let i = REVIEW_ID_DIGITS - 1; i >= 0; i--) {
    const digit = left % 36;
    out.arena[out.at + i] = digit < 10 ? DIGIT_ZERO + digit : LETTER_A + digit - 10;
    left = Math.floor(left / 36);
  }
  out.at += REVIEW_ID_DIGITS;
}
