import {
  initialWeights,
  klByDimension,
  type NetworkSpec,
  VARIANCE_FLOOR,
} from "../networks/mod.ts";
import { linearVaeGradient } from "./linear_vae_gradient.ts";

/** A linear VAE to train, by what its optimum depends on. */
export interface LinearVaeSetting {
  /** Of the covariance of the data, `[dataDim]`. */
  readonly eigenvalues: readonly number[];
  /** Numbers in one z. */
  readonly latentDim: number;
  /** s^2 of p(x|z); `shared`: learnt with the rest. */
  readonly variance: number | "shared";
  /** The weight of the KL. */
  readonly beta: number;
}

/** What was measured of a trained linear VAE. */
export interface TrainedLinearVae {
  /** The mean over the data of each dimension's KL in nats, largest first. */
  readonly kl: readonly number[];
  /** s^2 of p(x|z), as set or as learnt. */
  readonly variance: number;
}

/** How long to train, and from where. */
export interface DescentOptions {
  /** Of the first weights, 0 unless told. */
  readonly seed?: number;
  /** Updates, 6000 unless told. */
  readonly steps?: number;
}

/**
 * The network of a setting: no hidden layer on either side.
 *
 * @param setting Eigenvalues, latentDim, variance and beta.
 * @returns Its specification.
 *
 * @example One layer there, one back
 * ```ts
 * import { linearVaeSpec } from "elbo/exact";
 * import { assertEquals } from "@std/assert";
 *
 * const setting = { eigenvalues: [4, 1], latentDim: 1, variance: 0.5, beta: 1 };
 * assertEquals(linearVaeSpec(setting).hidden, []);
 * ```
 */
export function linearVaeSpec(
  { eigenvalues, latentDim, variance, beta }: LinearVaeSetting,
): NetworkSpec {
  return {
    model: "vae",
    dataDim: eigenvalues.length,
    hidden: [],
    latentDim,
    activation: "tanh",
    likelihood: { kind: "gaussian", variance },
    beta,
  };
}

/**
 * Makes points whose covariance (divisor n) has exactly the given eigenvalues.
 *
 * Two points for each, `+-sqrt(dataDim lambda_i) u_i`, with the orthonormal cosines
 * u_i of the discrete cosine transform for eigenvectors; their mean is 0.
 *
 * @param eigenvalues `[dataDim]`.
 * @returns `[2 dataDim, dataDim]`.
 *
 * @example A variance of 4 and one of 1
 * ```ts
 * import { pointsWithSpectrum } from "elbo/exact";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const squares = pointsWithSpectrum([4, 1]).flat().map((value) => value ** 2);
 * assertAlmostEquals(squares.reduce((sum, v) => sum + v) / 4, 4 + 1); // the trace
 * ```
 */
export function pointsWithSpectrum(eigenvalues: readonly number[]): number[][] {
  const size = eigenvalues.length;
  return eigenvalues.flatMap((eigenvalue, i) => {
    const length = Math.sqrt((i === 0 ? 1 : 2) * eigenvalue);
    return [1, -1].map((sign) =>
      eigenvalues.map((_, k) =>
        sign * length * Math.cos(Math.PI * i * (k + 0.5) / size)
      )
    );
  });
}

const FIRST_RATE = 0.1;

/**
 * The rate of the linear VAEs' training: 0.1, falling a thousandfold over the last two
 * thirds.
 *
 * @param done The share of the training that is done, from 0 to 1.
 * @returns The rate for Adam.
 *
 * @example At the start and at the end
 * ```ts
 * import { coolingRate } from "elbo/exact";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(coolingRate(0.3), 0.1);
 * assertAlmostEquals(coolingRate(1), 1e-4);
 * ```
 */
export function coolingRate(done: number): number {
  return FIRST_RATE * 1000 ** -Math.max(0, (done - 1 / 3) * 3 / 2);
}

/**
 * Trains a linear VAE by Adam on its exact objective: all of the data, and the mean over
 * eps in closed form, so that no draw blurs where it ends.
 *
 * The first weights are those of every network, `initialWeights` of the seed.
 *
 * @param setting Eigenvalues, latentDim, variance and beta.
 * @param options Seed and number of updates.
 * @returns The KL of each dimension, and the variance.
 * @throws {RangeError} If the setting describes no network.
 *
 * @example One direction of the data above beta s^2, one below
 * ```ts
 * import { descendLinearVae } from "elbo/exact";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const setting = { eigenvalues: [4, 0.1], latentDim: 2, variance: 0.5, beta: 1 };
 * const { kl } = descendLinearVae(setting, { steps: 1500 });
 * assertAlmostEquals(kl[0], Math.log(4 / 0.5) / 2, 0.01);
 * assertAlmostEquals(kl[1], 0, 0.01);
 * ```
 */
export function descendLinearVae(
  setting: LinearVaeSetting,
  { seed = 0, steps = 6000 }: DescentOptions = {},
): TrainedLinearVae {
  const spec = linearVaeSpec(setting);
  const points = pointsWithSpectrum(setting.eigenvalues);
  const weights = new Map(
    [...initialWeights(spec, { seed })].map(([name, { values }]) =>
      [name, Float64Array.from(values)] as const
    ),
  );
  const zeros = () =>
    new Map([...weights].map(([name, values]) => [name, values.map(() => 0)]));
  const first = zeros(), second = zeros();
  for (let t = 1; t <= steps; t++) {
    const { gradient } = linearVaeGradient(spec, weights, points);
    const rate = coolingRate((t - 1) / steps) / (1 - 0.9 ** t);
    const correction = 1 - 0.999 ** t;
    for (const [name, w] of weights) {
      const g = gradient.get(name)!, m = first.get(name)!, v = second.get(name)!;
      for (let i = 0; i < w.length; i++) {
        m[i] += 0.1 * (g[i] - m[i]);
        v[i] += 0.001 * (g[i] ** 2 - v[i]);
        w[i] -= rate * m[i] / (Math.sqrt(v[i] / correction) + 1e-8);
      }
    }
  }
  const { means, logVars } = linearVaeGradient(spec, weights, points);
  const kls = means.map((mean, n) => klByDimension({ mean, logVar: logVars[n] }));
  const kl = kls[0].map((_, j) =>
    kls.reduce((sum, row) => sum + row[j] / kls.length, 0)
  );
  const logVariance = weights.get("decoder.logVar")?.[0];
  return {
    kl: kl.sort((a, b) => b - a),
    variance: logVariance === undefined
      ? Number(setting.variance)
      : VARIANCE_FLOOR + Math.exp(logVariance),
  };
}
