import { kl, reparameterize, standardNormal } from "../distributions/mod.ts";
import type { Matrix, Vector } from "../math/mod.ts";
import { decode, type Decoded, decoderOutputs, likelihoodOf } from "./decoder.ts";
import { decoderHeads, hasSharedVariance } from "./decoder_heads.ts";
import {
  approxPosteriorOf,
  encode,
  type Encoded,
  encoderHeads,
  klByDimension,
} from "./encoder.ts";
import {
  affineBackward,
  type BackwardPass,
  hiddenBackward,
  hiddenForward,
} from "./layers.ts";
import { optimalVariance } from "./optimal_variance.ts";
import { outputGradient } from "./output_gradient.ts";
import type { NetworkSpec } from "./spec.ts";
import { checkWeights, type Weights } from "./weights.ts";

/** The objective of a batch, its parts and its gradient; averages, in nats. */
export interface ElboAndGradient {
  /**
   * -(expectedLogLikelihood - beta kl): what training makes small. With free bits, kl
   * is the sum over dimensions of max(freeBits, KL_j), KL_j the mean over the batch.
   */
  readonly objective: number;
  /** expectedLogLikelihood - kl, whatever beta is; NaN for an autoencoder. */
  readonly elbo: number;
  /** ln p(x|z), at one z ~ q(z|x). */
  readonly expectedLogLikelihood: number;
  /** KL(q(z|x) || p(z)); 0 for an autoencoder. */
  readonly kl: number;
  /** The gradient of the objective, by name, in the layout of the weights. */
  readonly gradient: Map<string, Float64Array>;
}

/**
 * Computes the one-sample ELBO of a batch and the gradient of its objective.
 *
 * For each image x with noise eps:
 *
 * `z = mean + exp(logVar / 2) eps`, `elbo = ln p(x|z) - KL(q(z|x) || p(z))`
 *
 * (Kingma and Welling 2013, equation 10), summed over pixels and latent dimensions,
 * averaged over the batch. An autoencoder has z = mean and no KL.
 *
 * A Gaussian of "optimal" variance has the `optimalVariance` of this batch in place of
 * decoder.logVar: that is the objective of its training. As the optimum is flat in the
 * variance, the gradient is the one at that variance, held fixed.
 *
 * @param spec The network; `beta` and `freeBits` concern the objective alone.
 * @param weights Its weights.
 * @param batch.images `[batchSize, dataDim]`.
 * @param batch.eps Draws of N(0, 1), `[batchSize, latentDim]`; an autoencoder needs
 * none.
 * @returns Batch means in nats, and the gradient.
 * @throws {RangeError} If the batch is empty, a shape does not fit, or the weights have
 * run away, so that a mean or a scale is not finite.
 *
 * @example One image
 * ```ts
 * import { elboAndGradient, initialWeights, type NetworkSpec } from "elbo/networks";
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
 * const result = elboAndGradient(spec, initialWeights(spec, { seed: 0 }), {
 *   images: [[0, 1, 1, 0]],
 *   eps: [[0.3, -1]],
 * });
 * assertAlmostEquals(result.elbo, result.expectedLogLikelihood - result.kl);
 * assertAlmostEquals(result.objective, -result.elbo);
 * ```
 */
export function elboAndGradient(
  spec: NetworkSpec,
  weights: Weights,
  { images, eps = [] }: { images: Matrix; eps?: Matrix },
): ElboAndGradient {
  checkWeights(spec, weights);
  checkRows(spec, { images, eps });
  const { likelihood } = spec;
  if (likelihood.kind === "gaussian" && likelihood.variance === "optimal") {
    return atOptimalVariance(spec, weights, { images, eps });
  }
  const gradient = emptyGradient(weights);
  let expectedLogLikelihood = 0, klSum = 0;
  const penalty = klPenalty(spec, weights, images);
  const pass = { spec, weights, gradient, klWeights: penalty.weights };
  images.forEach((image, row) => {
    const parts = addImage(pass, { image, eps: eps[row] });
    expectedLogLikelihood += parts.logLikelihood / images.length;
    klSum += parts.kl / images.length;
  });
  for (const values of gradient.values()) {
    values.forEach((sum, i) => values[i] = sum / images.length);
  }
  return {
    objective: (penalty.value ?? spec.beta * klSum) - expectedLogLikelihood,
    elbo: spec.model === "vae" ? expectedLogLikelihood - klSum : NaN,
    expectedLogLikelihood,
    kl: klSum,
    gradient,
  };
}

/** A backward pass, and what the KL of each dimension weighs in the objective. */
interface ObjectivePass extends BackwardPass {
  readonly klWeights: Vector;
}

/**
 * The KL's part in the objective. A dimension below its free bits adds a constant, so
 * its KL weighs nothing in the gradient; which ones those are, the batch decides.
 */
function klPenalty(
  spec: NetworkSpec,
  weights: Weights,
  images: Matrix,
): { weights: Vector; value?: number } {
  const { latentDim, beta, freeBits = 0, model } = spec;
  if (freeBits === 0 || model === "autoencoder") {
    return { weights: Array.from({ length: latentDim }, () => beta) };
  }
  const byImage = images.map((image) => klByDimension(encode(spec, weights, image)));
  const means = byImage[0].map((_, j) =>
    byImage.reduce((sum, row) => sum + row[j] / images.length, 0)
  );
  return {
    weights: means.map((mean) => mean > freeBits ? beta : 0),
    value: means.reduce((sum, mean) => sum + beta * Math.max(mean, freeBits), 0),
  };
}

function atOptimalVariance(
  spec: NetworkSpec,
  weights: Weights,
  { images, eps }: { images: Matrix; eps: Matrix },
): ElboAndGradient {
  const squaredErrors = images.flatMap((image, row) => {
    const { z } = drawLatent(encode(spec, weights, image), eps[row]);
    const { mean } = decode(spec, weights, z) as { mean: Vector };
    return image.map((x, i) => (x - mean[i]) ** 2);
  });
  const variance = optimalVariance(squaredErrors);
  const others = new Map(weights);
  others.delete("decoder.logVar");
  const fixed = { ...spec, likelihood: { kind: "gaussian", variance } } as const;
  const result = elboAndGradient(fixed, others, { images, eps });
  result.gradient.set("decoder.logVar", new Float64Array(1));
  return result;
}

/** Zeros in the layout of the weights. */
export function emptyGradient(weights: Weights): Map<string, Float64Array> {
  const gradient = new Map<string, Float64Array>();
  for (const [name, { values }] of weights) {
    gradient.set(name, new Float64Array(values.length));
  }
  return gradient;
}

/** Adds the gradient of one image's objective, and returns the parts of its elbo. */
function addImage(
  pass: ObjectivePass,
  { image, eps }: { image: Vector; eps: Vector },
): { logLikelihood: number; kl: number } {
  const { spec, weights } = pass;
  const encoder = hiddenForward(pass, "encoder")(image);
  const encoded = encoderHeads(spec, weights, encoder.at(-1)!);
  const { z, klTerm } = drawLatent(encoded, eps);
  const decoder = hiddenForward(pass, "decoder")(z);
  const decoded = decoderOutputs(spec, weights)(decoder.at(-1)!);
  const logLikelihood = likelihoodOf(spec, decoded).logProb(image);

  const dz = hiddenBackward(pass, "decoder", {
    activations: decoder,
    dLast: decoderHeadsBackward(pass, { image, decoded, h: decoder.at(-1)! }),
  });
  hiddenBackward(pass, "encoder", {
    activations: encoder,
    dLast: encoderHeadsBackward(pass, { encoded, eps, dz, h: encoder.at(-1)! }),
  });
  return { logLikelihood, kl: klTerm };
}

function drawLatent(encoded: Encoded, eps: Vector): { z: Vector; klTerm: number } {
  if (!encoded.logVar) return { z: encoded.mean, klTerm: 0 };
  const q = approxPosteriorOf(encoded);
  return {
    z: reparameterize({ mean: q.mean, scale: q.scale, eps }),
    klTerm: kl(q, standardNormal(q.dim)),
  };
}

/** From -weight ln p(x|z) through the decoder's outputs to its last hidden layer h. */
export function decoderHeadsBackward(
  pass: BackwardPass,
  { image, decoded, h, weight = 1 }: {
    image: Vector;
    decoded: Decoded;
    h: Vector;
    weight?: number;
  },
): Vector {
  const { spec, gradient } = pass;
  const byOutputs = outputGradient(spec, decoded, image);
  const weighted = (slopes: Vector) => slopes.map((slope) => weight * slope);
  if (hasSharedVariance(spec)) {
    const byLogVar = weighted(byOutputs.logVar!);
    gradient.get("decoder.logVar")![0] += byLogVar.reduce((a, b) => a + b);
  }
  return decoderHeads(spec)
    .map(({ name }) =>
      affineBackward(pass, `decoder.${name}`, { x: h, dy: weighted(byOutputs[name]!) })
    )
    .reduce<Vector>(sum, h.map(() => 0));
}

/** From z and the KL through the encoder's outputs to its last hidden layer h. */
function encoderHeadsBackward(
  pass: ObjectivePass,
  { encoded, eps, dz, h }: { encoded: Encoded; eps: Vector; dz: Vector; h: Vector },
): Vector {
  const { mean, logVar } = encoded;
  if (!logVar) return affineBackward(pass, "encoder.mean", { x: h, dy: dz });
  // z = mean + exp(logVar / 2) eps
  // kl = sum [mean^2 + exp(logVar) - logVar - 1] / 2
  const { klWeights } = pass;
  const dMean = mean.map((m, i) => dz[i] + klWeights[i] * m);
  const dLogVar = logVar.map((l, i) =>
    dz[i] * eps[i] * Math.exp(l / 2) / 2 + klWeights[i] * Math.expm1(l) / 2
  );
  return encoderOutputsBackward(pass, { dMean, dLogVar, h });
}

/** From the parameters of q(z|x) to the encoder's last hidden layer h. */
export function encoderOutputsBackward(
  pass: BackwardPass,
  { dMean, dLogVar, h }: { dMean: Vector; dLogVar: Vector; h: Vector },
): Vector {
  return sum(
    affineBackward(pass, "encoder.mean", { x: h, dy: dMean }),
    affineBackward(pass, "encoder.logVar", { x: h, dy: dLogVar }),
  );
}

function sum(left: Vector, right: Vector): number[] {
  return left.map((value, i) => value + right[i]);
}

/** Refuses images without their noise, `samples` rows each, or of another length. */
export function checkRows(
  spec: NetworkSpec,
  { images, eps, samples = 1 }: { images: Matrix; eps: Matrix; samples?: number },
): void {
  if (images.length === 0) {
    throw new RangeError(
      "Cannot average an ELBO as the batch must hold an image: it is empty",
    );
  }
  requireRows("images", images, spec.dataDim);
  if (spec.model === "autoencoder") return;
  if (eps.length !== samples * images.length) {
    const each = samples === 1 ? "a row" : `${samples} rows`;
    throw new RangeError(
      `Cannot draw z as eps must have ${each} for each of ${images.length} images: ${eps.length}`,
    );
  }
  requireRows("eps", eps, spec.latentDim);
}

function requireRows(name: string, rows: Matrix, length: number): void {
  const row = rows.findIndex((values) => values.length !== length);
  if (row >= 0) {
    throw new RangeError(
      `Cannot compute an ELBO as each row of ${name} must have the length ${length}: ` +
        `${rows[row].length} at row ${row}`,
    );
  }
}
