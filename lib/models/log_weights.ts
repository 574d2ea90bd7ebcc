import * as tf from "@tensorflow/tfjs";
import type { NetworkSpec } from "../networks/mod.ts";
import { drawNoise } from "./batch_tensors.ts";
import { decode, encode, reparameterize } from "./forward.ts";
import { logLikelihood } from "./likelihood.ts";
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

// With z = mean + scale eps the constants of the two normals cancel:
// ln p(z) - ln q(z|x) = sum of (eps^2 + logVar - z^2) / 2.
function logWeightRows(
  spec: NetworkSpec,
  weights: WeightTensors,
  { mean, logVar, images, eps }: {
    mean: tf.Tensor2D;
    logVar: tf.Tensor2D;
    images: tf.Tensor2D;
    eps: tf.Tensor2D;
  },
): tf.Tensor1D {
  const z = reparameterize({ mean, logVar }, eps);
  const squares = tf.sub(tf.square(eps), tf.square(z));
  const logRatio = tf.mul(tf.sum(tf.add(squares, logVar), 1), 0.5);
  return tf.add(logRatio, logLikelihood(spec, decode(spec, weights, z), images));
}

function repeatRows(x: tf.Tensor2D, count: number): tf.Tensor2D {
  return count === 1 ? x : tf.tile(x, [count, 1]);
}
