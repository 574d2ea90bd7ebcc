import * as tf from "@tensorflow/tfjs";
import { type LikelihoodSpec, SCALE_FLOOR, VARIANCE_FLOOR } from "../networks/mod.ts";
import type { Decoded } from "./forward.ts";
import { logisticComponent, logisticMean } from "./logistic_component.ts";

type MixtureSpec = Extract<LikelihoodSpec, { components: number }>;

/** One component in every pixel: its logarithm, and the slopes by its outputs. */
export interface Component {
  /** ln of its density or mass at x, [batchSize, dataDim]. */
  readonly logProb: tf.Tensor2D;
  /** Of that logarithm by the component's mean and by its logVar or logScale. */
  slopes(): { mean: tf.Tensor2D; width: tf.Tensor2D };
}

/** ln sum_k w_k p_k(x) of every row, summed over the pixels, in nats: [batchSize]. */
export function mixtureLogProb(
  spec: MixtureSpec,
  decoded: Decoded,
  x: tf.Tensor2D,
): tf.Tensor1D {
  const { logits, logJoint } = jointOf(spec, decoded, x);
  return tf.sum(tf.sub(logSumExp(logJoint), logSumExp(logits)), 1);
}

/**
 * The gradient of -mean over the batch of ln p(x|z) by the means, the widths and the
 * logits.
 *
 * With the share r_k = w_k p_k / sum_j w_j p_j that a component answers for: -r_k times
 * its own slopes, and w_k - r_k by the logits. All over batchSize.
 */
export function mixtureGradient(
  spec: MixtureSpec,
  decoded: Decoded,
  x: tf.Tensor2D,
): Omit<Decoded, "activations"> {
  const { logits, logJoint, parts } = jointOf(spec, decoded, x);
  const whole = logSumExp(logJoint), logWeight = logSumExp(logits);
  const batchSize = x.shape[0];
  const rows = parts.map((part, k) => {
    const share = tf.exp(tf.sub(logJoint[k], whole));
    const slopes = part.slopes();
    const minus = tf.div(share, -batchSize);
    return {
      mean: tf.mul(minus, slopes.mean),
      width: tf.mul(minus, slopes.width),
      logits: tf.add(tf.div(tf.exp(tf.sub(logits[k], logWeight)), batchSize), minus),
    };
  });
  const join = (name: "mean" | "width" | "logits") =>
    tf.concat(rows.map((row) => row[name]), 1) as tf.Tensor2D;
  const widthName = spec.kind === "gaussian-mixture" ? "logVar" : "logScale";
  return { output: join("mean"), [widthName]: join("width"), logits: join("logits") };
}

/** The parameters of p(x|z) and its mean; those of the mixture are shaped like its outputs. */
export function mixtureParameters(spec: MixtureSpec, decoded: Decoded) {
  const { output, logVar, logScale, logits } = decoded;
  const scale = spec.kind === "gaussian-mixture"
    ? tf.sqrt(tf.add(tf.exp(logVar!), VARIANCE_FLOOR))
    : tf.add(tf.exp(logScale!), SCALE_FLOOR);
  const means = split(spec, output), scales = split(spec, scale as tf.Tensor2D);
  const rows = split(spec, logits!);
  const logWeight = logSumExp(rows);
  const terms = means.map((mean, k) => {
    const weight = tf.exp(tf.sub(rows[k], logWeight));
    const ofComponent = spec.kind === "gaussian-mixture"
      ? mean
      : logisticMean(mean, scales[k]);
    return tf.mul(weight, ofComponent) as tf.Tensor2D;
  });
  return {
    mean: tf.addN(terms),
    componentLogits: logits!,
    componentMeans: output,
    componentScales: scale as tf.Tensor2D,
  };
}

function jointOf(
  spec: MixtureSpec,
  { output, logVar, logScale, logits: allLogits }: Decoded,
  x: tf.Tensor2D,
): { logits: tf.Tensor2D[]; logJoint: tf.Tensor2D[]; parts: Component[] } {
  const isNormal = spec.kind === "gaussian-mixture";
  const widths = split(spec, (isNormal ? logVar : logScale) as tf.Tensor2D);
  const parts = split(spec, output).map((mean, k) =>
    (isNormal ? normalComponent : logisticComponent)(x, mean, widths[k])
  );
  const logits = split(spec, allLogits!);
  const logJoint = parts.map(({ logProb }, k) =>
    tf.add(logits[k], logProb) as tf.Tensor2D
  );
  return { logits, logJoint, parts };
}

const HALF_LOG_2_PI = Math.log(2 * Math.PI) / 2;

/** ln N(x; mean, VARIANCE_FLOOR + exp(logVar)). */
function normalComponent(
  x: tf.Tensor2D,
  mean: tf.Tensor2D,
  logVar: tf.Tensor2D,
): Component {
  const excess = tf.exp(logVar);
  const variance = tf.add(excess, VARIANCE_FLOOR);
  const error = tf.sub(x, mean);
  const scaledError = tf.div(error, variance);
  const square = tf.mul(error, scaledError);
  return {
    logProb: tf.sub(
      tf.mul(tf.add(square, tf.log(variance)), -0.5),
      HALF_LOG_2_PI,
    ) as tf.Tensor2D,
    slopes: () => ({
      mean: scaledError as tf.Tensor2D,
      width: tf.mul(tf.sub(square, 1), tf.div(excess, tf.mul(variance, 2))),
    }),
  };
}

function split({ components }: MixtureSpec, x: tf.Tensor2D): tf.Tensor2D[] {
  return components === 1 ? [x] : tf.split(x, components, 1);
}

/** Over tensors, element by element. */
function logSumExp(terms: readonly tf.Tensor2D[]): tf.Tensor2D {
  if (terms.length === 1) return terms[0];
  const max = terms.reduce((left, right) => tf.maximum(left, right));
  const sum = tf.addN(terms.map((term) => tf.exp(tf.sub(term, max))));
  return tf.add(max, tf.log(sum));
}
