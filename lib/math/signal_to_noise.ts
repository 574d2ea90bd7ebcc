import type { Estimate } from "./monte_carlo.ts";

/**
 * The signal-to-noise ratio of a random number, with its standard error.
 *
 * `r = |mean| / sd`. By the delta method its variance is `(1 - g r + (k - 1) r^2 / 4) /
 * n`, with skewness g (signed as the mean) and kurtosis k of the values: for a small
 * ratio that is 1 / n, the error of the mean.
 *
 * @param values Independent draws, two or more.
 * @returns The ratio, without unit.
 * @throws {RangeError} If there are fewer than two values.
 *
 * @example 3 +- 1
 * ```ts
 * import { signalToNoise } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(signalToNoise([2, 4, 2, 4]).mean, 3 * Math.sqrt(3 / 4));
 * ```
 */
export function signalToNoise(values: ArrayLike<number>): Estimate {
  const n = values.length;
  if (n < 2) {
    throw new RangeError(
      `Cannot tell signal from noise as values must be two or more: ${n}`,
    );
  }
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let second = 0, third = 0, fourth = 0;
  for (let i = 0; i < n; i++) {
    const deviation = values[i] - mean;
    const square = deviation * deviation;
    second += square;
    third += square * deviation;
    fourth += square * square;
  }
  const sd = Math.sqrt(second / (n - 1));
  const ratio = Math.abs(mean) / sd;
  const skewness = Math.sign(mean) * third / (n * sd ** 3);
  const kurtosis = fourth / (n * sd ** 4);
  const variance = (1 - skewness * ratio + (kurtosis - 1) * ratio * ratio / 4) / n;
  return {
    mean: ratio,
    standardError: Math.sqrt(Math.max(0, variance)),
    numSamples: n,
  };
}

/**
 * The exponent of a power law through estimates, by weighted least squares on logs.
 *
 * `ln y = c + slope ln x`, each y weighed by the inverse square of its relative error.
 * The error of the slope is that of the y alone: it does not know whether they lie on a
 * line.
 *
 * @param x Positive numbers, two or more different ones.
 * @param y Independent positive estimates, one for each x.
 * @returns The slope; its `numSamples` is the number of points.
 * @throws {RangeError} If the lengths differ or a number is not positive.
 *
 * @example A square root
 * ```ts
 * import { logLogSlope } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const y = [1, 2, 3].map((mean) => ({ mean, standardError: 0.1, numSamples: 9 }));
 * assertAlmostEquals(logLogSlope([1, 4, 9], y).mean, 0.5);
 * ```
 */
export function logLogSlope(
  x: ArrayLike<number>,
  y: readonly Estimate[],
): Estimate {
  const fits = x.length === y.length && x.length >= 2 &&
    Array.from(x).every((value) => value > 0) &&
    y.every(({ mean, standardError }) => mean > 0 && standardError > 0);
  if (!fits) {
    throw new RangeError(
      "Cannot fit a power law as x and y must be two or more positive numbers each, y " +
        `with errors: ${x.length} and ${y.length}`,
    );
  }
  const weights = y.map(({ mean, standardError }) => (mean / standardError) ** 2);
  const logX = Array.from(x, Math.log), logY = y.map(({ mean }) => Math.log(mean));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const center = weights.reduce((sum, w, i) => sum + w * logX[i], 0) / total;
  const spread = weights.reduce((sum, w, i) => sum + w * (logX[i] - center) ** 2, 0);
  const slope = weights.reduce(
    (sum, w, i) => sum + w * (logX[i] - center) * logY[i] / spread,
    0,
  );
  return { mean: slope, standardError: 1 / Math.sqrt(spread), numSamples: x.length };
}
