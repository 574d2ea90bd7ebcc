import { kl, reparameterize, standardNormal } from "../distributions/mod.ts";
import { type Matrix, sigmoid, type Vector } from "../math/mod.ts";
import {
  approxPosteriorOf,
  type Decoded,
  decoderHeads,
  decoderLogVar,
  type Encoded,
  encoderHeads,
  likelihoodOf,
} from "./forward.ts";
import {
  affineBackward,
  type Gradient,
  hiddenBackward,
  hiddenForward,
} from "./layers.ts";
import { type NetworkSpec, weightShapes } from "./spec.ts";
import { checkWeights, type Weights } from "./weights.ts";

/** The objective of a batch, its parts and its gradient; averages, in nats. */
export interface ElboAndGradient {
  /** -(expectedLogLikelihood - beta kl): what training makes small. */
  readonly objective: number;
  /** expectedLogLikelihood - kl, whatever beta is; NaN for an autoencoder. */
  readonly elbo: number;
  /** ln p(x given z), at one z ~ q(z given x). */
  readonly expectedLogLikelihood: number;
  /** KL(q(z given x) || p(z)); 0 for an autoencoder. */
  readonly kl: number;
  /** The gradient of the objective, by name, in the layout of the weights. */
  readonly gradient: Map<string, Float64Array>;
}

/**
 * Computes the one-sample ELBO of a batch and the gradient of its objective.
 *
 * For each image x with noise eps:
 *
 * z = mean + exp(logVar / 2) eps, elbo = ln p(x given z) - KL(q(z given x) || p(z))
 *
 * (Kingma and Welling 2013, equation 10), summed over pixels and latent dimensions,
 * averaged over the batch. An autoencoder has z = mean and no KL.
 *
 * @param spec the network; `spec.beta` weighs the KL in the objective alone
 * @param weights its weights
 * @param batch.images [batchSize, dataDim]
 * @param batch.eps draws of N(0, 1), [batchSize, latentDim]; an autoencoder needs none
 * @returns batch means in nats, and the gradient
 * @throws {RangeError} if the batch is empty, a shape does not fit, or the weights
 *   have run away, so that a mean or a scale is not finite
 *
 * @example
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
  checkBatch(spec, images, eps);
  const gradient: Gradient = new Map();
  for (const [name, shape] of weightShapes(spec)) {
    gradient.set(name, new Float64Array(shape.reduce((size, n) => size * n)));
  }
  let expectedLogLikelihood = 0, klSum = 0;
  images.forEach((image, row) => {
    const parts = addImage(spec, weights, { image, eps: eps[row], gradient });
    expectedLogLikelihood += parts.logLikelihood / images.length;
    klSum += parts.kl / images.length;
  });
  for (const values of gradient.values()) {
    values.forEach((sum, i) => values[i] = sum / images.length);
  }
  return {
    objective: spec.beta * klSum - expectedLogLikelihood,
    elbo: spec.model === "vae" ? expectedLogLikelihood - klSum : NaN,
    expectedLogLikelihood,
    kl: klSum,
    gradient,
  };
}

/** Adds the gradient of one image's objective, and returns the parts of its elbo. */
function addImage(
  spec: NetworkSpec,
  weights: Weights,
  { image, eps, gradient }: { image: Vector; eps: Vector; gradient: Gradient },
): { logLikelihood: number; kl: number } {
  const encoder = hiddenForward(spec, weights, { side: "encoder", input: image });
  const encoded = encoderHeads(spec, weights, encoder.at(-1)!);
  const { z, klTerm } = drawLatent(encoded, eps);
  const decoder = hiddenForward(spec, weights, { side: "decoder", input: z });
  const decoded = decoderHeads(spec, weights, decoder.at(-1)!);
  const logLikelihood = likelihoodOf(spec, decoded).logProb(image);

  const head = (name: string, x: Vector, dy: Vector) =>
    affineBackward(weights, gradient, { name, x, dy });

  let dHidden = decoderHeadsBackward(spec, weights, {
    image,
    decoded,
    h: decoder.at(-1)!,
    gradient,
  });
  const dz = hiddenBackward(spec, weights, {
    side: "decoder",
    activations: decoder,
    gradient,
    dOutput: dHidden,
  });

  const { mean, logVar } = encoded;
  if (!logVar) {
    dHidden = head("encoder.mean", encoder.at(-1)!, dz);
  } else {
    // kl = sum (mean^2 + exp(logVar) - 1 - logVar) / 2 and, through z,
    // dz/dmean = 1, dz/dlogVar = exp(logVar / 2) eps / 2.
    const dMean = mean.map((m, i) => dz[i] + spec.beta * m);
    const dLogVar = logVar.map((l, i) =>
      dz[i] * Math.exp(l / 2) * eps[i] / 2 + spec.beta * Math.expm1(l) / 2
    );
    dHidden = sum(
      head("encoder.mean", encoder.at(-1)!, dMean),
      head("encoder.logVar", encoder.at(-1)!, dLogVar),
    );
  }
  hiddenBackward(spec, weights, {
    side: "encoder",
    activations: encoder,
    gradient,
    dOutput: dHidden,
  });
  return { logLikelihood, kl: klTerm };
}

function drawLatent(encoded: Encoded, eps: Vector): { z: Vector; klTerm: number } {
  if (!encoded.logVar) return { z: encoded.mean, klTerm: 0 };
  const q = approxPosteriorOf(encoded);
  return { z: reparameterize({ ...q, eps }), klTerm: kl(q, standardNormal(q.dim)) };
}

/**
 * Goes back from -ln p(x given z) through the decoder's outputs to its last hidden
 * layer.
 */
function decoderHeadsBackward(
  spec: NetworkSpec,
  weights: Weights,
  { image, decoded, h, gradient }: {
    image: Vector;
    decoded: Decoded;
    h: Vector;
    gradient: Gradient;
  },
): Vector {
  const head = (name: string, dy: Vector) =>
    affineBackward(weights, gradient, { name, x: h, dy });

  if ("logits" in decoded) {
    // -ln p = sum softplus(l) - x l
    return head("decoder.output", decoded.logits.map((l, i) => sigmoid(l) - image[i]));
  }
  // -ln p = sum [(x - mean)^2 / variance + ln(2 pi variance)] / 2
  const { mean, variance } = decoded;
  const dHidden = head(
    "decoder.output",
    mean.map((m, i) => (m - image[i]) / variance[i]),
  );
  if (spec.likelihood.kind !== "gaussian") return dHidden;
  if (typeof spec.likelihood.variance === "number") return dHidden;

  // variance = floor + exp(logVar), so dvariance/dlogVar = exp(logVar).
  const dLogVar = decoderLogVar(spec, weights, h).map((l, i) => {
    const squared = (image[i] - mean[i]) ** 2 / variance[i];
    return Math.exp(l) * (1 - squared) / (2 * variance[i]);
  });
  if (spec.likelihood.variance === "pixel") {
    return sum(dHidden, head("decoder.logVar", dLogVar));
  }
  gradient.get("decoder.logVar")![0] += dLogVar.reduce((total, d) => total + d);
  return dHidden;
}

function sum(left: Vector, right: Vector): number[] {
  return left.map((value, i) => value + right[i]);
}

function checkBatch(spec: NetworkSpec, images: Matrix, eps: Matrix): void {
  if (images.length === 0) {
    throw new RangeError(
      "Cannot average an ELBO as the batch must hold an image: it is empty",
    );
  }
  requireRows("images", images, spec.dataDim);
  if (spec.model === "autoencoder") return;
  if (eps.length !== images.length) {
    throw new RangeError(
      `Cannot draw z as eps must have a row for each of ${images.length} images: ${eps.length}`,
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
