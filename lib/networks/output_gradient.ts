import {
  bernoulli,
  continuousBernoulli,
  logisticMixture,
  pixelMixture,
} from "../distributions/mod.ts";
import { logSumExp, type Matrix, sigmoid, type Vector } from "../math/mod.ts";
import type { Decoded } from "./decoder.ts";
import type { DecoderHead } from "./decoder_heads.ts";
import { type NetworkSpec, SCALE_FLOOR, VARIANCE_FLOOR } from "./spec.ts";

/** Gradients by the outputs of the decoder's last layers. */
type OutputGradient = { readonly [name in DecoderHead["name"]]?: Vector };

/** The gradient of -ln p(x|z) by the outputs of the decoder's last layers. */
export function outputGradient(
  { likelihood }: NetworkSpec,
  decoded: Decoded,
  x: Vector,
): OutputGradient {
  if ("components" in decoded) {
    const { logits, mean, scale } = decoded.components;
    if (likelihood.kind === "gaussian-mixture") {
      const joint = pixelMixture(decoded.components).logJoint(x);
      const { output, width, ...rest } = mixtureGradient(
        logits,
        joint,
        (k, i) => normalSlopes(x[i], mean[k][i], scale[k][i]),
      );
      return { output, logVar: width, ...rest };
    }
    const joint = logisticMixture(decoded.components).logJoint(x);
    const { output, width, ...rest } = mixtureGradient(
      logits,
      joint,
      (k, i) => logisticSlopes(x[i], mean[k][i], scale[k][i]),
    );
    return { output, logScale: width, ...rest };
  }
  if ("logits" in decoded) {
    // -ln p = sum A(l) - x l, and A' is the mean: of both kinds of Bernoulli.
    const { mean } = likelihood.kind === "bernoulli"
      ? bernoulli(decoded)
      : continuousBernoulli(decoded);
    return { output: mean.map((m, i) => m - x[i]) };
  }
  const slopes = decoded.mean.map((m, i) =>
    normalSlopes(x[i], m, Math.sqrt(decoded.variance[i]))
  );
  return {
    output: slopes.map(({ mean }) => -mean),
    logVar: slopes.map(({ width }) => -width),
  };
}

/** The slopes of one component's log density by its mean and by the width's output. */
interface Slopes {
  readonly mean: number;
  readonly width: number;
}

/** ln N(x; mean, scale^2), where scale^2 = VARIANCE_FLOOR + exp(width). */
function normalSlopes(x: number, mean: number, scale: number): Slopes {
  const variance = scale * scale;
  const standardized = (x - mean) / scale;
  const byVariance = (standardized * standardized - 1) / (2 * variance);
  return {
    mean: standardized / scale,
    width: byVariance * (variance - VARIANCE_FLOOR),
  };
}

/**
 * ln [s(a) - s(b)] with a, b = (x +- 1/510 - mean) / scale, scale = SCALE_FLOOR +
 * exp(width): by `ln s(a) + ln s(-b) + ln(1 - exp(b - a))`, of which the end bins lack
 * their open side.
 */
function logisticSlopes(x: number, mean: number, scale: number): Slopes {
  const level = Math.round(255 * x);
  const a = ((level + 0.5) / 255 - mean) / scale;
  const b = ((level - 0.5) / 255 - mean) / scale;
  const byA = level === 255 ? 0 : sigmoid(-a);
  const byB = level === 0 ? 0 : sigmoid(b);
  const gap = 1 / (255 * scale);
  const byGap = level === 0 || level === 255 ? 0 : gap / Math.expm1(gap);
  const byLogScale = -byA * a + byB * b - byGap;
  return {
    mean: (byB - byA) / scale,
    width: byLogScale * (scale - SCALE_FLOOR) / scale,
  };
}

/** Of -ln sum_k w_k p_k in each pixel, rows of components one after the other. */
function mixtureGradient(
  logits: Matrix,
  logJoint: Matrix,
  slopes: (component: number, index: number) => Slopes,
): { output: number[]; width: number[]; logits: number[] } {
  const dim = logits[0].length;
  const columnOf = (rows: Matrix, i: number) => rows.map((row) => row[i]);
  const total = (rows: Matrix) =>
    Array.from({ length: dim }, (_, i) => logSumExp(columnOf(rows, i)));
  const logWeight = total(logits), logProb = total(logJoint);
  const output: number[] = [], width: number[] = [], byLogits: number[] = [];
  logits.forEach((row, k) => {
    row.forEach((logit, i) => {
      // How much of the pixel this component answers for.
      const share = Math.exp(logJoint[k][i] - logProb[i]);
      const slope = slopes(k, i);
      output.push(-share * slope.mean);
      width.push(-share * slope.width);
      byLogits.push(Math.exp(logit - logWeight[i]) - share);
    });
  });
  return { output, width, logits: byLogits };
}
