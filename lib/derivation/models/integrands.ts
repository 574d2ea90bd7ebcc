import { type Normal, normal, reparameterize } from "../../distributions/mod.ts";
import { expectNormal, integrate } from "../../math/mod.ts";
import type { Setting } from "../entry.ts";
import { once } from "../once.ts";
import { logNormalDensity } from "./densities.ts";
import { type Integrand, integrands } from "./parameters.ts";

/** A function under a normal q, by the library: everything through the noise. */
export interface NoiseLibrary {
  readonly q: Normal;
  f(z: number): number;
  slope(z: number): number;
  /** E over eps ~ N(0, 1). */
  expectNoise(g: (eps: number) => number): number;
  /** mean + scale eps. */
  latentOf(eps: number): number;
}

/** A function under a normal q, by the witness: everything through the density of z. */
export interface DensityWitness {
  readonly mean: number;
  readonly scale: number;
  f(z: number): number;
  /** df/dz by central differences. */
  slope(z: number): number;
  /** int q(z; mean, scale) g(z) dz, at other parameters if they are given. */
  expect(
    g: (z: number) => number,
    parameters?: { readonly mean?: number; readonly scale?: number },
  ): number;
}

export type IntegrandSetting = Setting<NoiseLibrary, DensityWitness>;

function settingOf(name: string, integrand: Integrand): IntegrandSetting {
  const { f, slope, mean, scale } = integrand;
  return {
    name,
    precision: { relative: 1e-10, reason: "quadrature to 1e-12 of int |f|" },
    faces: once(() => {
      const q = normal({ mean: [mean], scale: [scale] });
      return {
        library: {
          q,
          f,
          slope,
          expectNoise: (g) => expectNormal(g, { mean: 0, scale: 1, numNodes: 128 }),
          latentOf: (eps) => reparameterize({ ...q, eps: [eps] })[0],
        },
        witness: {
          mean,
          scale,
          f,
          slope: (z) => (f(z + STEP) - f(z - STEP)) / (2 * STEP),
          expect: (g, { mean: m = mean, scale: s = scale } = {}) =>
            integrate((z) => Math.exp(logNormalDensity(z, m, s)) * g(z), {
              from: m - 12 * s,
              to: m + 12 * s,
              tolerance: 1e-12,
            }).value,
        },
      };
    }),
  };
}

const STEP = 1e-5;

/** ln p(x,z) of the linear-Gaussian model and the curve: what a VAE differentiates. */
export const modelIntegrands: readonly IntegrandSetting[] = [
  settingOf("ln p(x,z), linear-Gaussian", integrands.line),
  settingOf("ln p(x,z), curve", integrands.curve),
];

/** Functions that swing faster than q is wide. */
export const oscillations: readonly IntegrandSetting[] = [
  settingOf("sin 6z", integrands.sine),
  settingOf("cos 7z + z/2", integrands.cosine),
];
