import * as tf from "@tensorflow/tfjs";
import { hasSharedVariance, type NetworkSpec } from "../networks/mod.ts";
import { Backward, type LatentGradient } from "./backward.ts";
import { decode, type Decoded, encode, reparameterize } from "./forward.ts";
import {
  logLikelihood,
  logLikelihoodGradient,
  type OutputGradient,
} from "./likelihood.ts";
import { logDensityRatio } from "./log_weights.ts";
import { klToPrior, type ObjectiveGradient, type TensorBatch } from "./objective.ts";
import { repeatRows } from "./repeat_rows.ts";
import type { WeightTensors } from "./weight_tensors.ts";

/**
 * The K-sample bound of a batch, its ELBO, and the gradient of -bound by every weight;
 * `kSampleBoundAndGradient` of networks is the reference, and says what it is.
 *
 * @param batch images [batchSize, dataDim]; eps [K batchSize, latentDim], in which row
 * k batchSize + i is draw k of image i
 */
export function kSampleGradient(
  spec: NetworkSpec,
  weights: WeightTensors,
  { images, eps: noise }: TensorBatch,
): ObjectiveGradient {
  const eps = noise!;
  const [batchSize] = images.shape;
  const samples = eps.shape[0] / batchSize;
  const encoded = encode(spec, weights, images);
  const every = {
    mean: repeatRows(encoded.mean, samples),
    logVar: repeatRows(encoded.logVar!, samples),
    images: repeatRows(images, samples),
  };
  const z = reparameterize(every, eps);
  const decoded = decode(spec, weights, z);
  const logLikelihoods = logLikelihood(spec, decoded, every.images);
  const logWeights = tf.add(
    logLikelihoods,
    logDensityRatio({ eps, z, logVar: every.logVar }),
  );
  // [batchSize, K]: tfjs has a softmax over the last axis only.
  const byImage = tf.transpose(tf.reshape(logWeights, [samples, batchSize]));
  const bounds = tf.sub(tf.logSumExp(byImage, 1), Math.log(samples)) as tf.Tensor1D;
  // The largest weight counts most: of the log weights, not of losses.
  const shares = tf.reshape(tf.transpose(tf.softmax(byImage)), [-1, 1]) as tf.Tensor2D;

  const backward = new Backward(spec, weights);
  const drawn = { images: every.images, shares, samples };
  const byDecoded = weightedGradient(spec, decoded, drawn);
  const byZ = backward.decoder(decoded.activations, byDecoded);
  const scale = tf.exp(tf.mul(every.logVar, 0.5)) as tf.Tensor2D;
  const byLatent = latentGradient(spec, { byZ, z, eps, scale, shares, batchSize });
  const sumOverDraws = (rows: tf.Tensor2D) =>
    tf.sum(tf.reshape(rows, [samples, batchSize, -1]), 0) as tf.Tensor2D;
  backward.encoder(encoded.activations, {
    mean: sumOverDraws(byLatent.mean),
    logVar: sumOverDraws(byLatent.logVar!),
  });
  const rows = {
    expectedLogLikelihood: tf.mean(
      tf.reshape(logLikelihoods, [samples, batchSize]),
      0,
    ) as tf.Tensor1D,
    kl: klToPrior(encoded),
  };
  return { rows, bounds, gradient: backward.gradient };
}

// Each row of -ln p(x|z) counts by its share: the gradient is that of a mean over all
// rows, and samples * share makes it the weighted sum over those of an image.
function weightedGradient(
  spec: NetworkSpec,
  decoded: Decoded,
  { images, shares, samples }: {
    images: tf.Tensor2D;
    shares: tf.Tensor2D;
    samples: number;
  },
): OutputGradient {
  const shared = hasSharedVariance(spec);
  // The gradient by one logVar for all is summed over rows: it must be weighed before.
  const wide = shared
    ? { ...decoded, logVar: tf.mul(tf.onesLike(decoded.output), decoded.logVar!) }
    : decoded;
  const entries = Object.entries(logLikelihoodGradient(spec, wide, images))
    .map(([name, rows]) => [name, tf.mul(rows, tf.mul(shares, samples))]);
  const gradient: OutputGradient = Object.fromEntries(entries);
  if (!shared) return gradient;
  return { ...gradient, logVar: tf.reshape(tf.sum(tf.sum(gradient.logVar!, 1)), [1]) };
}

// By the parameters of q that each row was drawn with. -ln p(x, z) comes weighted once;
// d ln q / d logVar along a draw is -1/2. Doubly reparameterised: q's slope by z is
// added, all is weighted once more, and q's own parameters are held fast.
function latentGradient(
  { encoderGradient }: NetworkSpec,
  { byZ, z, eps, scale, shares, batchSize }: {
    byZ: tf.Tensor2D;
    z: tf.Tensor2D;
    eps: tf.Tensor2D;
    scale: tf.Tensor2D;
    shares: tf.Tensor2D;
    batchSize: number;
  },
): LatentGradient & { logVar: tf.Tensor2D } {
  const share = tf.div(shares, batchSize);
  const byJoint = tf.add(byZ, tf.mul(z, share)) as tf.Tensor2D;
  const byScale = tf.mul(eps, scale);
  if (encoderGradient === "doubly-reparameterized") {
    const byWeight = tf.sub(byJoint, tf.mul(tf.div(eps, scale), share));
    const mean = tf.mul(byWeight, shares) as tf.Tensor2D;
    return { mean, logVar: tf.mul(tf.mul(mean, byScale), 0.5) };
  }
  const logVar = tf.mul(tf.sub(tf.mul(byJoint, byScale), share), 0.5) as tf.Tensor2D;
  return { mean: byJoint, logVar };
}
