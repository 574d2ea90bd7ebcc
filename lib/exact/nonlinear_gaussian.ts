import {
  type ExactModel,
  type Normal,
  normal,
  standardNormal,
} from "../distributions/mod.ts";
import type { Vector } from "../math/mod.ts";
import {
  klByQuadrature,
  type QuadraturePosterior,
  quadraturePosterior,
} from "./quadrature_posterior.ts";
import { rememberLast } from "./remember_last.ts";

/** A curve in noise: one latent, one datum, solved by quadrature. */
export interface NonlinearGaussian extends ExactModel<Vector, Vector> {
  /** N(0, 1). */
  readonly prior: Normal;
  /** p(x|z). */
  likelihood(z: Vector): Normal;
  /** p(z|x). */
  exactPosterior(x: Vector): QuadraturePosterior;
  /** KL(q || p(z|x)), in nats. */
  klToPosterior(q: Normal, x: Vector): number;
}

/** Successive spacings must agree this well, in nats; the finer is better still. */
const TOLERANCE = 1e-10;
const SPACING = 1 / 32;

/**
 * Makes the model z ~ N(0, 1), x given z ~ N(curve(z), scale^2), solved by quadrature.
 *
 * Where the curve comes back to the same height the posterior has several modes,
 * which no normal q can follow. The trapezoid rule runs on a grid that grows and is
 * refined where p(x, z) matters, until two spacings agree within 1e-10 nats.
 *
 * @param options.curve A smooth function of z; the grid starts at a spacing of 1/32.
 * @param options.scale The standard deviation of the noise, positive.
 * @returns The model; z and x are vectors of length 1.
 * @throws {RangeError} If the scale is not positive, or the curve is not finite where
 * it is asked; from its integrals, if no grid of a million nodes suffices.
 *
 * @example A parabola: two modes
 * ```ts
 * import { nonlinearGaussian } from "elbo/exact";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // z and -z give the same x: two modes, at plus and minus 1.2.
 * const model = nonlinearGaussian({ curve: (z) => z * z, scale: 0.5 });
 * const posterior = model.exactPosterior([1.5]);
 * assertAlmostEquals(posterior.mean[0], 0, 1e-12);
 * assertAlmostEquals(posterior.logProb([1.2]), posterior.logProb([-1.2]));
 * ```
 */
export function nonlinearGaussian(
  { curve, scale }: { curve: (z: number) => number; scale: number },
): NonlinearGaussian {
  const prior = standardNormal(1);
  const likelihood = (z: Vector) => normal({ mean: [curve(z[0])], scale: [scale] });
  likelihood([0]);
  const exactPosterior = rememberLast((x: Vector) =>
    quadraturePosterior((z) => prior.logProb(z) + likelihood(z).logProb(x), {
      dim: 1,
      spacing: SPACING,
      tolerance: TOLERANCE,
    })
  );
  return {
    latentDim: 1,
    dataDim: 1,
    prior,
    likelihood,
    logMarginal: (x) => exactPosterior(x).logMarginal,
    exactPosterior,
    klToPosterior: (q, x) =>
      klByQuadrature(q, exactPosterior(x), { tolerance: TOLERANCE }),
  };
}
