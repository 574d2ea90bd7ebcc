/** Every exact model, each with a way to integrate over its latent that is not its own. */
import {
  bernoulli,
  categorical,
  type ExactModel,
  type ExactPosterior,
  normal,
} from "elbo/distributions";
import {
  discreteLatent,
  linearGaussian,
  nonlinearGaussian,
  trainedNetwork,
} from "elbo/exact";
import {
  createRandom,
  integrate,
  logIntegratePlane,
  type Random,
  STREAMS,
  type Vector,
} from "elbo/math";
import type { NetworkSpec, Weights } from "elbo/networks";
import { randomWeights } from "../networks/random_network.ts";

/** A model, data, and ln of the integral of exp(logF) over its latent. */
export interface ModelCase<Z, X> {
  readonly name: string;
  readonly model: ExactModel<Z, X>;
  readonly xs: readonly X[];
  /** `x` tells where to look. */
  logIntegrate(logF: (z: Z) => number, x: X): number;
  /** A latent to try an identity at. */
  randomLatent(random: Random): Z;
  /** How well `logIntegrate` and the model are known, in nats. */
  readonly tolerance: number;
}

/** Beyond 12 the prior, and so the posterior of data that are not far off, is 1e-33. */
const REACH = 12;

/**
 * By adaptive Gauss-Kronrod, in three pieces: 12 standard deviations around the mean,
 * so that a narrow bump is seen, and the tails on either side.
 */
function logIntegrateLine(logF: (z: Vector) => number, posterior: Moments): number {
  const [mean] = posterior.mean, width = REACH * Math.sqrt(variancesOf(posterior)[0]);
  const top = logF([mean]);
  const ends = [-REACH, mean - width, mean + width, REACH].sort((a, b) => a - b);
  const pieces = ends.slice(1).map((to, i) =>
    integrate((z) => Math.exp(logF([z]) - top), { from: ends[i], to }).value
  );
  return top + Math.log(pieces.reduce((sum, value) => sum + value, 0));
}

/** By the trapezoid rule over the whole square, for bumps wider than 0.2. */
function logIntegrateSquare(logF: (z: Vector) => number): number {
  return logIntegratePlane(logF, { center: [0, 0], halfWidth: 9, numNodes: 181 });
}

interface Moments {
  readonly mean: Vector;
  readonly variance?: Vector;
  readonly covariance?: readonly Vector[];
}

interface ModelWithMoments extends ExactModel<Vector, Vector> {
  exactPosterior(x: Vector): ExactPosterior<Vector> & Moments;
}

/** Where a posterior lies: for the limits of an integral, not for its value. */
function variancesOf({ variance, covariance }: Moments): Vector {
  return variance ?? covariance!.map((row, i) => row[i]);
}

function continuous(
  name: string,
  model: ModelWithMoments,
  { xs, tolerance = 1e-9 }: { xs: readonly Vector[]; tolerance?: number },
): ModelCase<Vector, Vector> {
  return {
    name,
    model,
    xs,
    logIntegrate: (logF, x) =>
      model.latentDim === 1
        ? logIntegrateLine(logF, model.exactPosterior(x))
        : logIntegrateSquare(logF),
    randomLatent: (random) =>
      Array.from({ length: model.latentDim }, () => 2 * random.normal()),
    tolerance,
  };
}

function discrete<X>(
  name: string,
  model: ExactModel<number, X>,
  { xs, numLatents }: { xs: readonly X[]; numLatents: number },
): ModelCase<number, X> {
  return {
    name,
    model,
    xs,
    // Added up as they are: not by logSumExp, which the model uses.
    logIntegrate: (logF) => {
      let sum = 0;
      for (let z = 0; z < numLatents; z++) sum += Math.exp(logF(z));
      return Math.log(sum);
    },
    randomLatent: (random) => random.integer(numLatents),
    tolerance: 1e-12,
  };
}

/** A small network with weights of order 1: what training would leave is as good. */
export function smallNetwork(
  change: Partial<NetworkSpec> = {},
): { spec: NetworkSpec; weights: Weights } {
  const spec: NetworkSpec = {
    model: "vae",
    dataDim: 6,
    hidden: [5],
    latentDim: 2,
    activation: "tanh",
    likelihood: { kind: "bernoulli" },
    beta: 1,
    ...change,
  };
  const random = createRandom({ seed: 17, stream: STREAMS.test });
  return { spec, weights: randomWeights(spec, random) };
}

function network(change: Partial<NetworkSpec> = {}) {
  const { spec, weights } = smallNetwork(change);
  return trainedNetwork(spec, weights);
}

const BITS = [[0, 1, 1, 0, 1, 0], [1, 1, 1, 1, 1, 1]];

/** Latents in R or R^2. */
export const CONTINUOUS: readonly ModelCase<Vector, Vector>[] = [
  continuous(
    "linearGaussian, scalar",
    linearGaussian({ weight: [[1.5]], bias: [0.5], scale: 0.7 }),
    { xs: [[0.5], [3], [-20]] },
  ),
  continuous(
    "linearGaussian, plane to three",
    linearGaussian({
      weight: [[1, 0.5], [-0.3, 2], [0.7, 0.7]],
      bias: [0, 1, -1],
      scale: [0.5, 1, 2],
    }),
    { xs: [[0, 0, 0], [2, -3, 1]] },
  ),
  continuous(
    "nonlinearGaussian, tanh",
    nonlinearGaussian({
      curve: (z) => 2 * Math.tanh(2 * z),
      scale: 0.4,
    }),
    { xs: [[0], [1.8], [-4]] },
  ),
  continuous(
    "nonlinearGaussian, two modes",
    nonlinearGaussian({
      curve: (z) => z * z,
      scale: 0.3,
    }),
    { xs: [[1.5], [0], [-1]] },
  ),
  continuous(
    "nonlinearGaussian, many modes",
    nonlinearGaussian({
      curve: (z) => Math.sin(5 * z),
      scale: 0.2,
    }),
    { xs: [[0.3], [1]] },
  ),
  continuous("trainedNetwork, bernoulli", network(), { xs: BITS }),
  continuous(
    "trainedNetwork, gaussian",
    network({
      likelihood: { kind: "gaussian", variance: "pixel" },
    }),
    { xs: [[0, 0.5, 1, -1, 0, 2]] },
  ),
  continuous("trainedNetwork, one latent", network({ latentDim: 1 }), { xs: BITS }),
  // The kinks of relu leave both quadratures with some 1e-5.
  continuous("trainedNetwork, relu", network({ activation: "relu" }), {
    xs: BITS,
    tolerance: 2e-4,
  }),
];

/** Latents that are indices, data that are vectors. */
export const DISCRETE: readonly ModelCase<number, Vector>[] = [
  discrete(
    "discreteLatent, normals",
    discreteLatent({
      prior: categorical({ logits: [0, 1, -1] }),
      components: [-2, 0, 3].map((m, k) => normal({ mean: [m, k], scale: [1, 0.5] })),
    }),
    { xs: [[0, 0], [3, 2], [-1, 1]], numLatents: 3 },
  ),
  discrete(
    "discreteLatent, coins",
    discreteLatent({
      prior: categorical({ logits: [0.3, 0] }),
      components: [[1, -2, 0.5], [0, 3, -1]].map((logits) => bernoulli({ logits })),
    }),
    { xs: [[0, 1, 1], [1, 0, 0]], numLatents: 2 },
  ),
];

/** Latents and data that are both indices. */
export const TABLE: ModelCase<number, number> = discrete(
  "discreteLatent, table",
  discreteLatent({
    prior: categorical({ logits: [0, Math.log(2)] }),
    components: [[0, 0, 0], [1, 2, -Infinity]].map((logits) => categorical({ logits })),
  }),
  { xs: [0, 1, 2], numLatents: 2 },
);
