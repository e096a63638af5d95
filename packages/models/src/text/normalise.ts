import { decodeHTML } from "entities";

/** Longer texts are cut here: a hostile row must not cost unbounded time. UTF-16 units. */
export const MAX_TEXT_LENGTH = 100_000;

const TAG = /<\/?[a-z][^<>]{0,200}>/gi;
const BEYOND_ASCII = /[\u0080-\uffff]/;

/**
 * Text as the tokenizer expects it: HTML tags become spaces, entities their characters, Unicode is put in the
 * compatibility form NFKC, letters are lower-case. Pure ASCII without markup costs one scan and one `toLowerCase`.
 */
export function normaliseText(raw: string): string {
  const text = withoutMarkup(raw);
  return (BEYOND_ASCII.test(text) ? text.normalize("NFKC") : text).toLowerCase();
}

/** Text as a published tokenizer expects it: HTML tags become spaces, entities their characters; nothing else changes. */
export function withoutMarkup(raw: string): string {
  let text = raw.length > MAX_TEXT_LENGTH ? raw.slice(0, MAX_TEXT_LENGTH) : raw;
  if (text.includes("<")) text = text.replace(TAG, " ");
  if (text.includes("&")) text = decodeHTML(text);
  return text;
}
