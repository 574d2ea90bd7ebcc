/** One latent dimension of the best linear VAE. */
export interface LinearVaeDimension {
  /** Of the covariance of the data, the variance along this dimension's direction. */
  readonly eigenvalue: number;
  /** Whether the decoder uses it: the eigenvalue is above the threshold. */
  readonly alive: boolean;
  /** The mean over the data of KL(q(z_i|x) || N(0, 1)), in nats; 0 when dead. */
  readonly kl: number;
  /** The length of the decoder's column, which points along the eigenvector. */
  readonly decoderGain: number;
  /** The length of the encoder's row, along the same direction. */
  readonly encoderGain: number;
  /** The variance of q(z_i|x), the same for every x; 1 when dead. */
  readonly posteriorVariance: number;
}

/** The best that a linear VAE can do, means over the data in nats. */
export interface LinearVaeOptimum {
  /** s^2, of p(x|z). */
  readonly variance: number;
  /** beta s^2: a direction of the data lives if its eigenvalue is above it. */
  readonly threshold: number;
  /** Largest eigenvalue first, `[latentDim]`. */
  readonly dimensions: readonly LinearVaeDimension[];
  /** How many dimensions live. */
  readonly survivors: number;
  /** -(expectedLogLikelihood - beta kl), at its least. */
  readonly objective: number;
  /** expectedLogLikelihood - kl. */
  readonly elbo: number;
  /** E_q ln p(x|z). */
  readonly expectedLogLikelihood: number;
  /** KL(q(z|x) || p(z)), the sum over dimensions. */
  readonly kl: number;
}

/** What is trained, but for the data. */
export interface LinearVaeOptions {
  /** Numbers in one z. */
  readonly latentDim: number;
  /** s^2 of p(x|z) = N(W z + b, s^2 I); `shared`: learnt with the rest. */
  readonly variance: number | "shared";
  /** The weight of the KL in the objective, above 0; 1 unless told. */
  readonly beta?: number;
}

/**
 * Finds the optimum of a linear VAE in closed form: who lives, and at which KL.
 *
 * Encoder and decoder are affine, q is a diagonal normal, p(x|z) = N(W z + b, s^2 I).
 * With eigenvalues lambda_1 >= lambda_2 >= ... of the data's covariance (divisor n),
 * dimension i <= latentDim lives if and only if `lambda_i > beta s^2`, and then
 *
 * `KL_i = ln(lambda_i / (beta s^2)) / 2`
 *
 * A learnt s^2 is the root of `sum_i<=L min(lambda_i / s^2, beta) + sum_i>L
 * lambda_i / s^2 = D`, which falls as s^2 grows. For beta = 1 that is the mean of the
 * eigenvalues that are left out, below all that are kept: no dimension dies unless the
 * rest of the spectrum is flat. In general fewer than D / beta dimensions live.
 * (Tipping and Bishop 1999, "Probabilistic principal component analysis"; Lucas et al.
 * 2019, arXiv 1911.02469, for beta = 1.)
 *
 * The value needs W^T W to be diagonal, because q is: of the rotations of z, which a
 * full covariance could follow, only those among equal eigenvalues, permutations and
 * signs remain. So the KL of a dimension is well defined.
 *
 * @param eigenvalues Of the data's covariance, in any order, `[dataDim]`.
 * @param options `latentDim`, `variance`, `beta`.
 * @returns The optimum, in nats.
 * @throws {RangeError} If an eigenvalue is negative, an option is out of range, or a
 * learnt variance would shrink to 0, where the density has no bound.
 *
 * @example One direction lives, one dies
 * ```ts
 * import { optimalLinearVae } from "elbo/exact";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const options = { latentDim: 2, variance: 0.5, beta: 2 };
 * const { dimensions, survivors } = optimalLinearVae([4, 0.9, 0.1], options);
 * assertEquals(survivors, 1); // 4 > 2 * 0.5 > 0.9
 * assertAlmostEquals(dimensions[0].kl, Math.log(4) / 2);
 * assertEquals(dimensions[1].kl, 0);
 * ```
 */
export function optimalLinearVae(
  eigenvalues: readonly number[],
  { latentDim, variance, beta = 1 }: LinearVaeOptions,
): LinearVaeOptimum {
  checkOptions(eigenvalues, { latentDim, variance, beta });
  const sorted = eigenvalues.toSorted((a, b) => b - a);
  const s2 = variance === "shared" ? learntVariance(sorted, latentDim, beta) : variance;
  const threshold = beta * s2;
  const dimensions = Array.from(
    { length: latentDim },
    (_, i) => dimensionOf(sorted[i] ?? 0, threshold),
  );
  const survivors = dimensions.filter(({ alive }) => alive).length;
  const kl = sum(dimensions.map((dimension) => dimension.kl));
  // A living direction is reconstructed up to an error of beta s^2, a dead one not at all.
  const squaredError = survivors * threshold + sum(sorted.slice(survivors));
  const expectedLogLikelihood = -(sorted.length * Math.log(2 * Math.PI * s2) +
    squaredError / s2) / 2;
  return {
    ...{ variance: s2, threshold, dimensions, survivors },
    objective: beta * kl - expectedLogLikelihood,
    elbo: expectedLogLikelihood - kl,
    ...{ expectedLogLikelihood, kl },
  };
}

function dimensionOf(eigenvalue: number, threshold: number): LinearVaeDimension {
  const alive = eigenvalue > threshold;
  const decoderGain = alive ? Math.sqrt(eigenvalue - threshold) : 0;
  return {
    eigenvalue,
    alive,
    kl: alive ? Math.log(eigenvalue / threshold) / 2 : 0,
    decoderGain,
    encoderGain: alive ? decoderGain / eigenvalue : 0,
    posteriorVariance: alive ? threshold / eigenvalue : 1,
  };
}

/**
 * With m living dimensions s^2 = (sum of the other eigenvalues) / (D - beta m). Another
 * one lives as long as its eigenvalue is above beta s^2; each one that does makes s^2
 * smaller, so the first that does not ends it.
 */
function learntVariance(sorted: readonly number[], most: number, beta: number): number {
  for (let living = 0;; living++) {
    const rest = sum(sorted.slice(living));
    if (rest === 0) {
      throw new RangeError(
        `Cannot learn a variance as it must stay above 0: ${living} dimensions take up ` +
          `all of the data, and the density grows without bound`,
      );
    }
    const variance = rest / (sorted.length - beta * living);
    if (living === most || !(sorted[living] > beta * variance)) return variance;
  }
}

function checkOptions(
  eigenvalues: readonly number[],
  { latentDim, variance, beta }: Required<LinearVaeOptions>,
): void {
  const act = "Cannot find the optimum of a linear VAE as";
  const refuse = (rule: string, value: unknown) => {
    throw new RangeError(`${act} ${rule}: ${value}`);
  };
  const wrong = eigenvalues.find((value) => !(value >= 0 && value < Infinity));
  if (wrong !== undefined) {
    refuse("every eigenvalue must be finite and not negative", wrong);
  }
  if (eigenvalues.length === 0) refuse("there must be an eigenvalue", "there is none");
  if (!(Number.isSafeInteger(latentDim) && latentDim >= 1)) {
    refuse("latentDim must be a positive integer", latentDim);
  }
  if (!(beta > 0 && beta < Infinity)) {
    refuse("beta must be finite and positive", beta);
  }
  if (variance !== "shared" && !(variance > 0 && variance < Infinity)) {
    refuse("a fixed variance must be finite and positive", variance);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
