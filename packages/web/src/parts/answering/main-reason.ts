import type { RouteAnswer } from "@souk/api";
import { inWords } from "./served-model.ts";

type Explained = RouteAnswer<"explainRow">;

/** What weighed in an explanation, in the words of a reader. */
export type Weighed = Pick<Explained, "tokens" | "features" | "images">;

/** The strongest single reason, as a sentence; that there is none, when nothing moved the answer. */
export function mainReason(
  weighed: Weighed,
  [forIt, againstIt]: readonly [string, string],
): string {
  const unknown = unknownTexts(weighed);
  const known = {
    ...weighed,
    features: weighed.features.filter(({ input }) => !unknown.has(input)),
  };
  const [first] = reasonsOf(known)
    .filter(({ contribution }) => contribution !== 0)
    .toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  if (!first && unknown.size > 0)
    return "The model learnt none of these words: it says what it says of anything it does not know.";
  if (!first) return "Nothing of what was given moved the answer.";
  const side = first.contribution > 0 ? forIt : againstIt;
  return `What spoke loudest: ${first.what} (${side.charAt(0).toLowerCase()}${side.slice(1)}).`;
}

/** Texts of which no word moved the answer: the model never learnt them. */
export function unknownTexts({ tokens }: Pick<Weighed, "tokens">): ReadonlySet<string> {
  const silent = new Set(tokens.map(({ input }) => input));
  for (const { input, contribution } of tokens) if (contribution !== 0) silent.delete(input);
  return silent;
}

function reasonsOf({
  tokens,
  features,
  images,
}: Weighed): { what: string; contribution: number }[] {
  return [
    // A full stop is no reason one can follow.
    ...tokens
      .filter(({ text }) => /[\p{L}\p{N}]/u.test(text))
      .map(({ text, contribution }) => ({ what: `the word “${text}”`, contribution })),
    ...features.map(({ input, contribution }) => ({
      what: inWords(input).toLowerCase(),
      contribution,
    })),
    ...images.map(({ input, heat }) => ({
      what: `a place of the ${inWords(input).toLowerCase()}`,
      contribution: heat.reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most), 0),
    })),
  ];
}
