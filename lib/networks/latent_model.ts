import { type LatentModel, standardNormal } from "../distributions/mod.ts";
import type { Vector } from "../math/mod.ts";
import { decoder, likelihoodOf } from "./decoder.ts";
import type { NetworkSpec } from "./spec.ts";
import { checkWeights, type Weights } from "./weights.ts";

/**
 * Makes a latent model of a network's decoder: z ~ N(0, I), x given z as decoded.
 *
 * @param spec The network.
 * @param weights Its weights; those of the encoder are not used.
 * @returns The model, in float64.
 * @throws {RangeError} If the weights do not belong to the specification.
 *
 * @example At the start every pixel is a fair coin
 * ```ts
 * import { initialWeights, networkLatentModel, type NetworkSpec } from "elbo/networks";
 * import { assertAlmostEquals } from "@std/assert";
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
 * const model = networkLatentModel(spec, initialWeights(spec, { seed: 0 }));
 * assertAlmostEquals(model.likelihood([0, 0]).logProb([0, 1, 1, 0]), -4 * Math.log(2));
 * ```
 */
export function networkLatentModel(
  spec: NetworkSpec,
  weights: Weights,
): LatentModel<Vector, Vector> {
  checkWeights(spec, weights);
  const decode = decoder(spec, weights);
  return {
    latentDim: spec.latentDim,
    dataDim: spec.dataDim,
    prior: standardNormal(spec.latentDim),
    likelihood: (z) => likelihoodOf(spec, decode(z)),
  };
}
