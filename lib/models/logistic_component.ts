import * as tf from "@tensorflow/tfjs";
import { SCALE_FLOOR } from "../networks/mod.ts";
import type { Component } from "./mixture_likelihood.ts";

const HALF_LEVEL = 1 / 510;

/**
 * ln of the mass of a logistic on the bin of x = byte / 255, where scale = SCALE_FLOOR +
 * exp(logScale).
 *
 * With a, b = (x +- 1/510 - mean) / scale it is ln s(a) + ln s(-b) + ln(1 - exp(b - a)),
 * exact in both tails; the lowest bin lacks b, the highest a.
 */
export function logisticComponent(
  x: tf.Tensor2D,
  mean: tf.Tensor2D,
  logScale: tf.Tensor2D,
): Component {
  const excess = tf.exp(logScale);
  const scale = tf.add(excess, SCALE_FLOOR);
  const error = tf.sub(x, mean);
  const a = tf.div(tf.add(error, HALF_LEVEL), scale);
  const b = tf.div(tf.sub(error, HALF_LEVEL), scale);
  const gap = tf.div(2 * HALF_LEVEL, scale);
  const hasUpper = tf.cast(tf.less(x, 1 - HALF_LEVEL), "float32");
  const hasLower = tf.cast(tf.greater(x, HALF_LEVEL), "float32");
  const isInner = tf.mul(hasUpper, hasLower);
  const logProb = tf.addN([
    tf.mul(hasUpper, logSigmoid(a)),
    tf.mul(hasLower, logSigmoid(tf.neg(b))),
    tf.mul(isInner, tf.log(tf.neg(tf.expm1(tf.neg(gap))))),
  ]) as tf.Tensor2D;
  return {
    logProb,
    slopes: () => {
      const byA = tf.mul(hasUpper, tf.sigmoid(tf.neg(a)));
      const byB = tf.mul(hasLower, tf.sigmoid(b));
      const byGap = tf.mul(isInner, tf.div(gap, tf.expm1(gap)));
      const byLogScale = tf.sub(tf.sub(tf.mul(byB, b), tf.mul(byA, a)), byGap);
      return {
        mean: tf.div(tf.sub(byB, byA), scale) as tf.Tensor2D,
        width: tf.mul(byLogScale, tf.div(excess, scale)) as tf.Tensor2D,
      };
    },
  };
}

/** ln s(x), where nothing can overflow. */
function logSigmoid(x: tf.Tensor): tf.Tensor {
  return tf.sub(tf.minimum(x, 0), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
}

/** E[x] over the 256 levels, as sum_j P(level >= j) / 255. */
export function logisticMean(mean: tf.Tensor2D, scale: tf.Tensor2D): tf.Tensor2D {
  let sum: tf.Tensor = tf.zerosLike(mean);
  for (let level = 1; level <= 255; level++) {
    const before = sum;
    sum = tf.tidy(() => {
      const edge = (level - 0.5) / 255;
      return tf.add(before, tf.sigmoid(tf.div(tf.sub(mean, edge), scale)));
    });
    before.dispose();
  }
  return tf.div(sum, 255);
}
