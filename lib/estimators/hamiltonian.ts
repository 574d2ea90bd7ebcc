import type { Random } from "../math/mod.ts";
import type { ChainState, StateAt } from "./annealing_path.ts";

/** A station of the path, and how to walk there. */
export interface Walk {
  /** b of the density `-|u|^2 / 2 + b ratio(u)` that is left invariant. */
  readonly exponent: number;
  /** The mean size of a leapfrog step, in the coordinates of u. */
  readonly stepSize: number;
  /** Leapfrog steps of one move. */
  readonly leapfrogSteps: number;
  /** Where the path's densities come from. */
  readonly stateAt: StateAt;
  /** The source of momenta, of the jitter and of the coins. */
  readonly random: Random;
}

/** Chains after a move. */
export interface Moved {
  /** Where they are now. */
  readonly state: ChainState;
  /** The mean over chains of the probability to accept, in [0, 1]. */
  readonly acceptance: number;
}

/** A Markov kernel on chains that leaves the density of a station invariant. */
export type Kernel = (state: ChainState, walk: Walk) => Moved;

/** The end of leapfrog paths, and what the energy rose by. */
export interface Proposal {
  readonly state: ChainState;
  /** Of the energy -ln f_b + |momentum|^2 / 2, in nats, `[numChains]`. */
  readonly energyRise: Float64Array;
}

/**
 * Moves every chain by one step of Hamiltonian Monte Carlo with its Metropolis test.
 *
 * Fresh momenta, `leapfrogSteps` of the leapfrog, and the end is taken with
 * probability min(1, exp(-energy rise)), so that the invariance is exact whatever the
 * step size (Neal 2011, arXiv 1206.1901). The move is reversible, so the reverse chain
 * uses it too.
 */
export function hamiltonianKernel(state: ChainState, walk: Walk): Moved {
  const proposal = leapfrogPaths(state, walk);
  const numChains = state.ratios.length;
  const dim = state.points.length / numChains;
  const next = {
    points: state.points.slice(),
    ratios: state.ratios.slice(),
    slopes: state.slopes.slice(),
  };
  let acceptance = 0;
  for (let chain = 0; chain < numChains; chain++) {
    // A rise that is no number comes of a path that flew apart: it is refused.
    const rise = proposal.energyRise[chain];
    const probability = Number.isNaN(rise) ? 0 : Math.min(1, Math.exp(-rise));
    acceptance += probability / numChains;
    if (walk.random.uniform() >= probability) continue;
    next.ratios[chain] = proposal.state.ratios[chain];
    for (let j = chain * dim; j < (chain + 1) * dim; j++) {
      next.points[j] = proposal.state.points[j];
      next.slopes[j] = proposal.state.slopes[j];
    }
  }
  return { state: next, acceptance };
}

/** The leapfrog from fresh momenta: the proposals, before any test. */
export function leapfrogPaths(state: ChainState, walk: Walk): Proposal {
  const { exponent, leapfrogSteps, stateAt, random } = walk;
  const numChains = state.ratios.length;
  const dim = state.points.length / numChains;
  // Drawn before the path, so that it stays reversible; without it a path may come
  // back to where it began, again and again.
  const stepSizes = Float64Array.from(
    { length: numChains },
    () => walk.stepSize * (0.8 + 0.4 * random.uniform()),
  );
  const momenta = state.points.map(() => random.normal());
  const before = energies(state, momenta, exponent);
  const kick = (at: ChainState, share: number) => {
    for (let i = 0; i < momenta.length; i++) {
      const force = exponent * at.slopes[i] - at.points[i];
      momenta[i] += share * stepSizes[Math.floor(i / dim)] * force;
    }
  };
  let end = state;
  kick(end, 0.5);
  for (let step = 1; step <= leapfrogSteps; step++) {
    end = stateAt(
      end.points.map((u, i) => u + stepSizes[Math.floor(i / dim)] * momenta[i]),
    );
    kick(end, step < leapfrogSteps ? 1 : 0.5);
  }
  const energyRise = energies(end, momenta, exponent).map((e, chain) =>
    e - before[chain]
  );
  return { state: end, energyRise };
}

function energies(
  { points, ratios }: ChainState,
  momenta: Float64Array,
  exponent: number,
): Float64Array {
  const dim = points.length / ratios.length;
  return ratios.map((ratio, chain) => {
    let squares = 0;
    for (let j = chain * dim; j < (chain + 1) * dim; j++) {
      squares += points[j] ** 2 + momenta[j] ** 2;
    }
    return squares / 2 - exponent * ratio;
  });
}
