import * as tf from "@tensorflow/tfjs";
import type { NetworkSpec } from "../networks/mod.ts";
import { drawNoise } from "./batch_tensors.ts";
import { decode, encode, reparameterize } from "./forward.ts";
import { logLikelihood } from "./likelihood.ts";
import { repeatRows } from "./repeat_rows.ts";
import type { Noise } from "./types.ts";
import type { WeightTensors } from "./weight_tensors.ts";

// Rows decoded at a time: layers of 784 then take 3 MB each, and the products are as
// fast as they get.
const MAX_ROWS = 1024;

/**
 * Log importance weights ln p(x, z) - ln q(z|x) at draws z of q.
 *
 * Samples are worked off in blocks: memory does not grow with their number.
 *
 * @param options images [batchSize, dataDim], the number of samples and their noise
 * @returns row-major [numSamples * batchSize]
 */
export function logWeights(
  spec: NetworkSpec,
  weights: WeightTensors,
  { images, numSamples, noise }: {
    images: tf.Tensor2D;
    numSamples: number;
    noise: Noise & { readonly step: number };
  },
): tf.Tensor1D {
  const [batchSize] = images.shape;
  const encoded = encode(spec, weights, images);
  const samplesAtOnce = Math.max(1, Math.floor(MAX_ROWS / batchSize));
  const blocks: tf.Tensor1D[] = [];
  for (let first = 0; first < numSamples; first += samplesAtOnce) {
    const count = Math.min(samplesAtOnce, numSamples - first);
    blocks.push(tf.tidy(() => {
      const eps = drawNoise({
        ...noise,
        firstRow: first * batchSize,
        rows: count * batchSize,
        columns: spec.latentDim,
      });
      const repeated = {
        mean: repeatRows(encoded.mean, count),
        logVar: repeatRows(encoded.logVar!, count),
        images: repeatRows(images, count),
      };
      return logWeightRows(spec, weights, { ...repeated, eps });
    }));
  }
  return tf.concat(blocks);
}

/** What the log weight of a row is made of, each [rows, ...]. */
interface WeightRows {
  readonly mean: tf.Tensor2D;
  readonly logVar: tf.Tensor2D;
  readonly images: tf.Tensor2D;
  readonly eps: tf.Tensor2D;
}

function logWeightRows(
  spec: NetworkSpec,
  weights: WeightTensors,
  { mean, logVar, images, eps }: WeightRows,
): tf.Tensor1D {
  const z = reparameterize({ mean, logVar }, eps);
  const logLikelihoods = logLikelihood(spec, decode(spec, weights, z), images);
  return tf.add(logLikelihoods, logDensityRatio({ eps, z, logVar }));
}

/**
 * ln p(z) - ln q(z|x) of every row, [rows]: with z = mean + scale eps the constants of
 * the two normals cancel, and sum of (eps^2 + logVar - z^2) / 2 is left.
 */
export function logDensityRatio(
  { eps, z, logVar }: { eps: tf.Tensor2D; z: tf.Tensor2D; logVar: tf.Tensor2D },
): tf.Tensor1D {
  const squares = tf.sub(tf.square(eps), tf.square(z));
  return tf.mul(tf.sum(tf.add(squares, logVar), 1), 0.5);
}
