import { createTokenizer } from "../text/tokenizer.ts";

/** Where a token stands in the text as it came, UTF-16 units; absent when normalising changed it beyond finding. */
export interface TokenPlace {
  readonly from: number;
  readonly to: number;
}

/** The places of the tokens of a text, in their order, [at most `maxTokens`]. */
export function tokenPlaces(
  text: string,
  { maxTokens }: { maxTokens: number },
): (TokenPlace | undefined)[] {
  const lower = text.toLowerCase();
  // Lower-casing may change the length of a text (İ): then offsets of one are none of the other.
  const findable = lower.length === text.length ? lower : text;
  let at = 0;
  return createTokenizer({ maxTokens })
    .tokens(text)
    .map((token) => {
      const from = findable.indexOf(token, at);
      if (from < 0) return undefined;
      at = from + token.length;
      return { from, to: at };
    });
}
