import { createTokenizer } from "../text/tokenizer.ts";

/** A token as the tokenizer gives it, and where it stands in the text as it came, UTF-16 units. */
export interface PlacedToken {
  readonly token: string;
  /** Absent when normalising changed the token beyond finding. */
  readonly place?: { readonly from: number; readonly to: number };
}

/** The tokens of a text in their order, at most `maxTokens`, each with its place. */
export function placedTokens(
  text: string,
  { maxTokens }: { maxTokens: number },
): readonly PlacedToken[] {
  const lower = text.toLowerCase();
  // Lower-casing may change the length of a text (İ): then offsets of one are none of the other.
  const findable = lower.length === text.length ? lower : text;
  let at = 0;
  return createTokenizer({ maxTokens })
    .tokens(text)
    .map((token) => {
      const from = findable.indexOf(token, at);
      if (from < 0) return { token };
      at = from + token.length;
      return { token, place: { from, to: at } };
    });
}
