import { reparameterize } from "../distributions/mod.ts";
import { type Estimate, type Random, summarize, type Vector } from "../math/mod.ts";
import { requireCount } from "./log_weight.ts";

/** The gradient of an expectation with respect to the parameters of q. */
export interface GradientEstimate {
  /** With respect to the mean, shape `[dim]`. */
  readonly mean: Estimate[];
  /** With respect to the scale (the standard deviation), shape `[dim]`. */
  readonly scale: Estimate[];
}

/** How many draws a gradient is the mean of, and where they come from. */
export interface GradientOptions {
  /** The number of draws of eps, at least 1; a standard error needs 2. */
  numSamples: number;
  /** The reader of one stream; a draw takes `dim` normals from it. */
  random: Random;
}

/**
 * Estimates the gradient of E_q f(z) through the draws: the reparameterisation.
 *
 * `z = mean + scale eps`, `eps ~ N(0, 1)`: the gradients are `E[df/dz]` and
 * `E[df/dz eps]`, an axis each (Kingma and Welling 2013, section 2.4). It needs the
 * derivative of f. Where f itself depends on mean and scale, as `-ln q(z)` does, the
 * mean of that dependence is 0, so f may be taken with them held fast.
 *
 * @param q Mean and scale of a diagonal normal, shape `[dim]` each.
 * @param gradientOfF df/dz, from `[dim]` to `[dim]`.
 * @param draws How many, and their source.
 * @returns Each component's mean and standard error.
 * @throws {RangeError} If `numSamples` is no positive integer or lengths differ.
 *
 * @example E z^2 = mean^2 + scale^2
 * ```ts
 * import { reparameterizationGradient } from "elbo/estimators";
 * import { createRandom, STREAMS, zScore } from "elbo/math";
 * import { assertLess } from "@std/assert";
 *
 * const q = { mean: [1], scale: [0.5] };
 * const { mean, scale } = reparameterizationGradient(q, ([z]) => [2 * z], {
 *   numSamples: 1000,
 *   random: createRandom({ seed: 0, stream: STREAMS.monteCarlo }),
 * });
 * assertLess(Math.abs(zScore(mean[0], 2 * 1)), 5);
 * assertLess(Math.abs(zScore(scale[0], 2 * 0.5)), 5);
 * ```
 */
export function reparameterizationGradient(
  q: { readonly mean: Vector; readonly scale: Vector },
  gradientOfF: (z: Vector) => Vector,
  draws: GradientOptions,
): GradientEstimate {
  return gradientFrom(q, draws, (z, eps) => {
    const slope = gradientOfF(z);
    return { mean: slope, scale: slope.map((value, i) => value * eps[i]) };
  });
}

/**
 * Estimates the gradient of E_q f(z) through the density: the score function.
 *
 * `E[(f(z) - baseline) d ln q(z)]` with, an axis each, `d ln q / d mean = eps / scale`
 * and `d ln q / d scale = (eps^2 - 1) / scale` (Williams 1992, REINFORCE). It needs no
 * derivative of f, which may jump or be a black box.
 *
 * @param q Mean and scale of a diagonal normal, shape `[dim]` each.
 * @param f The function, from `[dim]` to a number.
 * @param draws How many, and their source; `baseline`, a number that does not depend on
 * the draws, 0 if left out, changes the spread and not the mean.
 * @returns Each component's mean and standard error.
 * @throws {RangeError} If `numSamples` is no positive integer or lengths differ.
 *
 * @example The gradient of a probability, which has no derivative inside
 * ```ts
 * import { scoreFunctionGradient } from "elbo/estimators";
 * import { createRandom, STREAMS, zScore } from "elbo/math";
 * import { assertLess } from "@std/assert";
 *
 * // d/dm P(z > 0) at z ~ N(m, 1), m = 0: the density at 0.
 * const q = { mean: [0], scale: [1] };
 * const { mean } = scoreFunctionGradient(q, ([z]) => (z > 0 ? 1 : 0), {
 *   numSamples: 2000,
 *   random: createRandom({ seed: 0, stream: STREAMS.monteCarlo }),
 * });
 * assertLess(Math.abs(zScore(mean[0], 1 / Math.sqrt(2 * Math.PI))), 5);
 * ```
 */
export function scoreFunctionGradient(
  q: { readonly mean: Vector; readonly scale: Vector },
  f: (z: Vector) => number,
  draws: GradientOptions & { baseline?: number },
): GradientEstimate {
  const { baseline = 0 } = draws;
  return gradientFrom(q, draws, (z, eps) => {
    const value = f(z) - baseline;
    return {
      mean: eps.map((e, i) => value * e / q.scale[i]),
      scale: eps.map((e, i) => value * (e * e - 1) / q.scale[i]),
    };
  });
}

function gradientFrom(
  q: { readonly mean: Vector; readonly scale: Vector },
  { numSamples, random }: GradientOptions,
  terms: (z: Vector, eps: Vector) => { mean: Vector; scale: Vector },
): GradientEstimate {
  requireCount("numSamples", numSamples);
  const columns = () => q.mean.map(() => new Float64Array(numSamples));
  const mean = columns();
  const scale = columns();
  for (let draw = 0; draw < numSamples; draw++) {
    const eps = q.mean.map(() => random.normal());
    const term = terms(reparameterize({ ...q, eps }), eps);
    for (let i = 0; i < q.mean.length; i++) {
      mean[i][draw] = term.mean[i];
      scale[i][draw] = term.scale[i];
    }
  }
  return { mean: mean.map(summarize), scale: scale.map(summarize) };
}
