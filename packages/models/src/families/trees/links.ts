/**
 * How the sums of trees become scores. `identity`: they are the scores; `halves`: one sum is the log odds of the second
 * of two classes, shared by both logits; `shares`: they are the shares of the classes (of the second of two, when there
 * is one sum), scores are their logarithms.
 */
export type Link = "identity" | "halves" | "shares";

export const links: readonly Link[] = ["identity", "halves", "shares"];

/** Share spread evenly over the classes, so that one no tree has seen is not impossible. */
const SPREAD = 1e-3;

/** Score of output `output` of `outputs`, from the sum it depends on. */
export function linkScore(
  sum: number,
  { link, output, outputs }: { link: Link; output: number; outputs: number },
): number {
  if (link === "identity") return sum;
  if (link === "halves") return output === 1 ? sum / 2 : -sum / 2;
  const share = outputs === 2 && output === 0 ? 1 - sum : sum;
  return Math.log((1 - SPREAD) * Math.min(1, Math.max(0, share)) + SPREAD / outputs);
}

/** Sums a model of that link has. */
export function sumsOf(link: Link, outputs: number): number {
  return link === "identity" || outputs !== 2 ? outputs : 1;
}
