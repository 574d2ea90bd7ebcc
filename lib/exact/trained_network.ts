import type { Distribution, ExactModel, Normal } from "../distributions/mod.ts";
import { readSafetensors } from "../files/mod.ts";
import type { Vector } from "../math/mod.ts";
import {
  approxPosteriorOf,
  encode,
  networkLatentModel,
  type NetworkSpec,
  parseNetworkSpec,
  type Weights,
  weightsFromTensors,
} from "../networks/mod.ts";
import {
  klByQuadrature,
  type QuadraturePosterior,
  quadraturePosterior,
} from "./quadrature_posterior.ts";
import { rememberLast } from "./remember_last.ts";

/** A network whose latent space is small enough to integrate over. */
export interface TrainedNetwork extends ExactModel<Vector, Vector> {
  /** Its sizes, its likelihood and the weight of its KL. */
  readonly spec: NetworkSpec;
  /** Encoder and decoder. */
  readonly weights: Weights;
  /** p(x|z), the decoder's answer. */
  likelihood(z: Vector): Distribution<Vector>;
  /** q(z|x), the encoder's answer. */
  approxPosterior(x: Vector): Normal;
  /** p(z|x). */
  exactPosterior(x: Vector): QuadraturePosterior;
  /** KL(q || p(z|x)), in nats, at least 0. */
  klToPosterior(q: Normal, x: Vector): number;
}

/**
 * The first spacing of the grid over z. The posterior of an image is narrow; the
 * search allows for what hides between nodes, see `densityGrid`.
 */
const SPACING = 1 / 4;
/**
 * In nats. The trapezoid rule gains many digits with each halving where the decoder
 * is smooth, but two thirds of one at the kinks of relu.
 */
const TOLERANCES = { tanh: 1e-8, relu: 1e-4 };

/**
 * Makes an exact model of a network with a latent of one or two dimensions.
 *
 * `ln p(x) = ln int p(x|z) p(z) dz`, in nats, over the line or the plane, by the
 * trapezoid rule in logs on a grid that grows and is refined where p(x, z) matters.
 * Two successive spacings agree within `tolerance`; the finer one is closer still.
 * Everything runs in float64, without tfjs. The posterior of the last x is kept.
 *
 * @param spec The network, latentDim 1 or 2.
 * @param weights Its weights.
 * @param options.tolerance Nats; 1e-8 for tanh, 1e-4 for relu unless given.
 * @returns The model.
 * @throws {RangeError} If latentDim is above 2, or the weights do not belong to the
 * specification; from its integrals, if no grid of a million nodes suffices.
 *
 * @example One pixel, by symmetry
 * ```ts
 * import { trainedNetwork } from "elbo/exact";
 * import { initialWeights, type NetworkSpec } from "elbo/networks";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 1,
 *   hidden: [3],
 *   latentDim: 2,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const model = trainedNetwork(spec, initialWeights(spec, { seed: 0 }));
 * // Without biases the decoder is odd in z, so a pixel is as often 0 as 1.
 * assertAlmostEquals(model.logMarginal([1]), -Math.log(2), 1e-12);
 * ```
 */
export function trainedNetwork(
  spec: NetworkSpec,
  weights: Weights,
  { tolerance = TOLERANCES[spec.activation] }: { tolerance?: number } = {},
): TrainedNetwork {
  if (spec.latentDim > 2) {
    throw new RangeError(
      `Cannot integrate over z as latentDim must be 1 or 2: ${spec.latentDim}`,
    );
  }
  const model = networkLatentModel(spec, weights);
  const exactPosterior = rememberLast((x: Vector) =>
    quadraturePosterior(
      (z) => model.prior.logProb(z) + model.likelihood(z).logProb(x),
      {
        dim: spec.latentDim,
        spacing: SPACING,
        tolerance,
      },
    )
  );
  return {
    ...model,
    spec,
    weights,
    approxPosterior: (x) => approxPosteriorOf(encode(spec, weights, x)),
    logMarginal: (x) => exactPosterior(x).logMarginal,
    exactPosterior,
    klToPosterior: (q, x) => klByQuadrature(q, exactPosterior(x), { tolerance }),
  };
}

/**
 * Reads a trained network from the bytes of its model.safetensors.
 *
 * The file's metadata holds the specification as JSON under `spec`.
 *
 * @param bytes The whole file.
 * @param options.source What to call the file in errors.
 * @param options.tolerance As for `trainedNetwork`.
 * @returns The model.
 * @throws {SyntaxError} If the bytes are no safetensors file, or it holds no
 * specification or other numbers than floats.
 * @throws {RangeError} As `trainedNetwork`.
 *
 * @example A file without a specification
 * ```ts
 * import { readTrainedNetwork } from "elbo/exact";
 * import { writeSafetensors } from "elbo/files";
 * import { assertThrows } from "@std/assert";
 *
 * const bytes = writeSafetensors(new Map());
 * assertThrows(() => readTrainedNetwork(bytes), SyntaxError, "spec");
 * ```
 */
export function readTrainedNetwork(
  bytes: Uint8Array,
  { source = "safetensors bytes", tolerance }: { source?: string; tolerance?: number } =
    {},
): TrainedNetwork {
  const { tensors, metadata } = readSafetensors(bytes, source);
  if (metadata.spec === undefined) {
    throw new SyntaxError(
      `Cannot read a network from ${source} as its metadata must hold spec: ` +
        `it holds ${Object.keys(metadata).join(", ") || "nothing"}`,
    );
  }
  const weights = weightsFromTensors(tensors, { source });
  return trainedNetwork(parseNetworkSpec(metadata.spec, source), weights, {
    tolerance,
  });
}
