import type { DifferentiableLogDensity } from "../distributions/mod.ts";
import { sigmoid, type Vector } from "../math/mod.ts";
import { requireCount } from "./log_weight.ts";

/** From where to where annealing goes, and over which stations. */
export interface AnnealingPath {
  /** f_0, a diagonal normal: the prior N(0, I), or q(z|x). */
  readonly initial: { readonly mean: Vector; readonly scale: Vector };
  /** f_1 = p(x,z) as a function of z, with its gradient. */
  readonly logJoint: DifferentiableLogDensity;
  /** The exponents b_0 = 0 < ... < b_T = 1 of `f_b = f_0^(1-b) f_1^b`. */
  readonly schedule: Vector;
}

/**
 * Exponents in equal steps: b_t = t / T.
 *
 * @param numSteps T, at least 1.
 * @returns `[T + 1]` numbers from 0 to 1.
 * @throws {RangeError} If T is no positive integer.
 *
 * @example Four steps
 * ```ts
 * import { linearSchedule } from "elbo/estimators";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(linearSchedule(4), [0, 0.25, 0.5, 0.75, 1]);
 * ```
 */
export function linearSchedule(numSteps: number): number[] {
  requireCount("numSteps", numSteps);
  return Array.from({ length: numSteps + 1 }, (_, t) => t / numSteps);
}

/**
 * Exponents that go slowly at both ends.
 *
 * `b_t = (s(u_t) - s(-4)) / (s(4) - s(-4))`, `u_t = 4 (2 t / T - 1)`, s the logistic
 * function (Grosse et al. 2015, arXiv 1511.02543, and Wu et al. 2017, arXiv 1611.04273).
 * From the prior to a posterior that is much narrower, most happens at small b.
 *
 * @param numSteps T, at least 1.
 * @returns `[T + 1]` numbers from 0 to 1.
 * @throws {RangeError} If T is no positive integer.
 *
 * @example Small steps at the ends
 * ```ts
 * import { sigmoidSchedule } from "elbo/estimators";
 * import { assertAlmostEquals, assertLess } from "@std/assert";
 *
 * const [b0, b1, b2, b3, b4] = sigmoidSchedule(4);
 * assertLess(b1 - b0, (b2 - b1) / 2);
 * assertAlmostEquals(b3 + b1, b4);
 * ```
 */
export function sigmoidSchedule(numSteps: number): number[] {
  requireCount("numSteps", numSteps);
  const first = sigmoid(-4), whole = sigmoid(4) - first;
  return Array.from({ length: numSteps + 1 }, (_, t) => {
    if (t === numSteps) return 1;
    return (sigmoid(4 * (2 * t / numSteps - 1)) - first) / whole;
  });
}

/**
 * Exponents that begin very small: b_t = (t / T)^4.
 *
 * Friel and Pettitt 2008 (section 2.2.1) recommend powers of 3 to 5. Where ln p(x|z)
 * ranges over many nats under the prior, as under a trained decoder, the station at
 * which it begins to matter is near 0, and the way from there to 1 goes by ratios of b
 * rather than by differences.
 *
 * @param numSteps T, at least 1.
 * @returns `[T + 1]` numbers from 0 to 1.
 * @throws {RangeError} If T is no positive integer.
 *
 * @example The first of ten steps is a ten-thousandth
 * ```ts
 * import { powerSchedule } from "elbo/estimators";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(powerSchedule(10)[1], 1e-4);
 * ```
 */
export function powerSchedule(numSteps: number): number[] {
  return linearSchedule(numSteps).map((share) => share ** 4);
}

/**
 * Points of some chains, where f_0 is N(0, I), and ln f_1 - ln f_0 there.
 *
 * In the coordinates u = (z - mean) / scale of the start every station of the path is
 * `ln f_b(u) = -|u|^2 / 2 + b ratio(u)` and a constant.
 */
export interface ChainState {
  /** u, row-major `[numChains, dim]`. */
  readonly points: Float64Array;
  /** ln f_1 - ln f_0, in nats, `[numChains]`. */
  readonly ratios: Float64Array;
  /** The gradient of the ratio by u, row-major `[numChains, dim]`. */
  readonly slopes: Float64Array;
}

/** Makes the states of chains from their points u. */
export type StateAt = (points: Float64Array) => ChainState;

/** Whitens the path: states as functions of u. */
export function statesOf({ initial, logJoint }: AnnealingPath): StateAt {
  const { mean, scale } = initial;
  const dim = mean.length;
  const constant = scale.reduce((sum, s) => sum + Math.log(s), 0) +
    dim * Math.log(2 * Math.PI) / 2;
  return (points) => {
    const { values, gradients } = logJoint(
      points.map((u, i) => mean[i % dim] + scale[i % dim] * u),
    );
    const ratios = values.map((value, chain) => {
      let squares = 0;
      for (let j = chain * dim; j < (chain + 1) * dim; j++) squares += points[j] ** 2;
      return value + constant + squares / 2;
    });
    const slopes = gradients.map((slope, i) => slope * scale[i % dim] + points[i]);
    return { points, ratios, slopes };
  };
}

/** Refuses a path that does not lead from 0 to 1, or whose start is no normal. */
export function checkPath({ initial, schedule }: AnnealingPath): void {
  const ascends = schedule.every((b, t) => t === 0 ? b === 0 : b > schedule[t - 1]);
  if (schedule.length < 2 || !ascends || schedule[schedule.length - 1] !== 1) {
    throw new RangeError(
      "Cannot anneal as schedule must ascend from 0 to 1: it has " +
        `${schedule.length} numbers from ${schedule[0]} to ${schedule.at(-1)}`,
    );
  }
  const { mean, scale } = initial;
  if (
    mean.length === 0 || mean.length !== scale.length ||
    !scale.every((s) => s > 0 && s < Infinity) || !mean.every(Number.isFinite)
  ) {
    throw new RangeError(
      "Cannot anneal as initial must have finite means and as many positive scales: " +
        `[${mean}] and [${scale}]`,
    );
  }
}
