import type { Random } from "../math/mod.ts";
import {
  type AnnealingPath,
  type ChainState,
  checkPath,
  statesOf,
} from "./annealing_path.ts";
import { hamiltonianKernel, type Kernel } from "./hamiltonian.ts";
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

/** Chains at draws of the start. */
export function drawStart(
  path: AnnealingPath,
  { numChains, random }: { numChains: number; random: Random },
): ChainState {
  const size = numChains * path.initial.mean.length;
  return statesOf(path)(Float64Array.from({ length: size }, () => random.normal()));
}

/** The options, checked and complete. */
export function defaults(path: AnnealingPath, options: AnnealingOptions) {
  checkPath(path);
  const { numChains = 16, leapfrogSteps = 10, kernel = hamiltonianKernel } = options;
  requireCount("numChains", numChains);
  requireCount("leapfrogSteps", leapfrogSteps);
  return { numChains, leapfrogSteps, kernel, random: options.random };
}
