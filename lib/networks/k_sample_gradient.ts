import { reparameterize, standardNormal } from "../distributions/mod.ts";
import { logMeanExp, type Matrix, type Vector } from "../math/mod.ts";
import { type Decoded, decoderOutputs, likelihoodOf } from "./decoder.ts";
import { approxPosteriorOf, type Encoded, encoderHeads } from "./encoder.ts";
import {
  checkRows,
  decoderHeadsBackward,
  emptyGradient,
  encoderOutputsBackward,
} from "./gradient.ts";
import { type BackwardPass, hiddenBackward, hiddenForward } from "./layers.ts";
import type { NetworkSpec } from "./spec.ts";
import { checkWeights, type Weights } from "./weights.ts";

/** The K-sample bound of a batch and a gradient of it; averages, in nats. */
export interface BoundAndGradient {
  /** L_K by the draws given. */
  readonly bound: number;
  /** The gradient of -bound, by name, in the layout of the weights. */
  readonly gradient: Map<string, Float64Array>;
}

/**
 * Computes the K-sample bound of a batch (IWAE) and the gradient of its negative.
 *
 * For each image, with `z_k = mean + scale eps_k`:
 *
 * `bound = ln (1/K) sum_k w_k`, `w_k = p(x,z_k) / q(z_k|x)`
 *
 * (Burda et al. 2015, equation 8). With `v_k = w_k / sum_j w_j`, the largest weight
 * counting most, the gradient by the decoder's weights is `sum_k v_k d ln p(x,z_k)`.
 * That by the encoder's is, if "reparameterized", the derivative of the bound itself
 * along the draws, `sum_k v_k d ln w_k`; if "doubly-reparameterized",
 * `sum_k v_k^2 (d ln w_k / d z_k) d z_k` with q's own parameters held fast in ln w_k
 * (Tucker et al. 2019, arXiv 1810.04152, equation 8): the same mean, but not the
 * derivative of the value drawn. There is no KL in closed form anywhere.
 *
 * @param spec A VAE; `samples` is K, `encoderGradient` chooses.
 * @param weights Its weights.
 * @param batch.images `[batchSize, dataDim]`.
 * @param batch.eps Noise, `[K batchSize, latentDim]`: row k batchSize + i is draw k of
 * image i.
 * @returns The bound and the gradient of its negative, averaged over the batch.
 * @throws {RangeError} If weights, images or eps do not fit the specification.
 *
 * @example One draw is an ELBO by one draw
 * ```ts
 * import {
 *   initialWeights,
 *   kSampleBoundAndGradient,
 *   type NetworkSpec,
 * } from "elbo/networks";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [],
 *   latentDim: 1,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const weights = initialWeights(spec, { seed: 0 });
 * const batch = { images: [[0, 0, 0, 0]], eps: [[0]] };
 * const { bound } = kSampleBoundAndGradient(spec, weights, batch);
 * // x = 0 encodes to N(0, 1), the prior, and z = 0 decodes to four fair coins.
 * assertAlmostEquals(bound, -4 * Math.log(2), 1e-12);
 * ```
 */
export function kSampleBoundAndGradient(
  spec: NetworkSpec,
  weights: Weights,
  { images, eps }: { images: Matrix; eps: Matrix },
): BoundAndGradient {
  checkWeights(spec, weights);
  const { samples = 1 } = spec;
  checkRows(spec, { images, eps, samples });
  const gradient = emptyGradient(weights);
  let bound = 0;
  images.forEach((image, row) => {
    const draws = Array.from(
      { length: samples },
      (_, k) => eps[k * images.length + row],
    );
    bound += addImage({ spec, weights, gradient }, image, draws) / images.length;
  });
  for (const values of gradient.values()) {
    values.forEach((sum, i) => values[i] = sum / images.length);
  }
  return { bound, gradient };
}

/** One draw on its way through the decoder. */
interface Draw {
  readonly eps: Vector;
  readonly z: Vector;
  readonly activations: readonly Vector[];
  readonly decoded: Decoded;
  readonly logWeight: number;
}

/** Adds the gradient of one image's -bound, and returns the bound. */
function addImage(pass: BackwardPass, image: Vector, eps: Matrix): number {
  const { spec, weights } = pass;
  const encoder = hiddenForward(pass, "encoder")(image);
  const encoded = encoderHeads(spec, weights, encoder.at(-1)!);
  const draws = drawsOf(pass, encoded, { image, eps });
  const bound = logMeanExp(draws.map(({ logWeight }) => logWeight));
  const logTotal = bound + Math.log(draws.length);
  const scale = approxPosteriorOf(encoded).scale;
  const doubly = spec.encoderGradient === "doubly-reparameterized";
  const dMean = scale.map(() => 0);
  // d ln q / d logVar along the draws is -1/2 whatever was drawn.
  const dLogVar = scale.map(() => doubly ? 0 : -0.5);
  for (const { eps, z, activations, decoded, logWeight } of draws) {
    const weight = Math.exp(logWeight - logTotal);
    const h = activations.at(-1)!;
    const dz = hiddenBackward(pass, "decoder", {
      activations,
      dLast: decoderHeadsBackward(pass, { image, decoded, h, weight }),
    });
    dz.forEach((d, i) => {
      // -ln p(x,z), weighted once; with q's part and a second weight if doubly so.
      const joint = d + weight * z[i];
      const slope = doubly ? weight * (joint - weight * eps[i] / scale[i]) : joint;
      dMean[i] += slope;
      dLogVar[i] += slope * eps[i] * scale[i] / 2;
    });
  }
  const h = encoder.at(-1)!;
  hiddenBackward(pass, "encoder", {
    activations: encoder,
    dLast: encoderOutputsBackward(pass, { dMean, dLogVar, h }),
  });
  return bound;
}

function drawsOf(
  { spec, weights }: BackwardPass,
  encoded: Encoded,
  { image, eps }: { image: Vector; eps: Matrix },
): Draw[] {
  const q = approxPosteriorOf(encoded);
  const prior = standardNormal(q.dim);
  const hidden = hiddenForward({ spec, weights }, "decoder");
  const outputs = decoderOutputs(spec, weights);
  return eps.map((each) => {
    const z = reparameterize({ mean: q.mean, scale: q.scale, eps: each });
    const activations = hidden(z);
    const decoded = outputs(activations.at(-1)!);
    const logWeight = likelihoodOf(spec, decoded).logProb(image) +
      prior.logProb(z) - q.logProb(z);
    return { eps: each, z, activations, decoded, logWeight };
  });
}
