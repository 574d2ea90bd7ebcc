import * as tf from "@tensorflow/tfjs";

/**
 * ln p(x) of every row from logits l, in nats: [batchSize].
 *
 * l x - max(l, 0) - ln((1 - exp(-|l|)) / |l|), the density on [0, 1] of slope l.
 */
export function continuousBernoulliLogProb(
  logits: tf.Tensor2D,
  x: tf.Tensor2D,
): tf.Tensor1D {
  // At 0 the quotient is 1; a size that float32 tells from 0 gives that too.
  const size = tf.maximum(tf.abs(logits), 1e-7);
  const quotient = tf.div(tf.expm1(tf.neg(size)), tf.neg(size));
  const slope = tf.sub(tf.mul(x, logits), tf.relu(logits));
  return tf.sum(tf.sub(slope, tf.log(quotient)), 1);
}

/**
 * E[x] from logits l: 1 / (1 - exp(-l)) - 1 / l.
 *
 * Below 1 by Taylor's series, where the difference would lose the digits of float32.
 */
export function continuousBernoulliMean(logits: tf.Tensor2D): tf.Tensor2D {
  const square = tf.square(logits);
  const series = [-1 / 1209600, 1 / 30240, -1 / 720, 1 / 12].reduce<tf.Tensor>(
    (sum, coefficient) => tf.add(tf.mul(sum, square), coefficient),
    tf.scalar(1 / 47900160),
  );
  const near = tf.add(tf.mul(series, logits), 0.5);
  const far = tf.neg(
    tf.add(tf.reciprocal(tf.expm1(tf.neg(logits))), tf.reciprocal(logits)),
  );
  return tf.where(tf.less(square, 1), near, far) as tf.Tensor2D;
}
