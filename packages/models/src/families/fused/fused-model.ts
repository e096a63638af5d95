import type { Combination } from "./combine.ts";
import type { Parts } from "./part-answers.ts";
import type { Joint } from "./train-joint.ts";

/** A trained model over text and photo. */
export interface Fused {
  readonly parts: Parts;
  readonly isClass: boolean;
  /** How rows with both are answered. */
  readonly combination: Combination | { readonly kind: "joint"; readonly joint: Joint };
  /** What is told of the training. */
  readonly parameters: FusedParameters;
}

/** What is told of a training. */
interface FusedParameters {
  readonly textFamily: string;
  /** Losses of the ways that were compared on validation rows with both, and accuracies of the parts there. */
  readonly validation: Readonly<Record<string, number>>;
}
