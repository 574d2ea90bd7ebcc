import { bernoulli, type Distribution, normal } from "../distributions/mod.ts";
import type { Vector } from "../math/mod.ts";
import { affine, hiddenForward } from "./layers.ts";
import { type NetworkSpec, VARIANCE_FLOOR } from "./spec.ts";
import type { Weights } from "./weights.ts";

/** What the decoder says of one z: the parameters of p(x|z), [dataDim] each. */
export type Decoded =
  | { readonly logits: Vector }
  | { readonly mean: Vector; readonly variance: Vector };

/**
 * Runs the decoder on one z.
 *
 * @param spec The network.
 * @param weights Its weights.
 * @param z `[latentDim]`.
 * @returns Logits for a Bernoulli likelihood; mean and variance for a Gaussian.
 * @throws {RangeError} If z has another length or a weight is missing.
 *
 * @example The start decodes 0 to 0
 * ```ts
 * import { decode, initialWeights, type NetworkSpec } from "elbo/networks";
 * import { assertEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [3],
 *   latentDim: 2,
 *   activation: "relu",
 *   likelihood: { kind: "gaussian", variance: 0.5 },
 *   beta: 1,
 * };
 * const decoded = decode(spec, initialWeights(spec, { seed: 0 }), [0, 0]);
 * // Biases start at 0, so z = 0 decodes to 0.
 * assertEquals(decoded, { mean: [0, 0, 0, 0], variance: [0.5, 0.5, 0.5, 0.5] });
 * ```
 */
export function decode(spec: NetworkSpec, weights: Weights, z: Vector): Decoded {
  return decoderHeads(spec, weights, decoderHidden(spec, weights, z));
}

/**
 * Runs the hidden layers of the decoder on one z.
 *
 * Everything after them is affine: a Bernoulli decoder has logits `h W + b`.
 *
 * @param spec The network.
 * @param weights Its weights.
 * @param z `[latentDim]`.
 * @returns The last hidden layer h; z itself where there is none.
 * @throws {RangeError} If z has another length or a weight is missing.
 *
 * @example Without biases 0 stays 0
 * ```ts
 * import { decoderHidden, initialWeights, type NetworkSpec } from "elbo/networks";
 * import { assertEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [3],
 *   latentDim: 2,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const weights = initialWeights(spec, { seed: 0 });
 * assertEquals(decoderHidden(spec, weights, [0, 0]), [0, 0, 0]);
 * ```
 */
export function decoderHidden(spec: NetworkSpec, weights: Weights, z: Vector): Vector {
  return hiddenForward({ spec, weights }, "decoder", z).at(-1)!;
}

/** The outputs of the decoder, given its last hidden layer. */
export function decoderHeads(spec: NetworkSpec, weights: Weights, h: Vector): Decoded {
  const output = affine(weights, "decoder.output", h);
  if (spec.likelihood.kind === "bernoulli") return { logits: output };
  const { variance } = spec.likelihood;
  if (typeof variance === "number") {
    return { mean: output, variance: output.map(() => variance) };
  }
  const logVar = decoderLogVar(spec, weights, h);
  return { mean: output, variance: logVar.map((l) => VARIANCE_FLOOR + Math.exp(l)) };
}

/** The learnt ln(variance - VARIANCE_FLOOR) of a Gaussian decoder, [dataDim]. */
export function decoderLogVar(
  spec: NetworkSpec,
  weights: Weights,
  h: Vector,
): number[] {
  if (spec.likelihood.kind === "gaussian" && spec.likelihood.variance === "pixel") {
    return affine(weights, "decoder.logVar", h);
  }
  const shared = weights.get("decoder.logVar");
  if (!shared) {
    throw new RangeError(
      "Cannot run the network as its weights must hold decoder.logVar: there is none",
    );
  }
  return Array(spec.dataDim).fill(shared.values[0]);
}

/**
 * Makes p(x|z) of what the decoder said.
 *
 * @param spec The network.
 * @param decoded From `decode`.
 * @returns A Bernoulli or a normal distribution over `[dataDim]`.
 * @throws {RangeError} If decoded has another length than dataDim, or a parameter is
 * out of range.
 *
 * @example Two fair pixels
 * ```ts
 * import { likelihoodOf, type NetworkSpec } from "elbo/networks";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 2,
 *   hidden: [],
 *   latentDim: 1,
 *   activation: "relu",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const likelihood = likelihoodOf(spec, { logits: [0, 0] });
 * assertAlmostEquals(likelihood.logProb([0, 1]), -2 * Math.log(2));
 * ```
 */
export function likelihoodOf(
  spec: NetworkSpec,
  decoded: Decoded,
): Distribution<Vector> {
  const { length } = "logits" in decoded ? decoded.logits : decoded.mean;
  if (length !== spec.dataDim) {
    throw new RangeError(
      `Cannot make p(x|z) as its parameters must have the length ${spec.dataDim}: ${length}`,
    );
  }
  if ("logits" in decoded) return bernoulli(decoded);
  return normal({ mean: decoded.mean, scale: decoded.variance.map(Math.sqrt) });
}
