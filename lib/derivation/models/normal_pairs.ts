import { kl, type Normal, normal } from "../../distributions/mod.ts";
import { integrate, integratePlane, type Random, type Vector } from "../../math/mod.ts";
import type { Setting } from "../entry.ts";
import { once } from "../once.ts";
import { logDiagonalDensity } from "./densities.ts";
import type { NormalParameters } from "./parameters.ts";

/** Two normals, by the library. */
export interface PairLibrary {
  readonly q: Normal;
  readonly p: Normal;
  kl(): number;
  drawQ(random: Random): Vector;
}

/** Two normals, by densities written out and integrals over the line or the plane. */
export interface PairWitness {
  readonly q: NormalParameters;
  readonly p: NormalParameters;
  logQ(z: Vector): number;
  logP(z: Vector): number;
  integrate(f: (z: Vector) => number): number;
  /** E_q f(z). */
  expectQ(f: (z: Vector) => number): number;
  /** E_p f(z). */
  expectP(f: (z: Vector) => number): number;
}

export type PairSetting = Setting<PairLibrary, PairWitness>;

/** On the line adaptive, in the plane the trapezoid rule at a quarter of a scale. */
function integral(dim: number, f: (z: Vector) => number): number {
  return dim === 1
    ? integrate((z) => f([z]), { from: -16, to: 16, tolerance: 1e-12 }).value
    : integratePlane(f, { center: [0, 0], halfWidth: 12, numNodes: 161 });
}

function witnessOf(q: NormalParameters, p: NormalParameters): PairWitness {
  const dim = q.mean.length;
  const logQ = (z: Vector) => logDiagonalDensity(z, q.mean, q.scale);
  const logP = (z: Vector) => logDiagonalDensity(z, p.mean, p.scale);
  const over = (f: (z: Vector) => number) => integral(dim, f);
  return {
    q,
    p,
    logQ,
    logP,
    integrate: over,
    expectQ: (f) => over((z) => Math.exp(logQ(z)) * f(z)),
    expectP: (f) => over((z) => Math.exp(logP(z)) * f(z)),
  };
}

function pairOf(name: string, q: NormalParameters, p: NormalParameters): PairSetting {
  return {
    name,
    precision: {
      relative: 1e-11,
      reason: "quadrature to 1e-12 of int |f|, ten times that for sums of several",
    },
    faces: once(() => {
      const library = { q: normal(q), p: normal(p) };
      return {
        library: {
          ...library,
          kl: () => kl(library.q, library.p),
          drawQ: (random) => library.q.sample(random),
        },
        witness: witnessOf(q, p),
      };
    }),
  };
}

/** Any two normals. */
export const pairSettings: readonly PairSetting[] = [
  pairOf(
    "1-D, narrow in wide",
    { mean: [0.5], scale: [0.6] },
    { mean: [-0.3], scale: [1.4] },
  ),
  pairOf(
    "1-D, wide on narrow",
    { mean: [1.1], scale: [1.3] },
    { mean: [0.2], scale: [0.7] },
  ),
  pairOf(
    "2-D diagonal",
    { mean: [0.4, -0.8], scale: [0.6, 1.2] },
    { mean: [-0.2, 0.3], scale: [1.4, 0.7] },
  ),
];

/** A normal and the standard normal. */
export const standardPairSettings: readonly PairSetting[] = [
  pairOf(
    "1-D and N(0, 1)",
    { mean: [0.7], scale: [0.6] },
    { mean: [0], scale: [1] },
  ),
  pairOf(
    "2-D and N(0, I)",
    { mean: [-0.9, 0.4], scale: [0.7, 1.3] },
    { mean: [0, 0], scale: [1, 1] },
  ),
];
