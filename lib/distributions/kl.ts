import { logSigmoid, type Matrix, sigmoid, type Vector } from "../math/mod.ts";
import type { Bernoulli } from "./bernoulli.ts";
import type { Categorical } from "./categorical.ts";
import { requireLength } from "./checks.ts";
import type { Distribution } from "./distribution.ts";
import { type MultivariateNormal, solveLower } from "./multivariate_normal.ts";
import type { Normal } from "./normal.ts";

/**
 * Computes the Kullback-Leibler divergence KL(q || p) in closed form.
 *
 * `KL(q || p) = E_q[ln q(x) - ln p(x)] >= 0`, in nats. For normal distributions, a
 * dimension each:
 *
 * `ln(s_p / s_q) + (s_q^2 + (m_q - m_p)^2) / (2 s_p^2) - 1/2`
 *
 * Where q puts mass and p none it is Infinity. Rounding never makes it negative.
 *
 * @param q The distribution that the expectation is taken under.
 * @param p The reference.
 * @returns Nats, at least 0.
 * @throws {TypeError} If no closed form is known: it is for two normals (diagonal or
 * full, in any mix), two Bernoullis and two categoricals.
 * @throws {RangeError} If dimensions or numbers of outcomes differ.
 *
 * @example To the standard normal
 * ```ts
 * import { kl, normal, standardNormal } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const q = normal({ mean: [1], scale: [2] });
 * assertAlmostEquals(kl(q, standardNormal(1)), -Math.log(2) + (4 + 1) / 2 - 1 / 2);
 * ```
 */
export function kl<Value>(q: Distribution<Value>, p: Distribution<Value>): number;
export function kl(
  q: Distribution<Vector> | Distribution<number>,
  p: Distribution<Vector> | Distribution<number>,
): number {
  if (isNormal(q) && isNormal(p)) return klDiagonal(q, p);
  if (isAnyNormal(q) && isAnyNormal(p)) return klFull(q, p);
  if (isBernoulli(q) && isBernoulli(p)) return klBernoulli(q, p);
  if (isCategorical(q) && isCategorical(p)) return klCategorical(q, p);
  throw new TypeError(
    `Cannot compute a KL as its closed form must be known: ${q.kind} and ${p.kind}; ` +
      `estimate E_q[ln q - ln p] instead`,
  );
}

function klDiagonal(q: Normal, p: Normal): number {
  requireLength(p.mean, q.dim, "compute a KL with p");
  let sum = 0;
  for (let i = 0; i < q.dim; i++) {
    const shift = (q.mean[i] - p.mean[i]) / p.scale[i];
    sum += klOfScales(q.scale[i], p.scale[i]) + shift * shift / 2;
  }
  return sum;
}

/** ln(s_p / s_q) + (s_q / s_p)^2 / 2 - 1/2 >= 0. */
function klOfScales(qScale: number, pScale: number): number {
  const excess = (qScale - pScale) / pScale;
  // Near 1 the ratio's logarithm and square cancel: written in its excess over 1
  // they keep their digits.
  const logRatio = Math.abs(excess) < 0.5
    ? Math.log1p(excess)
    : Math.log(qScale) - Math.log(pScale);
  return Math.max(0, excess + excess * excess / 2 - logRatio);
}

function klFull(
  q: Normal | MultivariateNormal,
  p: Normal | MultivariateNormal,
): number {
  requireLength(p.mean, q.dim, "compute a KL with p");
  const qFactor = factorOf(q), pFactor = factorOf(p);
  // trace(P^-1 Q) is the sum of squares of P's factor solved against Q's.
  let sum = -q.dim;
  for (let column = 0; column < q.dim; column++) {
    const solved = solveLower(pFactor, qFactor.map((row) => row[column]));
    sum += sumOfSquares(solved) +
      2 * (Math.log(pFactor[column][column]) - Math.log(qFactor[column][column]));
  }
  const shift = solveLower(pFactor, q.mean.map((m, i) => m - p.mean[i]));
  return Math.max(0, (sum + sumOfSquares(shift)) / 2);
}

function factorOf(distribution: Normal | MultivariateNormal): Matrix {
  if (distribution.kind === "multivariateNormal") return distribution.cholesky;
  const { scale } = distribution;
  return scale.map((s, i) => scale.map((_, j) => i === j ? s : 0));
}

function sumOfSquares(values: Vector): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

function klBernoulli(q: Bernoulli, p: Bernoulli): number {
  requireLength(p.logits, q.dim, "compute a KL with p");
  return q.logits.reduce((sum, logit, i) => {
    const one = klTerm(sigmoid(logit), logSigmoid(logit), logSigmoid(p.logits[i]));
    const zero = klTerm(sigmoid(-logit), logSigmoid(-logit), logSigmoid(-p.logits[i]));
    return sum + Math.max(0, one + zero);
  }, 0);
}

function klCategorical(q: Categorical, p: Categorical): number {
  requireLength(p.logits, q.logits.length, "compute a KL with p");
  const sum = q.probs.reduce(
    (total, prob, k) => total + klTerm(prob, q.logits[k], p.logits[k]),
    0,
  );
  return Math.max(0, sum);
}

/** q (ln q - ln p), and 0 where q is 0. */
function klTerm(prob: number, qLog: number, pLog: number): number {
  return prob === 0 ? 0 : prob * (qLog - pLog);
}

type Any = Distribution<Vector> | Distribution<number>;

function isNormal(distribution: Any): distribution is Normal {
  return distribution.kind === "normal";
}

function isAnyNormal(distribution: Any): distribution is Normal | MultivariateNormal {
  return isNormal(distribution) || distribution.kind === "multivariateNormal";
}

function isBernoulli(distribution: Any): distribution is Bernoulli {
  return distribution.kind === "bernoulli";
}

function isCategorical(distribution: Any): distribution is Categorical {
  return distribution.kind === "categorical";
}
