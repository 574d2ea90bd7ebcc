import { logMeanExp, normals, summarize } from "../math/mod.ts";
import type { Noise } from "../models/mod.ts";
import { klByDimension } from "../networks/mod.ts";
import { activeUnits } from "./active_units.ts";
import { evenlySpaced } from "./evenly_spaced.ts";

/** The parameters of q(z|x) of many images, row-major. */
export interface Posteriors {
  /** How many images. */
  readonly count: number;
  /** `[count, latentDim]`. */
  readonly mean: Float32Array;
  /** `[count, latentDim]`; an autoencoder has none. */
  readonly logVar?: Float32Array;
}

/** What the code z of a set of images carries, in nats. */
export interface LatentCode {
  /** The mean over images of KL(q(z_j|x) || N(0, 1)), `[latentDim]`. */
  readonly klByDimension: readonly number[];
  /** Dimensions whose mean moves with the image; see {@linkcode activeUnits}. */
  readonly activeUnits: number;
  /** How much z says about which image it is the code of. */
  readonly mutualInformation: MutualInformation;
}

/** I_q(x; z) over a set of images, in nats. */
export interface MutualInformation {
  /** The estimate; a draw may lie above `most`, and below 0, by chance. */
  readonly mean: number;
  /** Of the draws of z: over images, one draw each. */
  readonly standardError: number;
  /** How many images it is over. */
  readonly images: number;
  /** ln of that number: what it cannot exceed. */
  readonly most: number;
  /** KL(q(z) || p(z)), what remains of the mean KL: how far all codes lie off the prior. */
  readonly marginalKl: number;
}

/** Images over which the mutual information is taken: its cost grows with the square. */
const MOST_IMAGES = 1000;

/**
 * Estimates the mutual information of an image and its code.
 *
 * `I_q(x; z) = E[KL(q(z|x) || p(z))] - KL(q(z) || p(z)) = E[ln q(z|x) - ln q(z)]`
 * (Hoffman and Johnson 2016, "ELBO surgery"), with the M images for the data, hence
 * q(z) = mean over j of q(z|x_j), and one draw of z an image. It has no bias for these M
 * images. As an estimate for the distribution they came from it is too small on
 * average, and never above ln M in expectation: a value near ln M says only that z
 * tells the M images apart (Poole et al. 2019, arXiv 1905.06922, section 2.3).
 *
 * @param posteriors Of M images, `[M, latentDim]` each; `mean` and `logVar`.
 * @param options `noise`, the address of the draws.
 * @returns The estimate in nats, with its standard error and ln M.
 * @throws {TypeError} If there is no logVar: an autoencoder has no q.
 *
 * @example Two images told apart, and two that are not
 * ```ts
 * import { mutualInformation } from "elbo/evaluation";
 * import { STREAMS } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const noise = { seed: 0, stream: STREAMS.evaluation };
 * const of = (...means: number[]) =>
 *   mutualInformation({
 *     count: 2,
 *     mean: Float32Array.from(means),
 *     logVar: new Float32Array(2),
 *   }, { noise });
 * assertAlmostEquals(of(-50, 50).mean, Math.log(2));
 * assertAlmostEquals(of(0, 0).mean, 0);
 * ```
 */
export function mutualInformation(
  { count, mean, logVar }: Posteriors,
  { noise }: { noise: Noise },
): MutualInformation {
  if (!logVar) {
    throw new TypeError(
      "Cannot estimate a mutual information as the model must be a vae: an autoencoder " +
        "has no q(z|x)",
    );
  }
  const latentDim = mean.length / count;
  const eps = normals({ ...noise, rows: count, columns: latentDim });
  const precision = logVar.map((value) => Math.exp(-value));
  const logNormalizers = Float64Array.from({ length: count }, (_, j) => {
    let sum = 0;
    for (let d = 0; d < latentDim; d++) sum -= logVar[j * latentDim + d] / 2;
    return sum;
  });
  const z = new Float64Array(latentDim);
  const logDensities = new Float64Array(count);
  const gains = Array.from({ length: count }, (_, i) => {
    for (let d = 0; d < latentDim; d++) {
      const at = i * latentDim + d;
      z[d] = mean[at] + Math.exp(logVar[at] / 2) * eps[at];
    }
    // Without the (2 pi)^(-latentDim / 2), which cancels.
    for (let j = 0; j < count; j++) {
      let squares = 0;
      for (let d = 0, at = j * latentDim; d < latentDim; d++, at++) {
        squares += (z[d] - mean[at]) ** 2 * precision[at];
      }
      logDensities[j] = logNormalizers[j] - squares / 2;
    }
    return logDensities[i] - logMeanExp(logDensities);
  });
  const estimate = summarize(gains);
  const kl = sum(meanKlByDimension({ count, mean, logVar }));
  return {
    mean: estimate.mean,
    standardError: estimate.standardError,
    images: count,
    most: Math.log(count),
    marginalKl: kl - estimate.mean,
  };
}

/**
 * Says what the code of a set of images carries: KL by dimension, active units and
 * mutual information, the last over at most 1,000 images evenly spaced.
 *
 * @param posteriors Of the images, two or more.
 * @param options `noise`, the address of the draws for the mutual information.
 * @returns All three.
 * @throws {TypeError} If there is no logVar: an autoencoder has no q.
 *
 * @example A dimension that carries something and one that is dead
 * ```ts
 * import { latentCode } from "elbo/evaluation";
 * import { STREAMS } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * const mean = Float32Array.of(2, 0, -2, 0);
 * const posteriors = { count: 2, mean, logVar: new Float32Array(4) };
 * const noise = { seed: 0, stream: STREAMS.evaluation };
 * const code = latentCode(posteriors, { noise });
 * assertEquals(code.klByDimension, [2, 0]);
 * assertEquals(code.activeUnits, 1);
 * ```
 */
export function latentCode(
  posteriors: Posteriors,
  { noise }: { noise: Noise },
): LatentCode {
  const { mean, count } = posteriors;
  return {
    klByDimension: meanKlByDimension(posteriors),
    activeUnits: activeUnits(mean, { latentDim: mean.length / count }).count,
    mutualInformation: mutualInformation(spaced(posteriors), { noise }),
  };
}

function meanKlByDimension({ count, mean, logVar }: Posteriors): number[] {
  const latentDim = mean.length / count;
  const sums = Array<number>(latentDim).fill(0);
  for (let i = 0; i < count; i++) {
    const row = [i * latentDim, (i + 1) * latentDim] as const;
    const one = { mean: mean.subarray(...row), logVar: logVar?.subarray(...row) };
    klByDimension(one).forEach((kl, j) => sums[j] += kl / count);
  }
  return sums;
}

function spaced({ count, mean, logVar }: Posteriors): Posteriors {
  const latentDim = mean.length / count;
  const chosen = evenlySpaced(count, MOST_IMAGES);
  const rowsOf = (values: Float32Array) => {
    const rows = new Float32Array(chosen.length * latentDim);
    chosen.forEach((row, i) =>
      rows.set(values.subarray(row * latentDim, (row + 1) * latentDim), i * latentDim)
    );
    return rows;
  };
  return {
    count: chosen.length,
    mean: rowsOf(mean),
    ...logVar && { logVar: rowsOf(logVar) },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
