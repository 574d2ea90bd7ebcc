import * as tf from "@tensorflow/tfjs";
import type { NetworkSpec } from "../networks/mod.ts";
import { Backward, type LatentGradient } from "./backward.ts";
import {
  decode,
  type Decoded,
  encode,
  type Encoded,
  reparameterize,
} from "./forward.ts";
import { logLikelihood, logLikelihoodGradient } from "./likelihood.ts";
import { logVarOf } from "./shared_variance.ts";
import type { WeightTensors } from "./weight_tensors.ts";

/** The images of a batch and the noise for it. */
export interface TensorBatch {
  /** [batchSize, dataDim]. */
  readonly images: tf.Tensor2D;
  /** [batchSize, latentDim]; an autoencoder takes none. */
  readonly eps?: tf.Tensor2D;
}

/** The two parts of the ELBO for every row of a batch, in nats. */
export interface ElboRows {
  /** ln p(x|z) at the one z drawn, [batchSize]. */
  readonly expectedLogLikelihood: tf.Tensor1D;
  /** KL(q(z|x) || N(0, I)), [batchSize]; an autoencoder has none. */
  readonly kl?: tf.Tensor1D;
}

/** The parts with their gradient, and what takes the KL's place in the objective. */
export interface ObjectiveGradient {
  readonly rows: ElboRows;
  /** The K-sample bound of each image, [batchSize]; only with samples above 1. */
  readonly bounds?: tf.Tensor1D;
  /** max(freeBits, mean KL_j) of each dimension, [latentDim]; only with free bits. */
  readonly penalties?: tf.Tensor1D;
  readonly gradient: WeightTensors;
  /** The shared logVar that is best for the batch, [1]; only of "optimal" variance. */
  readonly batchLogVar?: tf.Tensor1D;
}

/** The parts of the ELBO, one sample a row. */
export function elboRows(
  spec: NetworkSpec,
  weights: WeightTensors,
  batch: TensorBatch,
): ElboRows {
  return rowsOf(spec, forward(spec, weights, batch), batch);
}

/**
 * The parts of the ELBO, and the gradient of the objective by every weight.
 *
 * objective = mean over the batch of -(expectedLogLikelihood - beta kl). With free bits
 * a dimension whose mean KL over the batch is below them adds a constant. The backward
 * pass is written out: a dense network needs no tape. A Gaussian of
 * "optimal" variance has the best one for this batch, whose logVar is returned too.
 *
 * Leaves its temporaries to the caller's tidy.
 */
export function objectiveGradient(
  spec: NetworkSpec,
  weights: WeightTensors,
  batch: TensorBatch,
): ObjectiveGradient {
  const { encoded, decoded: asKept } = forward(spec, weights, batch);
  const { images, eps } = batch;
  const batchLogVar = optimalLogVar(spec, asKept, images);
  const decoded = batchLogVar ? { ...asKept, logVar: batchLogVar } : asKept;
  const rows = rowsOf(spec, { encoded, decoded }, batch);
  const { pressed, penalties } = freeDimensions(spec, encoded);
  const backward = new Backward(spec, weights);
  const byDecoded = logLikelihoodGradient(spec, decoded, images);
  const byZ = backward.decoder(decoded.activations, byDecoded);
  const byLatent = latentGradient(spec, encoded, { byZ, eps, pressed });
  backward.encoder(encoded.activations, byLatent);
  // Set, not learnt: at the optimum the slope is 0 but for rounding.
  if (batchLogVar) {
    backward.gradient.set("decoder.logVar", tf.zerosLike(batchLogVar));
  }
  return { rows, penalties, gradient: backward.gradient, batchLogVar };
}

/**
 * The shared logVar that is best for a batch, [1], where the likelihood asks for it;
 * `optimalVariance` of networks says what it is.
 */
function optimalLogVar(
  { likelihood }: NetworkSpec,
  { output }: Decoded,
  images: tf.Tensor2D,
): tf.Tensor1D | undefined {
  if (likelihood.kind !== "gaussian" || likelihood.variance !== "optimal") return;
  // Rows first: a sum over one long axis loses more bits.
  const error = tf.mean(tf.mean(tf.square(tf.sub(images, output)), 1));
  return tf.reshape(logVarOf(error), [1]);
}

function forward(
  spec: NetworkSpec,
  weights: WeightTensors,
  { images, eps }: TensorBatch,
): Passed {
  const encoded = encode(spec, weights, images);
  return { encoded, decoded: decode(spec, weights, reparameterize(encoded, eps)) };
}

interface Passed {
  readonly encoded: Encoded;
  readonly decoded: Decoded;
}

function rowsOf(
  spec: NetworkSpec,
  { encoded, decoded }: Passed,
  { images }: TensorBatch,
): ElboRows {
  return {
    expectedLogLikelihood: logLikelihood(spec, decoded, images),
    kl: klToPrior(encoded),
  };
}

/** KL = sum of (mean^2 + exp(logVar) - 1 - logVar) / 2, [batchSize]. */
export function klToPrior(encoded: Encoded): tf.Tensor1D | undefined {
  const terms = twiceKl(encoded);
  return terms && tf.mul(tf.sum(terms, 1), 0.5);
}

function twiceKl({ mean, logVar }: Encoded): tf.Tensor2D | undefined {
  if (!logVar) return undefined;
  const excess = tf.sub(tf.sub(tf.exp(logVar), 1), logVar);
  return tf.add(tf.square(mean), excess);
}

// Which dimensions the KL presses, 1 or 0, and what each adds to the objective.
function freeDimensions(
  { freeBits = 0 }: NetworkSpec,
  encoded: Encoded,
): { pressed?: tf.Tensor1D; penalties?: tf.Tensor1D } {
  const terms = twiceKl(encoded);
  if (freeBits === 0 || !terms) return {};
  const means: tf.Tensor1D = tf.mul(tf.mean(terms, 0), 0.5);
  return {
    pressed: tf.cast(tf.greater(means, freeBits), "float32"),
    penalties: tf.maximum(means, freeBits),
  };
}

// By z = mean + scale eps the gradient reaches both parameters; the KL adds
// beta mean and beta (exp(logVar) - 1) / 2, over the batch.
function latentGradient(
  { beta }: NetworkSpec,
  { mean, logVar }: Encoded,
  { byZ, eps, pressed }: {
    byZ: tf.Tensor2D;
    eps?: tf.Tensor2D;
    pressed?: tf.Tensor1D;
  },
): LatentGradient {
  if (!logVar || !eps) return { mean: byZ };
  const all = beta / mean.shape[0];
  const share = pressed ? tf.mul(pressed, all) : all;
  const scale = tf.exp(tf.mul(logVar, 0.5));
  const byScale = tf.mul(byZ, eps);
  return {
    mean: tf.add(byZ, tf.mul(mean, share)),
    logVar: tf.mul(
      tf.add(tf.mul(byScale, scale), tf.mul(tf.sub(tf.square(scale), 1), share)),
      0.5,
    ),
  };
}
