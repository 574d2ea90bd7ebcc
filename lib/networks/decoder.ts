import {
  bernoulli,
  type ComponentParameters,
  continuousBernoulli,
  type Distribution,
  logisticMixture,
  normal,
  pixelMixture,
} from "../distributions/mod.ts";
import type { Vector } from "../math/mod.ts";
import { hasSharedVariance } from "./decoder_heads.ts";
import { affine, hiddenForward } from "./layers.ts";
import { type NetworkSpec, SCALE_FLOOR, VARIANCE_FLOOR } from "./spec.ts";
import type { Weights } from "./weights.ts";

/** What the decoder says of one z: the parameters of p(x|z), [dataDim] each. */
export type Decoded =
  | { readonly logits: Vector }
  | { readonly mean: Vector; readonly variance: Vector }
  /** Of a mixture in each pixel, [components][dataDim] each. */
  | { readonly components: ComponentParameters };

/**
 * Runs the decoder on one z.
 *
 * @param spec The network.
 * @param weights Its weights.
 * @param z `[latentDim]`.
 * @returns Logits for a Bernoulli likelihood, continuous or not; mean and variance for a
 * Gaussian; logits, means and scales of the components for a mixture.
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
  return decoder(spec, weights)(z);
}

/** Looks up the decoder, to be run on many z: what `decode` says of each. */
export function decoder(spec: NetworkSpec, weights: Weights): (z: Vector) => Decoded {
  const hidden = hiddenForward({ spec, weights }, "decoder");
  const heads = decoderOutputs(spec, weights);
  return (z) => heads(hidden(z).at(-1)!);
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
  return hiddenForward({ spec, weights }, "decoder")(z).at(-1)!;
}

/** Looks up the outputs of the decoder, as a function of its last hidden layer. */
export function decoderOutputs(
  spec: NetworkSpec,
  weights: Weights,
): (h: Vector) => Decoded {
  const { likelihood } = spec;
  const output = affine({ spec, weights }, "decoder.output");
  switch (likelihood.kind) {
    case "bernoulli":
    case "continuous-bernoulli":
      return (h) => ({ logits: output(h) });
    case "gaussian": {
      const variance = varianceOf(spec, weights);
      return (h) => ({ mean: output(h), variance: variance(h) });
    }
    case "gaussian-mixture":
    case "logistic-mixture": {
      const logits = affine({ spec, weights }, "decoder.logits");
      const scale = scaleOf(spec, weights);
      const rows = (values: Vector) => componentRows(values, likelihood.components);
      return (h) => ({
        components: {
          logits: rows(logits(h)),
          mean: rows(output(h)),
          scale: rows(scale(h)),
        },
      });
    }
  }
}

function varianceOf(spec: NetworkSpec, weights: Weights): (h: Vector) => number[] {
  const { likelihood, dataDim } = spec;
  if (likelihood.kind === "gaussian" && typeof likelihood.variance === "number") {
    const { variance } = likelihood;
    return () => Array(dataDim).fill(variance);
  }
  const logVar = hasSharedVariance(spec)
    ? () => Array<number>(dataDim).fill(sharedLogVar(weights))
    : affine({ spec, weights }, "decoder.logVar");
  return (h) => logVar(h).map((l) => VARIANCE_FLOOR + Math.exp(l));
}

function sharedLogVar(weights: Weights): number {
  const shared = weights.get("decoder.logVar");
  if (!shared) {
    throw new RangeError(
      "Cannot run the network as its weights must hold decoder.logVar: there is none",
    );
  }
  return shared.values[0];
}

function scaleOf(spec: NetworkSpec, weights: Weights): (h: Vector) => number[] {
  if (spec.likelihood.kind === "gaussian-mixture") {
    const logVar = affine({ spec, weights }, "decoder.logVar");
    return (h) => logVar(h).map((l) => Math.sqrt(VARIANCE_FLOOR + Math.exp(l)));
  }
  const logScale = affine({ spec, weights }, "decoder.logScale");
  return (h) => logScale(h).map((l) => SCALE_FLOOR + Math.exp(l));
}

function componentRows(values: Vector, components: number): number[][] {
  const width = values.length / components;
  return Array.from(
    { length: components },
    (_, k) => values.slice(k * width, (k + 1) * width),
  );
}

/**
 * Makes p(x|z) of what the decoder said.
 *
 * @param spec The network.
 * @param decoded From `decode`.
 * @returns The distribution of the likelihood's kind over `[dataDim]`.
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
  const { length } = "components" in decoded
    ? decoded.components.mean[0]
    : "logits" in decoded
    ? decoded.logits
    : decoded.mean;
  if (length !== spec.dataDim) {
    throw new RangeError(
      `Cannot make p(x|z) as its parameters must have the length ${spec.dataDim}: ${length}`,
    );
  }
  if ("components" in decoded) {
    return spec.likelihood.kind === "gaussian-mixture"
      ? pixelMixture(decoded.components)
      : logisticMixture(decoded.components);
  }
  if ("logits" in decoded) {
    return spec.likelihood.kind === "bernoulli"
      ? bernoulli(decoded)
      : continuousBernoulli(decoded);
  }
  return normal({ mean: decoded.mean, scale: decoded.variance.map(Math.sqrt) });
}
