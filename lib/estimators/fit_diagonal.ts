import {
  type DifferentiableLogDensity,
  type Normal,
  normal,
} from "../distributions/mod.ts";
import type { Random, Vector } from "../math/mod.ts";
import { requireCount } from "./log_weight.ts";

/** How long to climb, and on whose dice. */
export interface FitOptions {
  /** Steps of Adam, 300 unless told. */
  readonly numSteps?: number;
  /** Draws of z a step, even: each eps is used with -eps, 16 unless told. */
  readonly numSamples?: number;
  /** Where the draws come from. */
  readonly random: Random;
}

/** In units of the scales of q: the first steps of Adam, which then shrink to 0. */
const FIRST_RATE = 0.3;

/**
 * Finds the diagonal normal q that makes the ELBO of one x largest, by climbing it.
 *
 * `ELBO(q) = E_q ln p(x,z) + H(q) = ln p(x) - KL(q || p(z|x))`: the largest one leaves
 * the gap that the family of diagonal normals must leave (the approximation part); what
 * an encoder's q lies below it is the amortisation part (Cremer, Li and Duvenaud 2018,
 * arXiv 1801.03558). Adam on the mean and ln scale, by reparameterised draws, from a
 * given start; the climb ends on the hump it finds first.
 *
 * @param logJoint ln p(x, z) and its gradient by z.
 * @param start Mean and scale to begin with, such as the encoder's.
 * @param options How long, and the source of the draws.
 * @returns The best q found.
 * @throws {RangeError} If a count is no positive integer, or the climb leaves the finite
 * numbers.
 *
 * @example A normal finds itself
 * ```ts
 * import { fitDiagonal } from "elbo/estimators";
 * import { createRandom, STREAMS } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const q = fitDiagonal(
 *   (z) => ({
 *     values: z.map((v) => -2 * (v - 1) ** 2),
 *     gradients: z.map((v) => -4 * (v - 1)),
 *   }),
 *   { mean: [0], scale: [1] },
 *   { random: createRandom({ seed: 0, stream: STREAMS.monteCarlo }) },
 * );
 * assertAlmostEquals(q.mean[0], 1, 1e-2);
 * assertAlmostEquals(q.scale[0], 1 / 2, 1e-2);
 * ```
 */
export function fitDiagonal(
  logJoint: DifferentiableLogDensity,
  start: { readonly mean: Vector; readonly scale: Vector },
  { numSteps = 300, numSamples = 16, random }: FitOptions,
): Normal {
  requireCount("numSteps", numSteps);
  requireCount("numSamples / 2", numSamples / 2);
  const dim = start.mean.length;
  const mean = [...start.mean];
  const logScale = start.scale.map(Math.log);
  const adam = { mean: adamOf(dim), logScale: adamOf(dim) };
  for (let step = 1; step <= numSteps; step++) {
    const scale = logScale.map(Math.exp);
    const eps = antithetic(numSamples * dim, random);
    const { gradients } = logJoint(
      eps.map((e, i) => mean[i % dim] + scale[i % dim] * e),
    );
    const byMean = Array<number>(dim).fill(0);
    // The entropy adds 1 to each slope by ln scale.
    const byLogScale = Array<number>(dim).fill(1);
    gradients.forEach((slope, i) => {
      const j = i % dim;
      byMean[j] += slope * scale[j] / numSamples;
      byLogScale[j] += slope * scale[j] * eps[i] / numSamples;
    });
    const rate = FIRST_RATE * (1 + Math.cos(Math.PI * step / numSteps)) / 2;
    adam.mean(byMean, step).forEach((move, j) => mean[j] += rate * scale[j] * move);
    adam.logScale(byLogScale, step).forEach((move, j) => logScale[j] += rate * move);
  }
  return normal({ mean, scale: logScale.map(Math.exp) });
}

/** eps and -eps in turn: what is odd in eps cancels, the slope's mean above all. */
function antithetic(size: number, random: Random): Float64Array {
  const eps = new Float64Array(size);
  for (let i = 0; i < size / 2; i++) {
    eps[i] = random.normal();
    eps[size / 2 + i] = -eps[i];
  }
  return eps;
}

/** The direction of Adam (Kingma and Ba 2015), for one list of numbers. */
function adamOf(dim: number): (gradient: Vector, step: number) => number[] {
  const first = new Float64Array(dim), second = new Float64Array(dim);
  return (gradient, step) =>
    gradient.map((g, j) => {
      first[j] += 0.1 * (g - first[j]);
      second[j] += 0.01 * (g * g - second[j]);
      return first[j] / (1 - 0.9 ** step) /
        (Math.sqrt(second[j] / (1 - 0.99 ** step)) + 1e-8);
    });
}
