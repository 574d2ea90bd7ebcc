import { normal, standardNormal } from "../distributions/mod.ts";
import {
  annealedLowerBound,
  type DifferentiableLogDensity,
  fitDiagonal,
  fitStart,
  linearSchedule,
  powerSchedule,
  tuneStepSizes,
} from "../estimators/mod.ts";
import { trainedNetwork } from "../exact/mod.ts";
import {
  createRandom,
  type Estimate,
  type Random,
  STREAMS,
  summarize,
  type Vector,
} from "../math/mod.ts";
import {
  approxPosteriorOf,
  encode,
  networkLogJoint,
  type NetworkSpec,
  type Weights,
} from "../networks/mod.ts";

/** How carefully one image is annealed. */
export interface AnnealImageOptions {
  /** Chains of annealed importance sampling, 2 or more. */
  readonly chains: number;
  /** Steps of the measured schedule. */
  readonly steps: number;
  /** Of all dice. */
  readonly seed: number;
  /** Addresses the dice of this image. */
  readonly index: number;
}

/** ln p(x) of one image as well as it can be had, and where its ELBO falls short. */
export interface AnnealedImage {
  /** ln p(x) from below, by annealed importance sampling, in nats. */
  readonly annealed: Estimate;
  /** ln p(x) by quadrature, for a latent of one or two dimensions. */
  readonly exact: number | null;
  /** The ELBO at the encoder's q. */
  readonly elbo: Estimate;
  /** The ELBO at the best diagonal normal that was found for this image. */
  readonly bestElbo: Estimate;
}

/** Leapfrog steps of a move. */
const LEAPFROG_STEPS = 5;
/** Stations of the pilot run that the start comes from. */
const PILOT_STEPS = 100;
/** Draws of each ELBO, the same eps for both. */
const ELBO_DRAWS = 1000;

/**
 * Measures ln p(x) of one image by annealing, and splits the gap of its ELBO.
 *
 * `ln p(x) - ELBO(q) = [ln p(x) - ELBO(q*)] + [ELBO(q*) - ELBO(q)]`: the approximation
 * part, which no diagonal normal avoids, and the amortisation part, which a better
 * encoder would (Cremer, Li and Duvenaud 2018, arXiv 1801.03558). In float64, without
 * tfjs.
 *
 * @param spec A VAE.
 * @param weights Its weights.
 * @param x The image, `[dataDim]`.
 * @param options Chains, steps and dice.
 * @returns Nats, each with its standard error over chains or draws.
 * @throws {RangeError} If x or the weights do not fit, or an option is out of range.
 *
 * @example A decoder that ignores z
 * ```ts
 * import { annealImage } from "elbo/evaluation";
 * import { initialWeights, type NetworkSpec } from "elbo/networks";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 3,
 *   hidden: [],
 *   latentDim: 1,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const weights = initialWeights(spec, { seed: 0 });
 * weights.get("decoder.output.weight")!.values.fill(0);
 * const options = { chains: 16, steps: 10, seed: 0, index: 0 };
 * const { annealed, exact } = annealImage(spec, weights, [0, 1, 1], options);
 * assertAlmostEquals(annealed.mean, -3 * Math.log(2), 0.2);
 * assertAlmostEquals(exact!, -3 * Math.log(2), 1e-6);
 * ```
 */
export function annealImage(
  spec: NetworkSpec,
  weights: Weights,
  x: Vector,
  { chains, steps, seed, index }: AnnealImageOptions,
): AnnealedImage {
  const logJoint = networkLogJoint(spec, weights, x);
  const dice = (step: number): Random =>
    createRandom({ seed, stream: STREAMS.monteCarlo, row: index, step });
  const walk = { numChains: chains, leapfrogSteps: LEAPFROG_STEPS };
  const initial = fitStart({
    initial: standardNormal(spec.latentDim),
    logJoint,
    schedule: powerSchedule(PILOT_STEPS),
  }, { ...walk, random: dice(1) });
  const path = { initial, logJoint, schedule: linearSchedule(steps) };
  const stepSizes = tuneStepSizes(path, { ...walk, random: dice(2) });
  const q = approxPosteriorOf(encode(spec, weights, x));
  // Two climbs: from where the encoder points, and from where the chains ended.
  const climbs = [q, initial].map((start, i) =>
    elboAt(logJoint, fitDiagonal(logJoint, start, { random: dice(4 + i) }), dice(3))
  );
  const exact = spec.latentDim <= 2
    ? trainedNetwork(spec, weights, { tolerance: 1e-4 }).logMarginal(x)
    : null;
  return {
    annealed: annealedLowerBound(path, { ...walk, stepSizes, random: dice(0) }),
    exact,
    elbo: elboAt(logJoint, q, dice(3)),
    bestElbo: climbs.reduce((a, b) => b.mean > a.mean ? b : a),
  };
}

/** The mean of ln p(x, z) - ln q(z) over draws of q. */
function elboAt(
  logJoint: DifferentiableLogDensity,
  { mean, scale }: { mean: Vector; scale: Vector },
  random: Random,
): Estimate {
  const q = normal({ mean, scale });
  const draws = Array.from({ length: ELBO_DRAWS }, () => q.sample(random));
  const { values } = logJoint(Float64Array.from(draws.flat()));
  return summarize(values.map((value, i) => value - q.logProb(draws[i])));
}
