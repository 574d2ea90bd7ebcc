import { type Normal, normal } from "../distributions/mod.ts";
import type { Vector } from "../math/mod.ts";
import { affine, hiddenForward } from "./layers.ts";
import type { NetworkSpec } from "./spec.ts";
import type { Weights } from "./weights.ts";

/** What the encoder says of one x; an autoencoder has no logVar. */
export interface Encoded {
  /** [latentDim]. */
  readonly mean: Vector;
  /** ln variance, [latentDim]. */
  readonly logVar?: Vector;
}

/**
 * Runs the encoder on one image.
 *
 * @param spec The network.
 * @param weights Its weights.
 * @param x `[dataDim]`.
 * @returns The parameters of q(z|x), `[latentDim]` each.
 * @throws {RangeError} If x has another length or a weight is missing.
 *
 * @example Two numbers for each latent
 * ```ts
 * import { encode, initialWeights, type NetworkSpec } from "elbo/networks";
 * import { assertEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [3],
 *   latentDim: 2,
 *   activation: "relu",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const weights = initialWeights(spec, { seed: 0 });
 * const { mean, logVar } = encode(spec, weights, [0, 1, 1, 0]);
 * assertEquals([mean.length, logVar?.length], [2, 2]);
 * ```
 */
export function encode(spec: NetworkSpec, weights: Weights, x: Vector): Encoded {
  const h = hiddenForward({ spec, weights }, "encoder")(x).at(-1)!;
  return encoderHeads(spec, weights, h);
}

/** The outputs of the encoder, given its last hidden layer. */
export function encoderHeads(spec: NetworkSpec, weights: Weights, h: Vector): Encoded {
  const mean = affine({ spec, weights }, "encoder.mean")(h);
  if (spec.model === "autoencoder") return { mean };
  return { mean, logVar: affine({ spec, weights }, "encoder.logVar")(h) };
}

/**
 * Makes q(z|x) = N(mean, exp(logVar)) of what the encoder said.
 *
 * @param encoded From `encode`.
 * @returns The distribution of z.
 * @throws {TypeError} If there is no logVar: an autoencoder has no q.
 * @throws {RangeError} If a mean is not finite, or a scale exp(logVar / 2) is not or is
 * 0.
 *
 * @example A logVar of 0 is a scale of 1
 * ```ts
 * import { approxPosteriorOf } from "elbo/networks";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(approxPosteriorOf({ mean: [1], logVar: [0] }).scale, [1]);
 * ```
 */
export function approxPosteriorOf({ mean, logVar }: Encoded): Normal {
  if (!logVar) {
    throw new TypeError(
      "Cannot make q(z|x) as the model must be a vae: an autoencoder has no logVar",
    );
  }
  return normal({ mean, scale: logVar.map((l) => Math.exp(l / 2)) });
}

/**
 * The KL of each latent dimension to the prior N(0, 1), in nats.
 *
 * `KL_j = (mean_j^2 + exp(logVar_j) - 1 - logVar_j) / 2`; their sum is
 * KL(q(z|x) || N(0, I)) (Kingma and Welling 2013, appendix B).
 *
 * @param encoded Of one image, from `encode` or from a step.
 * @returns `[latentDim]`.
 * @throws {TypeError} If there is no logVar: an autoencoder has no q.
 *
 * @example The prior itself, and a mean of 2
 * ```ts
 * import { klByDimension } from "elbo/networks";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(klByDimension({ mean: [0, 2], logVar: [0, 0] }), [0, 2]);
 * ```
 */
export function klByDimension(
  { mean, logVar }: {
    readonly mean: ArrayLike<number>;
    readonly logVar?: ArrayLike<number>;
  },
): number[] {
  if (!logVar) {
    throw new TypeError(
      "Cannot take a KL to the prior as the model must be a vae: an autoencoder has " +
        "no logVar",
    );
  }
  // expm1 keeps the digits of a KL near 0, which is what a dying unit has.
  return Array.from(mean, (m, j) => (m * m + Math.expm1(logVar[j]) - logVar[j]) / 2);
}
