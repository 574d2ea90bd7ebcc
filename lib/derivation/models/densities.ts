/**
 * The witness's densities, written out from their formulas; `math` is all they use.
 *
 * @module
 */
import type { Vector } from "../../math/mod.ts";

/** ln N(x; mean, scale^2) of one number. */
export function logNormalDensity(x: number, mean: number, scale: number): number {
  return -((x - mean) ** 2) / (2 * scale ** 2) - Math.log(scale) -
    Math.log(2 * Math.PI) / 2;
}

/** ln N(x; mean, diag(scale^2)). */
export function logDiagonalDensity(x: Vector, mean: Vector, scale: Vector): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += logNormalDensity(x[i], mean[i], scale[i]);
  return total;
}

/** The probability of a 1, from its logit. */
export function probabilityOf(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** sum_i [x_i ln p_i + (1 - x_i) ln(1 - p_i)], from probabilities inside (0, 1). */
export function logPixelMass(x: Vector, probs: Vector): number {
  return x.reduce(
    (total, value, i) =>
      total + value * Math.log(probs[i]) + (1 - value) * Math.log(1 - probs[i]),
    0,
  );
}

/** ln of the k-th share of exp(logits). */
export function logShare(logits: Vector, k: number): number {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return logits[k] - Math.log(total);
}
