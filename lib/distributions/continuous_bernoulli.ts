import { type Random, softplus, type Vector } from "../math/mod.ts";
import { requireEach, requireLength } from "./checks.ts";
import type { Distribution } from "./distribution.ts";

/** Independent numbers of [0, 1] with an exponential slope, given by their logits. */
export interface ContinuousBernoulli extends Distribution<Vector> {
  /** Tells it from a Bernoulli, whose values are 0 and 1. */
  readonly kind: "continuousBernoulli";
  /** l = ln(lambda / (1 - lambda)) of the paper's lambda, [dim]. */
  readonly logits: Vector;
  /** The expectation, which is not sigmoid(l), [dim]. */
  readonly mean: Vector;
  /** At most 1/12, that of the uniform distribution, [dim]. */
  readonly variance: Vector;
  /**
   * ln C(lambda), in nats, at least ln 2, [dim]: what a Bernoulli's cross entropy
   * lacks to be a density on [0, 1].
   */
  readonly logNormalizer: Vector;
}

/**
 * Makes independent continuous Bernoulli variables.
 *
 * `ln p(x) = sum_i [ln C(l_i) + x_i ln s(l_i) + (1 - x_i) ln s(-l_i)]`,
 * `s(l) = 1 / (1 + exp(-l))`, `C(l) = l / tanh(l / 2)`, which is 2 at l = 0. It is the
 * exponential density l exp(l x) / (exp(l) - 1) on [0, 1].
 *
 * Loaiza-Ganem and Cunningham 2019, arXiv 1907.06845. Computed without cancellation
 * near l = 0, where the formulas are 0 / 0. The density at an end grows like |l|: data
 * that are exactly 0 or 1 let it rise without bound.
 *
 * @param options.logits `[dim]`, finite: an infinite one is a point mass, which has no
 * density.
 * @returns The distribution, over vectors in [0, 1]^dim.
 * @throws {RangeError} If a logit is not finite; from `logProb`, if an x leaves [0, 1].
 *
 * @example A logit of 0 is the uniform distribution
 * ```ts
 * import { bernoulli, continuousBernoulli } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(continuousBernoulli({ logits: [0] }).logProb([0.3]), 0);
 * // Its normaliser is what the cross entropy of grey pixels lacks.
 * const p = continuousBernoulli({ logits: [2] });
 * const crossEntropy = bernoulli({ logits: [2] }).logProb([0.3]);
 * assertAlmostEquals(p.logProb([0.3]), crossEntropy + p.logNormalizer[0]);
 * ```
 */
export function continuousBernoulli(
  { logits }: { logits: Vector },
): ContinuousBernoulli {
  requireEach(logits, Number.isFinite, {
    act: "make a continuous Bernoulli distribution",
    name: "logits",
    must: "be finite",
  });
  return new IndependentContinuousBernoulli(logits);
}

class IndependentContinuousBernoulli implements ContinuousBernoulli {
  readonly kind = "continuousBernoulli";
  readonly dim: number;

  constructor(readonly logits: Vector) {
    this.dim = logits.length;
  }

  get mean(): Vector {
    return this.logits.map(meanAt);
  }

  get variance(): Vector {
    return this.logits.map(varianceAt);
  }

  get logNormalizer(): Vector {
    return this.logits.map((l) => softplus(l) - logPartition(l));
  }

  logProb(x: Vector): number {
    const act = "evaluate a continuous Bernoulli logProb";
    requireLength(x, this.dim, act);
    requireEach(x, (value) => value >= 0 && value <= 1, {
      act,
      name: "x",
      must: "lie in [0, 1]",
    });
    // From the nearer end, where l x - ln int exp(l x) dx loses nothing.
    return this.logits.reduce((sum, l, i) => {
      const size = Math.abs(l);
      const distance = l > 0 ? 1 - x[i] : x[i];
      return sum - size * distance - logPartition(-size);
    }, 0);
  }

  sample(random: Random): number[] {
    return this.logits.map((l) => quantile(random.uniform(), l));
  }
}

/** ln int_0^1 exp(l x) dx = ln((exp(l) - 1) / l). */
function logPartition(l: number): number {
  if (l === 0) return 0;
  const size = Math.abs(l);
  return Math.max(l, 0) + Math.log(-Math.expm1(-size) / size);
}

/**
 * B_2n / (2n)!, the Taylor coefficients of 1 / (1 - exp(-l)) - 1 / l - 1 / 2 at
 * l^(2n - 1): they fall by (2 pi)^2, so that ten are exact up to |l| = 1.
 */
const TAYLOR = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
  -3617 / 10670622842880000,
  43867 / 5109094217170944000,
  -174611 / 802857662698291200000,
];

/** d/dl ln int exp(l x) dx: 1 / (1 - exp(-l)) - 1 / l. */
function meanAt(l: number): number {
  if (Math.abs(l) >= 1) return -1 / Math.expm1(-l) - 1 / l;
  return 0.5 + l * TAYLOR.reduceRight((sum, c) => sum * l * l + c, 0);
}

/** Its derivative: 1 / l^2 - 1 / (4 sinh(l / 2)^2). */
function varianceAt(l: number): number {
  if (Math.abs(l) >= 1) return 1 / (l * l) - 1 / (4 * Math.sinh(l / 2) ** 2);
  return TAYLOR.reduceRight((sum, c, n) => sum * l * l + (2 * n + 1) * c, 0);
}

/** Where the distribution function is u; 1 - x has the logit -l. */
function quantile(u: number, l: number): number {
  const size = Math.abs(l);
  // Uniform to the last bit; the product below would round where l is subnormal.
  if (size < 2 ** -60) return u;
  // exp(size) would overflow; from the end where the mass is nothing does.
  const below = l > 0 ? 1 - u : u;
  const x = Math.log1p(below * Math.expm1(-size)) / -size;
  return l > 0 ? 1 - x : x;
}
