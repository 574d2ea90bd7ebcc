import type { DifferentiableLogDensity } from "../distributions/mod.ts";
import { logMeanExp, type Random, type Vector } from "../math/mod.ts";
import { requireCount } from "./log_weight.ts";

/**
 * Ways to estimate the gradient of the K-sample bound by the parameters of q, with
 * v_k = w_k / sum_j w_j:
 *
 * - `"reparameterized"`: along the draws, `sum_k v_k d ln w_k`;
 * - `"doublyReparameterized"`: `sum_k v_k^2 (d ln w_k / d z_k) d z_k` (Tucker et al.
 *   2019, arXiv 1810.04152);
 * - `"scoreFunction"`: `sum_k (L - v_k) d ln q(z_k)`, L being the bound drawn;
 * - `"constantBaseline"`: the same with L less a number;
 * - `"leaveOneOut"`: L less what it would have been had draw k been the geometric mean
 *   of the others (VIMCO, Mnih and Rezende 2016, arXiv 1602.06725); needs K of 2.
 */
export type BoundEstimator =
  | "reparameterized"
  | "doublyReparameterized"
  | "scoreFunction"
  | "constantBaseline"
  | "leaveOneOut";

/** What is drawn, how often, and on whose dice. */
export interface BoundGradientOptions {
  /** K. */
  readonly numSamples: number;
  /** Gradients of each kind, 1 or more. */
  readonly repeats: number;
  /** Where the draws come from: dim normals a draw of z. */
  readonly random: Random;
  /** Of `"constantBaseline"`, in nats: it must not depend on these draws; 0 if left out. */
  readonly baseline?: number;
  /**
   * d ln p(x, z) by one parameter of the model, `[count]` at points `[count, dim]`: its
   * gradient `sum_k v_k d ln p(x, z_k)` is drawn too.
   */
  readonly modelSlope?: (points: Float64Array) => Float64Array;
}

/** Draws of gradients, all kinds on the same dice. */
export interface BoundGradientDraws {
  /** By kind and parameter, `[2 dim][repeats]`: the means, then the scales of q. */
  readonly encoder: ReadonlyMap<BoundEstimator, readonly Float64Array[]>;
  /** By the parameter of `modelSlope`, `[repeats]`. */
  readonly model?: Float64Array;
}

/** Points of one call of the log joint. */
const CHUNK = 4096;

/**
 * Draws gradients of the K-sample bound, by several estimators on the same dice.
 *
 * `L_K = E ln (1/K) sum_k w_k`, `w_k = p(x,z_k) / q(z_k)`. All estimators have the
 * gradient of L_K for their mean and differ in noise: as K grows the signal of the
 * encoder's plain gradient falls below it as `K^(-1/2)`, that of the model's and of the
 * doubly reparameterised one rises as `K^(1/2)` (Rainforth et al. 2018, arXiv
 * 1802.04537).
 *
 * @param logJoint ln p(x, z) and its gradient by z.
 * @param q Mean and scale of a diagonal normal, shape `[dim]` each.
 * @param kinds The estimators.
 * @param options K, repeats and dice.
 * @returns The draws, to summarise or to take `signalToNoise` of.
 * @throws {RangeError} If a count is no positive integer, or `"leaveOneOut"` has K = 1.
 *
 * @example At the posterior every weight is the same, and only some estimators know it
 * ```ts
 * import { boundGradientDraws } from "elbo/estimators";
 * import { createRandom, STREAMS, summarize } from "elbo/math";
 * import { assertAlmostEquals, assertGreater } from "@std/assert";
 *
 * const logJoint = (z: Float64Array) => ({
 *   values: z.map((v) => -v * v / 2),
 *   gradients: z.map((v) => -v),
 * });
 * const kinds = ["reparameterized", "doublyReparameterized"] as const;
 * const { encoder } = boundGradientDraws(logJoint, { mean: [0], scale: [1] }, kinds, {
 *   numSamples: 2,
 *   repeats: 100,
 *   random: createRandom({ seed: 0, stream: STREAMS.monteCarlo }),
 * });
 * assertAlmostEquals(summarize(encoder.get("doublyReparameterized")![0]).mean, 0, 1e-14);
 * assertGreater(summarize(encoder.get("reparameterized")![0]).standardError, 0.01);
 * ```
 */
export function boundGradientDraws(
  logJoint: DifferentiableLogDensity,
  q: { readonly mean: Vector; readonly scale: Vector },
  kinds: readonly BoundEstimator[],
  options: BoundGradientOptions,
): BoundGradientDraws {
  const { numSamples, repeats, random, modelSlope } = options;
  requireCount("numSamples", numSamples);
  requireCount("repeats", repeats);
  if (numSamples === 1 && kinds.includes("leaveOneOut")) {
    throw new RangeError(
      "Cannot estimate as numSamples must be 2 or more for leaveOneOut: with 1 there " +
        "is no other draw",
    );
  }
  const dim = q.mean.length;
  const encoder = new Map(
    kinds.map((
      kind,
    ) => [kind, q.mean.concat(q.scale).map(() => new Float64Array(repeats))]),
  );
  const model = modelSlope && new Float64Array(repeats);
  const atOnce = Math.max(1, Math.floor(CHUNK / numSamples));
  for (let first = 0; first < repeats; first += atOnce) {
    const count = Math.min(atOnce, repeats - first);
    const eps = new Float64Array(count * numSamples * dim).map(() => random.normal());
    const points = eps.map((e, i) => q.mean[i % dim] + q.scale[i % dim] * e);
    const { values, gradients } = logJoint(points);
    const slopes = modelSlope?.(points);
    for (let row = 0; row < count; row++) {
      const from = row * numSamples, to = from + numSamples;
      const draw = drawOf(q.scale, {
        eps: eps.subarray(from * dim, to * dim),
        slopes: gradients.subarray(from * dim, to * dim),
        logJoints: values.subarray(from, to),
      });
      for (const [kind, columns] of encoder) {
        fill(kind, { draw, scale: q.scale, columns, at: first + row, ...options });
      }
      if (model && slopes) {
        draw.shares.forEach((v, k) => model[first + row] += v * slopes[from + k]);
      }
    }
  }
  return { encoder, model };
}

/** K draws, their weights, and the bound they make. */
interface Draw {
  /** `[K, dim]`. */
  readonly eps: Float64Array;
  /** d ln p(x, z) / dz, `[K, dim]`. */
  readonly slopes: Float64Array;
  readonly logWeights: Float64Array;
  /** v_k, which add up to 1. */
  readonly shares: Float64Array;
  readonly bound: number;
}

function drawOf(
  scale: Vector,
  { eps, slopes, logJoints }: Pick<Draw, "eps" | "slopes"> & {
    logJoints: Float64Array;
  },
): Draw {
  const dim = scale.length;
  const constant = scale.reduce((sum, s) => sum + Math.log(s), 0) +
    dim * Math.log(2 * Math.PI) / 2;
  const logWeights = logJoints.map((value, k) => {
    let squares = 0;
    for (let j = k * dim; j < (k + 1) * dim; j++) squares += eps[j] * eps[j];
    return value + squares / 2 + constant;
  });
  const bound = logMeanExp(logWeights);
  const shares = logWeights.map((l) => Math.exp(l - bound) / logWeights.length);
  return { eps, slopes, logWeights, shares, bound };
}

/** Adds one estimate to the columns of its kind. */
function fill(
  kind: BoundEstimator,
  { draw, scale, columns, at, baseline = 0 }: {
    draw: Draw;
    scale: Vector;
    columns: Float64Array[];
    at: number;
    baseline?: number;
  },
): void {
  const { eps, slopes, shares } = draw;
  const dim = scale.length;
  const learned = kind === "leaveOneOut" ? leaveOneOut(draw) : undefined;
  for (let k = 0; k < shares.length; k++) {
    const v = shares[k];
    const signal = kind === "constantBaseline" ? draw.bound - baseline : draw.bound;
    const credit = (learned ? learned[k] : signal) - v;
    for (let j = 0; j < dim; j++) {
      const e = eps[k * dim + j], slope = slopes[k * dim + j], s = scale[j];
      switch (kind) {
        case "reparameterized":
          // ln q along the draw is -ln scale and a constant.
          columns[j][at] += v * slope;
          columns[dim + j][at] += v * (slope * e + 1 / s);
          break;
        case "doublyReparameterized":
          columns[j][at] += v * v * (slope + e / s);
          columns[dim + j][at] += v * v * (slope + e / s) * e;
          break;
        default:
          columns[j][at] += credit * e / s;
          columns[dim + j][at] += credit * (e * e - 1) / s;
      }
    }
  }
}

/** By how much each draw raised the bound over what the others foretold. */
function leaveOneOut({ logWeights, bound }: Draw): Float64Array {
  const count = logWeights.length;
  const sum = logWeights.reduce((total, l) => total + l, 0);
  return logWeights.map((own, k) => {
    const others = logWeights.slice();
    others[k] = (sum - own) / (count - 1);
    return bound - logMeanExp(others);
  });
}
