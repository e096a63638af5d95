import { decodeHTML } from "entities";
import { MAX_TEXT_LENGTH } from "../../text/normalise.ts";

/** A word, mark or emoji of a text, `from` and `to` in UTF-16 units. */
export interface WordSpan {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** In this order: HTML tags, entities, emoji of any length, runs of letters, ideographs, apostrophes, runs of one mark. */
const PIECE =
  /(?<tag><\/?[a-z][^<>]{0,200}>)|(?<entity>&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][\da-z]{1,30});)|(?<emoji>\p{RGI_Emoji})|(?<letters>[[\p{L}\p{N}\p{M}]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]]+)|(?<apostrophe>['’])|(?<mark>\S)\k<mark>*/giv;

const LETTERS = /^[[\p{L}\p{N}\p{M}]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]]+$/v;
const APOSTROPHE = /^['’]$/;

type Kind = "letters" | "apostrophe" | "other";

/**
 * The words, marks and emoji of a raw text where they stand in it. Entities belong to the word they are in
 * (`caf&eacute;` is one), an apostrophe between letters too; tags are no words.
 */
export function wordSpans(text: string): WordSpan[] {
  const pieces = [...text.slice(0, MAX_TEXT_LENGTH).matchAll(PIECE)].filter(
    ({ groups }) => groups?.["tag"] === undefined,
  );
  const kinds = pieces.map(({ 0: piece, groups }) =>
    kindOf(piece, groups?.["entity"] !== undefined),
  );
  const spans: { from: number; to: number }[] = [];
  let open: Kind = "other";
  pieces.forEach(({ 0: piece, index: from }, at) => {
    const last = spans.at(-1);
    const touches = last !== undefined && last.to === from;
    const apostropheInside = kinds[at] === "apostrophe" && isLetterAt(at + 1, from + piece.length);
    const goesOn = touches && open === "letters" && (kinds[at] === "letters" || apostropheInside);
    if (goesOn) last.to = from + piece.length;
    else spans.push({ from, to: from + piece.length });
    open = goesOn ? "letters" : kinds[at];
  });
  return spans.map(({ from, to }) => ({ text: text.slice(from, to), from, to }));

  function isLetterAt(at: number, from: number): boolean {
    return kinds[at] === "letters" && pieces[at].index === from;
  }
}

function kindOf(piece: string, isEntity: boolean): Kind {
  const said = isEntity ? decodeHTML(piece) : piece;
  if (LETTERS.test(said)) return "letters";
  return APOSTROPHE.test(said) ? "apostrophe" : "other";
}
