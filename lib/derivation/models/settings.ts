import type { Setting } from "../entry.ts";
import { once } from "../once.ts";
import type { Precision } from "../types.ts";
import type { LatentLibrary, LatentWitness } from "./faces.ts";
import {
  coinsLibrary,
  curveLibrary,
  linearLibrary,
  smallNetworkLibrary,
} from "./library_models.ts";
import { networkLibrary } from "./network.ts";
import { networkAbsent, networkData } from "./network_data.ts";
import { networkWitness } from "./network_witness.ts";
import { line, plane } from "./parameters.ts";
import {
  coinsWitness,
  curveWitness,
  linearWitness,
  smallNetworkWitness,
} from "./witness_models.ts";

/** A latent model with both of its faces. */
export type LatentSetting = Setting<LatentLibrary, LatentWitness>;

const ENUMERATION: Precision = {
  relative: 400 * 2 ** -52,
  reason: "50 eps for each of the 8 terms of a sum over 3 latents",
};
const ADAPTIVE: Precision = {
  relative: 1e-11,
  reason: "quadrature to 1e-12 of int |f|, ten times that for sums of several",
};
const TRAPEZOID: Precision = {
  relative: 1e-11,
  reason: "trapezoid rule at a third of the narrowest scale: rounding of 6561 terms",
};
const GRID: Precision = {
  relative: 1e-10,
  reason: "successive grids of the posterior agree within 1e-10",
};

const NETWORK: Precision = {
  relative: 1e-10,
  reason: "successive grids of the posterior agree within 1e-8 of about 135 nats",
};

function latent(
  name: string,
  precision: Precision,
  faces: { library: () => LatentLibrary; witness: () => LatentWitness },
): LatentSetting {
  const made = once(() => ({ library: faces.library(), witness: faces.witness() }));
  return { name, precision, faces: made };
}

/** One latent, one datum, all normal: everything in closed form. */
export const lineSetting = latent("linear-Gaussian 1-D", ADAPTIVE, {
  library: () => linearLibrary(line),
  witness: () => linearWitness(line),
});

/** Two latents, three data, all normal; q is diagonal, the posterior is not. */
export const planeSetting = latent("linear-Gaussian 2-D", TRAPEZOID, {
  library: () => linearLibrary(plane),
  witness: () => linearWitness(plane),
});

/** A latent of three values, four Bernoulli pixels: enumeration. */
export const coinsSetting = latent("discrete", ENUMERATION, {
  library: coinsLibrary,
  witness: coinsWitness,
});

/** x = z^2 + noise: a posterior of two modes. */
export const curveSetting = latent("curve", GRID, {
  library: curveLibrary,
  witness: curveWitness,
});

/** One latent, a tanh layer, four Bernoulli pixels. */
export const smallNetworkSetting = latent("small network", GRID, {
  library: smallNetworkLibrary,
  witness: smallNetworkWitness,
});

/** A network trained on MNIST, two latents: ln p(x) of a real image, a zero. */
export const mnistSetting: LatentSetting = {
  ...latent("MNIST network", NETWORK, {
    library: networkLibrary,
    witness: () => networkWitness(networkData()),
  }),
  effort: 0.08,
  absent: networkAbsent,
};

/** The models that every statement on a bound holds on. */
export const latentSettings: readonly LatentSetting[] = [
  lineSetting,
  planeSetting,
  coinsSetting,
  curveSetting,
  smallNetworkSetting,
];

/** The same with the trained network. */
export const withNetwork: readonly LatentSetting[] = [...latentSettings, mnistSetting];
