import {
  type Estimate,
  logSumExp,
  type Random,
  summarize,
  type Vector,
} from "../math/mod.ts";
import {
  type AnnealingPath,
  type ChainState,
  checkPath,
  statesOf,
} from "./annealing_path.ts";
import { hamiltonianKernel, type Kernel } from "./hamiltonian.ts";
import { logOfMeanWeight } from "./importance_log_marginal.ts";
import { requireCount } from "./log_weight.ts";

/** How many chains walk, how, and on whose dice. */
export interface AnnealingOptions {
  /** Independent chains, at least 2 for a standard error; 16 unless told. */
  readonly numChains?: number;
  /** Leapfrog steps of a move, 10 unless told. */
  readonly leapfrogSteps?: number;
  /** Where the draws come from. */
  readonly random: Random;
  /** What moves the chains, Hamiltonian Monte Carlo unless told. */
  readonly kernel?: Kernel;
}

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

/** The mean probability to accept that {@linkcode tuneStepSizes} aims at. */
const TARGET_ACCEPTANCE = 0.75;
/** Where a pilot run begins, in units of the start's scales. */
const FIRST_STEP_SIZE = 0.5;
/** How far ln stepSize moves for a whole unit of acceptance. */
const TUNING_RATE = 0.4;
/** Moves of a pilot run, at least: a short schedule gets several at each station. */
const PILOT_MOVES = 100;

/**
 * Finds a step size for each station of a path by a pilot run of its own.
 *
 * The size follows the acceptance of the chains, aiming at 3/4, while they walk from
 * the start to the end. A measured run takes what was found as given: a size that
 * still listened to its own chain would break the invariance, and with it the bounds.
 *
 * @param path The path.
 * @param options The chains, and dice that the measured run does not share.
 * @returns `[T - 1]` step sizes, in units of the start's scales.
 * @throws {RangeError} If the path or an option is out of range.
 *
 * @example A normal that is ten times as narrow wants small steps in the end
 * ```ts
 * import { linearSchedule, tuneStepSizes } from "elbo/estimators";
 * import { createRandom, STREAMS } from "elbo/math";
 * import { assertLess } from "@std/assert";
 *
 * const sizes = tuneStepSizes({
 *   initial: { mean: [0], scale: [1] },
 *   logJoint: (z) => ({
 *     values: z.map((v) => -50 * v * v),
 *     gradients: z.map((v) => -100 * v),
 *   }),
 *   schedule: linearSchedule(50),
 * }, { random: createRandom({ seed: 0, stream: STREAMS.monteCarlo }) });
 * assertLess(sizes[48], sizes[0]);
 * ```
 */
export function tuneStepSizes(
  path: AnnealingPath,
  options: AnnealingOptions,
): number[] {
  return pilotRun(path, options).stepSizes;
}

/** Moves at the end of the path from whose points a start is made. */
const START_MOVES = 20;
/** How much wider the start is than those points: chains of a narrow one miss tails. */
const START_WIDTH = 1.5;

/**
 * Finds a better start for a path: a diagonal normal about where its chains end.
 *
 * A pilot run walks to p(z|x), its chains are drawn anew by their weights and walk on
 * there; the start has their mean and one and a half times their standard deviations.
 * From there a far shorter path is as good. As the pilot came from the prior, no hump
 * of the posterior is missed for being far from what an encoder said.
 *
 * @param path The first path, from the prior, say.
 * @param options The chains, and dice that nothing else shares.
 * @returns Mean and scale, the `initial` of the next path.
 * @throws {RangeError} If the path or an option is out of range.
 *
 * @example From N(0, 1) to N(3, 1/100)
 * ```ts
 * import { fitStart, powerSchedule } from "elbo/estimators";
 * import { createRandom, STREAMS } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { mean, scale } = fitStart({
 *   initial: { mean: [0], scale: [1] },
 *   logJoint: (z) => ({
 *     values: z.map((v) => -50 * (v - 3) ** 2),
 *     gradients: z.map((v) => -100 * (v - 3)),
 *   }),
 *   schedule: powerSchedule(50),
 * }, { random: createRandom({ seed: 0, stream: STREAMS.monteCarlo }) });
 * assertAlmostEquals(mean[0], 3, 0.05);
 * assertAlmostEquals(scale[0], 0.15, 0.05);
 * ```
 */
export function fitStart(
  path: AnnealingPath,
  options: AnnealingOptions,
): { mean: number[]; scale: number[] } {
  const { leapfrogSteps, random, kernel } = defaults(path, options);
  const pilot = pilotRun(path, options);
  const stateAt = statesOf(path);
  const stepSize = pilot.stepSizes.at(-1) ?? FIRST_STEP_SIZE;
  const dim = path.initial.mean.length;
  let state = stateAt(drawnAnew(pilot, { dim, random }));
  const columns = path.initial.mean.map((): number[] => []);
  for (let move = 0; move < START_MOVES; move++) {
    const walk = { exponent: 1, stepSize, leapfrogSteps, stateAt, random };
    state = kernel(state, walk).state;
    state.points.forEach((u, i) => columns[i % dim].push(u));
  }
  const { mean, scale } = path.initial;
  const moments = columns.map(summarize);
  return {
    mean: moments.map((moment, j) => mean[j] + scale[j] * moment.mean),
    scale: moments.map(({ standardError, numSamples }, j) =>
      START_WIDTH * scale[j] * standardError * Math.sqrt(numSamples)
    ),
  };
}

/** Chains chosen in proportion to their weights, by one uniform for all. */
function drawnAnew(
  { state: { points }, logWeights }: PilotRun,
  { dim, random }: { dim: number; random: Random },
): Float64Array {
  const count = logWeights.length;
  const logTotal = logSumExp([...logWeights]);
  const offset = random.uniform();
  const drawn = new Float64Array(points.length);
  let chain = 0, sum = Math.exp(logWeights[0] - logTotal);
  for (let i = 0; i < count; i++) {
    while (chain < count - 1 && sum * count < i + offset) {
      sum += Math.exp(logWeights[++chain] - logTotal);
    }
    drawn.set(points.subarray(chain * dim, (chain + 1) * dim), i * dim);
  }
  return drawn;
}

/** Where a pilot run ended, and what it found on the way. */
interface PilotRun {
  readonly state: ChainState;
  /** Of each chain, in nats: as the sizes moved with it, only about right. */
  readonly logWeights: Float64Array;
  readonly stepSizes: number[];
}

function pilotRun(path: AnnealingPath, options: AnnealingOptions): PilotRun {
  const { numChains, leapfrogSteps, random, kernel } = defaults(path, options);
  const stateAt = statesOf(path);
  const { schedule } = path;
  const moves = Math.ceil(PILOT_MOVES / Math.max(1, schedule.length - 2));
  const logWeights = new Float64Array(numChains);
  const stepSizes: number[] = [];
  let state = drawStart(path, { numChains, random });
  let logSize = Math.log(FIRST_STEP_SIZE);
  for (let t = 1; t < schedule.length; t++) {
    const rise = schedule[t] - schedule[t - 1];
    state.ratios.forEach((ratio, chain) => logWeights[chain] += rise * ratio);
    if (t === schedule.length - 1) break;
    for (let move = 0; move < moves; move++) {
      const stepSize = Math.exp(logSize);
      const walk = { exponent: schedule[t], stepSize, leapfrogSteps, stateAt, random };
      const moved = kernel(state, walk);
      state = moved.state;
      logSize += TUNING_RATE * (moved.acceptance - TARGET_ACCEPTANCE);
    }
    stepSizes.push(Math.exp(logSize));
  }
  return { state, logWeights, stepSizes };
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

function drawStart(
  path: AnnealingPath,
  { numChains, random }: { numChains: number; random: Random },
): ChainState {
  const size = numChains * path.initial.mean.length;
  return statesOf(path)(Float64Array.from({ length: size }, () => random.normal()));
}

function defaults(path: AnnealingPath, options: AnnealingOptions) {
  checkPath(path);
  const { numChains = 16, leapfrogSteps = 10, kernel = hamiltonianKernel } = options;
  requireCount("numChains", numChains);
  requireCount("leapfrogSteps", leapfrogSteps);
  return { numChains, leapfrogSteps, kernel, random: options.random };
}
