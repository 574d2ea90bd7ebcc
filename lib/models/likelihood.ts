import * as tf from "@tensorflow/tfjs";
import { fusedKernels } from "../backend/fused_kernels.ts";
import { type NetworkSpec, VARIANCE_FLOOR } from "../networks/mod.ts";
import {
  continuousBernoulliLogProb,
  continuousBernoulliMean,
} from "./continuous_bernoulli.ts";
import type { Decoded } from "./forward.ts";
import {
  mixtureGradient,
  mixtureLogProb,
  mixtureParameters,
} from "./mixture_likelihood.ts";
import type { DecodedBatch } from "./types.ts";

const LOG_2_PI = Math.log(2 * Math.PI);

/** ln p(x|z) of every row, summed over the data dimensions, in nats: [batchSize]. */
export function logLikelihood(
  spec: NetworkSpec,
  decoded: Decoded,
  x: tf.Tensor2D,
): tf.Tensor1D {
  const { likelihood } = spec;
  switch (likelihood.kind) {
    case "bernoulli":
      return bernoulliLogProb(decoded, x);
    case "continuous-bernoulli":
      return continuousBernoulliLogProb(decoded.output, x);
    case "gaussian":
      return gaussianLogProb(spec, decoded, x);
    case "gaussian-mixture":
    case "logistic-mixture":
      return mixtureLogProb(likelihood, decoded, x);
  }
}

/**
 * From logits l: x l - max(l, 0) - ln(1 + exp(-|l|)), where nothing can overflow:
 * ln(exp(l) + 1) is infinite in float32 from l = 88.7 on.
 */
function bernoulliLogProb({ output }: Decoded, x: tf.Tensor2D): tf.Tensor1D {
  const fused = fusedKernels();
  if (fused) return fused.bernoulliRows({ x, logits: output });
  const softplus = tf.add(tf.relu(output), tf.log1p(tf.exp(tf.neg(tf.abs(output)))));
  return tf.sum(tf.sub(tf.mul(x, output), softplus), 1);
}

function gaussianLogProb(
  spec: NetworkSpec,
  decoded: Decoded,
  x: tf.Tensor2D,
): tf.Tensor1D {
  const squares = tf.square(tf.sub(x, decoded.output));
  const variance = varianceOf(spec, decoded);
  if (typeof variance === "number") {
    const constant = spec.dataDim * (LOG_2_PI + Math.log(variance));
    return tf.mul(tf.add(tf.div(tf.sum(squares, 1), variance), constant), -0.5);
  }
  const terms = tf.add(tf.div(squares, variance), tf.add(tf.log(variance), LOG_2_PI));
  return tf.mul(tf.sum(terms, 1), -0.5);
}

/** Gradients by the outputs of the decoder's last layers, shaped like them. */
export type OutputGradient = Omit<Decoded, "activations">;

/**
 * The gradient of -mean over the batch of ln p(x|z) by the decoder's outputs.
 *
 * Of both Bernoullis, from logits: mean - x, over batchSize.
 */
export function logLikelihoodGradient(
  spec: NetworkSpec,
  decoded: Decoded,
  x: tf.Tensor2D,
): OutputGradient {
  const { likelihood } = spec;
  const fused = fusedKernels();
  const byMean = (mean: tf.Tensor) => ({
    output: tf.div(tf.sub(mean, x), x.shape[0]) as tf.Tensor2D,
  });
  switch (likelihood.kind) {
    case "bernoulli":
      return fused
        ? {
          output: fused.bernoulliSlope({ x, logits: decoded.output }, 1 / x.shape[0]),
        }
        : byMean(tf.sigmoid(decoded.output));
    case "continuous-bernoulli":
      return byMean(continuousBernoulliMean(decoded.output));
    case "gaussian":
      return gaussianGradient(spec, decoded, x);
    case "gaussian-mixture":
    case "logistic-mixture":
      return mixtureGradient(likelihood, decoded, x);
  }
}

/**
 * With r = (x - mean)^2 / variance: (mean - x) / variance, and (1 - r) / 2 * exp(logVar)
 * / variance by logVar, since variance = VARIANCE_FLOOR + exp(logVar). All over batchSize.
 */
function gaussianGradient(
  spec: NetworkSpec,
  decoded: Decoded,
  x: tf.Tensor2D,
): OutputGradient {
  const { output, logVar } = decoded;
  const [batchSize] = x.shape;
  const variance = varianceOf(spec, decoded);
  const error = tf.sub(output, x);
  const scaledError = tf.div(error, variance);
  const gradient = tf.div(scaledError, batchSize) as tf.Tensor2D;
  if (!logVar) return { output: gradient };

  const shrink = tf.div(tf.exp(logVar), tf.mul(variance, 2 * batchSize));
  const byLogVar = tf.mul(tf.sub(1, tf.mul(error, scaledError)), shrink);
  const shared = logVar.rank === 1;
  return {
    output: gradient,
    // Rows first: a sum over one long axis loses more bits.
    logVar: shared ? tf.reshape(tf.sum(tf.sum(byLogVar, 1)), [1]) : byLogVar,
  };
}

/** The parameters of p(x|z), row-major, as {@linkcode DecodedBatch} names them. */
export function likelihoodParameters(
  spec: NetworkSpec,
  decoded: Decoded,
): { [name in keyof DecodedBatch]: tf.Tensor2D } {
  const { output } = decoded;
  const { likelihood } = spec;
  switch (likelihood.kind) {
    case "bernoulli":
      return { mean: tf.sigmoid(output), logits: output };
    case "continuous-bernoulli":
      return { mean: continuousBernoulliMean(output), logits: output };
    case "gaussian": {
      const variance = tf.mul(tf.onesLike(output), varianceOf(spec, decoded));
      return { mean: output, variance: variance as tf.Tensor2D };
    }
    case "gaussian-mixture":
    case "logistic-mixture":
      return mixtureParameters(likelihood, decoded);
  }
}

// A tensor that broadcasts over the rows, or a number.
function varianceOf(
  { likelihood }: NetworkSpec,
  { logVar }: Decoded,
): tf.Tensor | number {
  if (logVar) return tf.add(tf.exp(logVar), VARIANCE_FLOOR);
  if (likelihood.kind === "gaussian" && typeof likelihood.variance === "number") {
    return likelihood.variance;
  }
  throw new TypeError(
    `Cannot give a variance as the likelihood must be gaussian: ${likelihood.kind}`,
  );
}
