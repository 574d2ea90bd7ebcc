import { logSumExp, type Random, summarize } from "../math/mod.ts";
import { type AnnealingOptions, defaults, drawStart } from "./annealing_chains.ts";
import { type AnnealingPath, type ChainState, statesOf } from "./annealing_path.ts";

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
