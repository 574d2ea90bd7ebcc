import type { Estimate, Vector } from "../math/mod.ts";
import { type AnnealingOptions, defaults, drawStart } from "./annealing_chains.ts";
import { type AnnealingPath, type ChainState, statesOf } from "./annealing_path.ts";
import { logOfMeanWeight } from "./importance_log_marginal.ts";

/** Chains with their step sizes, frozen before they set out. */
export interface FrozenOptions extends AnnealingOptions {
  /** Of the moves at b_1, ..., b_(T-1), from {@linkcode tuneStepSizes}. */
  readonly stepSizes: Vector;
}

/** A bound on ln p(x) that holds on average, from annealed chains. */
export interface AnnealedEstimate extends Estimate {
  /** ln of each chain's weight, in nats, `[numChains]`. */
  readonly logWeights: Float64Array;
  /** How many equal weights would be worth as much, in `[1, numChains]`. */
  readonly effectiveSampleSize: number;
  /** The mean probability to accept a move. */
  readonly acceptance: number;
}

/**
 * Estimates ln p(x) from below by annealed importance sampling.
 *
 * A chain starts at a draw of f_0 and moves at b_1, ..., b_(T-1); its weight is
 * `ln w = sum_t (b_t - b_(t-1)) ln [f_1(z_(t-1)) / f_0(z_(t-1))]`, and E w = p(x)
 * exactly (Neal 2001). So `ln (1/n) sum_i w_i` lies below ln p(x) on average, and its
 * gap closes as the schedule grows. The standard error is the delta method's.
 *
 * @param path From f_0 to p(x, z).
 * @param options The chains and their frozen step sizes.
 * @returns A stochastic lower bound, in nats.
 * @throws {RangeError} If the path or an option is out of range.
 *
 * @example A normaliser that is known
 * ```ts
 * import {
 *   annealedLowerBound,
 *   linearSchedule,
 *   tuneStepSizes,
 * } from "elbo/estimators";
 * import { createRandom, STREAMS, zScore } from "elbo/math";
 * import { assertLess } from "@std/assert";
 *
 * // exp(-2 (z - 1)^2) has the integral sqrt(pi / 2).
 * const path = {
 *   initial: { mean: [0], scale: [1] },
 *   logJoint: (z: Float64Array) => ({
 *     values: z.map((v) => -2 * (v - 1) ** 2),
 *     gradients: z.map((v) => -4 * (v - 1)),
 *   }),
 *   schedule: linearSchedule(50),
 * };
 * const dice = (row: number) =>
 *   createRandom({ seed: 0, stream: STREAMS.monteCarlo, row });
 * const stepSizes = tuneStepSizes(path, { random: dice(0) });
 * const lower = annealedLowerBound(path, { stepSizes, random: dice(1) });
 * assertLess(Math.abs(zScore(lower, Math.log(Math.PI / 2) / 2)), 5);
 * ```
 */
export function annealedLowerBound(
  path: AnnealingPath,
  options: FrozenOptions,
): AnnealedEstimate {
  const { numChains, random } = defaults(path, options);
  const start = drawStart(path, { numChains, random });
  const { logWeights, acceptance } = walkPath(path, start, {
    ...options,
    direction: "forward",
  });
  return { ...logOfMeanWeight(logWeights), logWeights, acceptance };
}

/**
 * Estimates ln p(x) from above by the same chains, walked backwards.
 *
 * From an exact draw of p(z|x) a chain moves at b_(T-1), ..., b_1; with the weight of
 * the same formula E (1 / w) = 1 / p(x), so `-ln (1/n) sum_i 1 / w_i` lies above
 * ln p(x) on average (Grosse, Ghahramani and Adams 2015, arXiv 1511.02543). Where x was
 * simulated from the model, the z that made it is such a draw; no other way gives one
 * for most models, so real data have no upper bound. From one draw all chains set out
 * together: the bound holds, but the standard error says nothing of that draw's luck.
 *
 * @param path From f_0 to p(x, z).
 * @param options The chains, their frozen step sizes, and `posteriorDraws`, exact draws
 * of p(z|x), `[1 or more, dim]`: chain i starts at draw i, or at i modulo their number.
 * @returns A stochastic upper bound, in nats.
 * @throws {RangeError} If the path, an option or a draw is out of range.
 *
 * @example With the posterior for f_0 both bounds are exact
 * ```ts
 * import { annealedUpperBound, linearSchedule } from "elbo/estimators";
 * import { createRandom, STREAMS } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const upper = annealedUpperBound({
 *   initial: { mean: [0], scale: [1] },
 *   logJoint: (z: Float64Array) => ({
 *     values: z.map((v) => -7 - v * v / 2),
 *     gradients: z.map((v) => -v),
 *   }),
 *   schedule: linearSchedule(3),
 * }, {
 *   posteriorDraws: [[0.4]],
 *   stepSizes: [1, 1],
 *   random: createRandom({ seed: 0, stream: STREAMS.monteCarlo }),
 * });
 * assertAlmostEquals(upper.mean, -7 + Math.log(2 * Math.PI) / 2, 1e-12);
 * ```
 */
export function annealedUpperBound(
  path: AnnealingPath,
  options: FrozenOptions & { readonly posteriorDraws: readonly Vector[] },
): AnnealedEstimate {
  const { numChains } = defaults(path, options);
  const { initial: { mean, scale } } = path;
  const dim = mean.length;
  const draws = options.posteriorDraws;
  if (draws.length === 0 || draws.some((z) => z.length !== dim)) {
    throw new RangeError(
      `Cannot anneal as posteriorDraws must be points of ${dim} numbers: they are ` +
        `[${draws.map((z) => z.length)}] long`,
    );
  }
  const start = Float64Array.from({ length: numChains * dim }, (_, i) => {
    const j = i % dim;
    return (draws[Math.floor(i / dim) % draws.length][j] - mean[j]) / scale[j];
  });
  const { logWeights, acceptance } = walkPath(path, statesOf(path)(start), {
    ...options,
    direction: "reverse",
  });
  const inverse = logOfMeanWeight(logWeights.map((logWeight) => -logWeight));
  return { ...inverse, mean: -inverse.mean, logWeights, acceptance };
}

function walkPath(
  path: AnnealingPath,
  start: ChainState,
  options: FrozenOptions & { direction: "forward" | "reverse" },
): { logWeights: Float64Array; acceptance: number } {
  const { leapfrogSteps, random, kernel } = defaults(path, options);
  const { schedule } = path;
  const numSteps = schedule.length - 1;
  const { stepSizes, direction } = options;
  if (stepSizes.length !== numSteps - 1) {
    throw new RangeError(
      `Cannot anneal as stepSizes must hold one for each of ${numSteps - 1} stations ` +
        `inside the schedule: ${stepSizes.length}`,
    );
  }
  const stateAt = statesOf(path);
  const logWeights = new Float64Array(start.ratios.length);
  let state = start, acceptance = 0;
  for (let i = 1; i <= numSteps; i++) {
    // Forward the weight of step t is taken at z_(t-1), before the move at b_t;
    // backward it is taken there too, and the move at b_(t-1) follows.
    const t = direction === "forward" ? i : numSteps + 1 - i;
    const rise = schedule[t] - schedule[t - 1];
    state.ratios.forEach((ratio, chain) => logWeights[chain] += rise * ratio);
    if (i === numSteps) break;
    const station = direction === "forward" ? t : t - 1;
    const moved = kernel(state, {
      exponent: schedule[station],
      stepSize: stepSizes[station - 1],
      ...{ leapfrogSteps, stateAt, random },
    });
    state = moved.state;
    acceptance += moved.acceptance / (numSteps - 1);
  }
  return { logWeights, acceptance };
}
