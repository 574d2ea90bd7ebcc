/**
 * The logarithm of a sum of exponentials, without overflow or underflow.
 *
 * `logSumExp(v) = ln sum_i exp(v_i) = m + ln(1 + sum_{i != argmax} exp(v_i - m))`,
 * `m = max(v)`; the largest term is left out of the sum, so that what the others add
 * to `m = 0` survives even where it is below machine precision.
 *
 * Edges: nothing to add gives `ln 0 = -Infinity`, so do values that are all
 * `-Infinity`; one `+Infinity` gives `+Infinity`; one NaN gives NaN.
 *
 * @param values Logarithms, shape `[n]`, in nats.
 * @returns The logarithm of the sum, in nats.
 *
 * @example Two halves of probability
 * ```ts
 * import { logSumExp } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(logSumExp([-1000, -1000]), -1000 + Math.LN2, 1e-12);
 * ```
 */
export function logSumExp(values: ArrayLike<number>): number {
  let max = -Infinity, largest = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) return NaN;
    if (value <= max) continue;
    max = value;
    largest = i;
  }
  if (max === -Infinity || max === Infinity) return max;
  let others = 0;
  for (let i = 0; i < values.length; i++) {
    if (i !== largest) others += Math.exp(values[i] - max);
  }
  return max + Math.log1p(others);
}

/**
 * The logarithm of a mean of exponentials.
 *
 * `logMeanExp(v) = ln((1/n) sum_i exp(v_i)) = logSumExp(v) - ln n`: with log weights
 * it is the K-sample estimate of a log marginal likelihood.
 *
 * @param values Logarithms, shape `[n]`, `n >= 1`, in nats.
 * @returns The logarithm of the mean, in nats; infinities and NaN as in `logSumExp`.
 * @throws {RangeError} If there are no values: nothing has no mean.
 *
 * @example The mean of 1 and 3
 * ```ts
 * import { logMeanExp } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(logMeanExp([0, Math.log(3)]), Math.log(2), 1e-15);
 * ```
 */
export function logMeanExp(values: ArrayLike<number>): number {
  if (values.length === 0) {
    throw new RangeError(
      "Cannot take a mean as values must hold at least one number: it is empty",
    );
  }
  return logSumExp(values) - Math.log(values.length);
}
