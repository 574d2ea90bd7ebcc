/**
 * Monte Carlo means in the forms that entries need.
 *
 * @module
 */
import { type Estimate, logMeanExp, type Random, summarize } from "../math/mod.ts";
import type { DrawOptions } from "./types.ts";

/** The mean of a value that is drawn anew each time. */
export function average(
  { numSamples, random }: DrawOptions,
  draw: (random: Random) => number,
): Estimate {
  return summarize(Float64Array.from({ length: numSamples }, () => draw(random)));
}

/**
 * The logarithm of the mean of exp(draw), with the delta method's standard error; its
 * bias, half the square of that, is far below it wherever a resolution is met.
 */
export function logAverage(
  { numSamples, random }: DrawOptions,
  draw: (random: Random) => number,
): Estimate {
  const logs = Float64Array.from({ length: numSamples }, () => draw(random));
  const mean = logMeanExp(logs);
  const relative = summarize(logs.map((value) => Math.exp(value - mean)));
  return { mean, standardError: relative.standardError, numSamples };
}

/** factor * estimate + constant. */
export function scaled(
  estimate: Estimate,
  { factor = 1, plus = 0 }: { factor?: number; plus?: number },
): Estimate {
  return {
    mean: factor * estimate.mean + plus,
    standardError: Math.abs(factor) * estimate.standardError,
    numSamples: estimate.numSamples,
  };
}

/** The sum of independent estimates. */
export function total(estimates: readonly Estimate[]): Estimate {
  return {
    mean: estimates.reduce((sum, { mean }) => sum + mean, 0),
    standardError: Math.hypot(...estimates.map(({ standardError }) => standardError)),
    numSamples: estimates[0].numSamples,
  };
}
