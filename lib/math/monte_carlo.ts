/** A Monte Carlo mean and how far to trust it. */
export interface Estimate {
  /** The sample mean. */
  readonly mean: number;
  /** The standard deviation of the mean: sample standard deviation / sqrt(n). */
  readonly standardError: number;
  /** How many independent values it is the mean of. */
  readonly numSamples: number;
}

/**
 * The mean of independent values with its standard error.
 *
 * `mean = (1/n) sum v_i`, `standardError = sqrt(sum (v_i - mean)^2 / (n (n - 1)))`,
 * in two passes with the rounding of the first corrected in the second (Chan, Golub,
 * LeVeque 1983), so that a large offset costs no digits and equal values give
 * exactly 0.
 *
 * Edges: one value has no spread to judge by, its standard error is NaN; so it is
 * where a value is not finite (the mean is then the plain sum over n).
 *
 * @param values Independent draws, shape `[n]`, `n >= 1`.
 * @returns Mean and standard error in the unit of the values, and `n`.
 * @throws {RangeError} If there are no values.
 *
 * @example Four values
 * ```ts
 * import { summarize } from "elbo/math";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const { mean, standardError } = summarize([1, 2, 3, 4]);
 * assertEquals(mean, 2.5);
 * assertAlmostEquals(standardError, Math.sqrt(5 / 12), 1e-15);
 * ```
 */
export function summarize(values: ArrayLike<number>): Estimate {
  const n = values.length;
  if (n === 0) {
    throw new RangeError(
      "Cannot summarize as values must hold at least one number: it is empty",
    );
  }
  // Of one kind, whatever the caller's: the loops run several times as fast.
  const x = new Float64Array(values);
  const origin = x[0];
  let shifted = 0;
  let plain = 0;
  for (let i = 0; i < n; i++) {
    shifted += x[i] - origin;
    plain += x[i];
  }
  const mean = origin + shifted / n;
  if (!Number.isFinite(mean)) {
    return { mean: plain / n, standardError: NaN, numSamples: n };
  }
  let rest = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const deviation = x[i] - mean;
    rest += deviation;
    squares += deviation * deviation;
  }
  const variance = (squares - rest * rest / n) / (n - 1);
  return {
    mean: mean + rest / n,
    standardError: Math.sqrt(variance / n),
    numSamples: n,
  };
}

/**
 * How many standard errors an estimate lies above the exact value.
 *
 * `z = (mean - exact) / standardError`. With no error at all it is 0 if the two are
 * equal and infinite, with the sign of the difference, if they are not.
 *
 * @param estimate A Monte Carlo mean with its standard error.
 * @param exact What it should be, in the same unit.
 * @returns The z score, without unit; NaN if any number is.
 *
 * @example Two standard errors too high
 * ```ts
 * import { zScore } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(zScore({ mean: 1.5, standardError: 0.25, numSamples: 9 }, 1), 2);
 * assertEquals(zScore({ mean: 1, standardError: 0, numSamples: 9 }, 1), 0);
 * ```
 */
export function zScore(estimate: Estimate, exact: number): number {
  const difference = estimate.mean - exact;
  if (estimate.standardError === 0 && difference === 0) return 0;
  return difference / estimate.standardError;
}

/**
 * The mean difference of paired values with its standard error.
 *
 * `summarize(left - right)`: on common random numbers the noise that both share
 * cancels, and the standard error is that of what does not.
 *
 * @param left Values of one method, shape `[n]`, `n >= 1`.
 * @param right Values of the other on the same draws, shape `[n]`.
 * @returns Mean and standard error of `left - right`.
 * @throws {RangeError} If the lengths differ or are 0.
 *
 * @example A constant advantage has no error
 * ```ts
 * import { pairedDifference } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * const difference = pairedDifference([3, 7, 5], [2, 6, 4]);
 * assertEquals(difference, { mean: 1, standardError: 0, numSamples: 3 });
 * ```
 */
export function pairedDifference(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
): Estimate {
  if (left.length !== right.length) {
    throw new RangeError(
      "Cannot pair as left and right must have the same length: they have " +
        `${left.length} and ${right.length}`,
    );
  }
  return summarize(Float64Array.from(left, (value, i) => value - right[i]));
}

/**
 * Kish's effective sample size of importance weights.
 *
 * `(sum w)^2 / sum w^2`, `w = exp(logWeights)`: n for equal weights, 1 when one weight
 * is all. Adding a constant to the log weights changes nothing. Source: Kish 1965,
 * "Survey Sampling".
 *
 * @param logWeights Logarithms of weights, shape `[n]`, in nats; `-Infinity` is a
 * weight of 0.
 * @returns A number in `[1, n]`; 0 if there is no weight above 0; NaN if a log weight is
 * NaN or `+Infinity`.
 *
 * @example Two of three draws count
 * ```ts
 * import { effectiveSampleSize } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(effectiveSampleSize([-1e3, -1e3, -Infinity]), 2);
 * ```
 */
export function effectiveSampleSize(logWeights: ArrayLike<number>): number {
  let max = -Infinity;
  for (let i = 0; i < logWeights.length; i++) {
    max = Math.max(max, logWeights[i]);
  }
  if (max === -Infinity) return 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < logWeights.length; i++) {
    const weight = Math.exp(logWeights[i] - max);
    sum += weight;
    squares += weight * weight;
  }
  return sum * sum / squares;
}
