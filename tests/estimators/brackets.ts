import type { Distribution } from "elbo/distributions";
import {
  annealedLowerBound,
  annealedUpperBound,
  type AnnealingOptions,
  type AnnealingPath,
  type Kernel,
  linearSchedule,
  tuneStepSizes,
} from "elbo/estimators";
import { linearGaussian } from "elbo/exact";
import { createRandom, type Estimate, STREAMS, type Vector } from "elbo/math";
// The proposal alone is no part of the public surface: only a test leaves the coin out.
import { leapfrogPaths } from "../../lib/estimators/hamiltonian.ts";

/** Two latents whose posterior is about half as wide as the prior. */
export const bracketModel = linearGaussian({
  weight: [[1, 0.4], [-0.3, 0.9], [0.5, 0.5]],
  bias: [0.2, -0.1, 0.4],
  scale: 0.5,
});

/** A chain without its accept step: whatever the leapfrog proposes is taken. */
export const withoutAccept: Kernel = (state, walk) => ({
  state: leapfrogPaths(state, walk).state,
  acceptance: 0.75, // What tuning aims at: the step sizes stay where they are.
});

/** ln p(x) and both bounds on it. */
export interface Bracket {
  readonly truth: number;
  readonly lower: Estimate;
  readonly upper: Estimate;
}

/** Whether truth lies between the bounds, give or take five standard errors. */
export function holds({ truth, lower, upper }: Bracket): boolean {
  return lower.mean - 5 * lower.standardError <= truth &&
    truth <= upper.mean + 5 * upper.standardError;
}

/** Simulates x from the linear-Gaussian model and brackets ln p(x), known in full. */
export function bracket(
  { seed, numSteps, kernel }: { seed: number; numSteps: number; kernel?: Kernel },
): Bracket {
  const dice = (row: number) => createRandom({ seed, stream: STREAMS.test, row });
  const truthDice = dice(0);
  const z = bracketModel.prior.sample(truthDice);
  const x = bracketModel.likelihood(z).sample(truthDice);
  const path = {
    initial: bracketModel.prior,
    logJoint: bracketModel.logJoint(x),
    schedule: linearSchedule(numSteps),
  };
  const posterior = bracketModel.exactPosterior(x);
  const bounds = boundsOf(path, { posterior, kernel, dice });
  return { truth: bracketModel.logMarginal(x), ...bounds };
}

/**
 * Tunes, then walks forward and, from the posterior, backward, on fresh dice.
 *
 * Each chain has a draw of its own: chains that share one set out together, and their
 * standard error is then too small.
 */
export function boundsOf(
  path: AnnealingPath,
  { posterior, kernel, dice }: Pick<AnnealingOptions, "kernel"> & {
    posterior: Distribution<Vector>;
    dice: (row: number) => AnnealingOptions["random"];
  },
): Pick<Bracket, "lower" | "upper"> {
  const numChains = 32;
  const options = { numChains, leapfrogSteps: 5, kernel };
  // Tuned with the real kernel: the planted one would have nothing to listen to.
  const stepSizes = tuneStepSizes(path, {
    ...options,
    kernel: undefined,
    random: dice(1),
  });
  const lower = annealedLowerBound(path, { ...options, stepSizes, random: dice(2) });
  const draws = dice(6);
  const upper = annealedUpperBound(path, {
    ...options,
    stepSizes,
    posteriorDraws: Array.from({ length: numChains }, () => posterior.sample(draws)),
    random: dice(3),
  });
  return { lower, upper };
}
