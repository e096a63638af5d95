/** How rare classes are treated: as they come, or weighted so that each class counts (about) as much. */
export const balanceOptions = ["none", "sqrt", "full"] as const;

/**
 * Weight of each class, mean 1 over rows: n / (classes * n_c), its square root, or 1.
 * @param targets label index of each row.
 */
export function classWeights(
  targets: Float64Array,
  { classes, balance }: { classes: number; balance: string },
): Float32Array {
  const weights = new Float32Array(classes).fill(1);
  if (balance === "none") return weights;
  const counts = new Float64Array(classes);
  for (const target of targets) counts[target]++;
  const power = balance === "sqrt" ? 0.5 : 1;
  let total = 0;
  for (let c = 0; c < classes; c++) {
    weights[c] = counts[c] === 0 ? 0 : (targets.length / (classes * counts[c])) ** power;
    total += weights[c] * counts[c];
  }
  return weights.map((weight) => (weight * targets.length) / total);
}
