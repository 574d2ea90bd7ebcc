import {
  type LinearVaeSetting,
  optimalLinearVae,
  type TrainedLinearVae,
} from "../exact/mod.ts";

/** A dimension whose measured KL is above this lives, in nats. */
export const LIVING_KL = 0.01;

/** An eigenvalue so near to the threshold, as a share of it, is not judged. */
export const TOO_NEAR = 0.05;

/** How far from the closed form a KL may be, as a share of it. */
export const KL_TOLERANCE = 0.03;

/** One dimension of a trained linear VAE beside the closed form. */
export interface JudgedDimension {
  readonly eigenvalue: number;
  /** eigenvalue / (beta s^2): above 1 it should live. */
  readonly ratio: number;
  /** By the closed form, in nats. */
  readonly predicted: number;
  /** Of the trained network, in nats. */
  readonly measured: number;
  /** `near`: too near to the threshold to be judged. */
  readonly verdict: "right" | "wrong" | "near";
}

/** A setting of the sweep with what its training gave. */
export interface JudgedSetting extends LinearVaeSetting {
  /** beta s^2, s^2 by the closed form. */
  readonly threshold: number;
  /** s^2 by the closed form, and of the trained network. */
  readonly variances: { readonly predicted: number; readonly measured: number };
  /** Largest eigenvalue first. */
  readonly dimensions: readonly JudgedDimension[];
}

const SPECTRA = [
  // Geometric; three large, two middling, three small; 3 / i.
  [4, 2.4, 1.44, 0.864, 0.5184, 0.31104, 0.186624, 0.1119744],
  [3, 2.6, 2.2, 0.9, 0.8, 0.15, 0.1, 0.05],
  [3, 1.5, 1, 0.75, 0.6, 0.5, 0.4285714, 0.375],
] as const;
// No two products with a beta are equal: Adam would train such a pair to the same bits.
const VARIANCES = [0.2, 0.45, 0.7, 2.2] as const;
const BETAS = [0.25, 0.5, 1, 2] as const;

/** Three spectra of eight eigenvalues, four variances and four betas: 48 settings. */
export const COLLAPSE_SWEEP: readonly LinearVaeSetting[] = SPECTRA.flatMap(
  (eigenvalues) =>
    VARIANCES.flatMap((variance) =>
      BETAS.map((beta) => ({ eigenvalues, latentDim: 6, variance, beta }))
    ),
);

/** The same spectra with a learnt variance: nobody dies at beta 1, some do above. */
export const LEARNT_SWEEP: readonly LinearVaeSetting[] = SPECTRA.flatMap(
  (eigenvalues) =>
    BETAS.map((beta) => ({ eigenvalues, latentDim: 6, variance: "shared", beta })),
);

/**
 * Holds a trained linear VAE to the closed form, dimension by dimension.
 *
 * Dimensions are paired by rank: the largest KL belongs to the largest eigenvalue.
 *
 * @param setting What was trained.
 * @param trained What was measured.
 * @returns Both, with a verdict on each dimension: right if it lives or is dead as it
 * should, and its KL is within {@linkcode KL_TOLERANCE} where it lives.
 */
export function judgeLinearVae(
  setting: LinearVaeSetting,
  trained: TrainedLinearVae,
): JudgedSetting {
  const { dimensions, threshold, variance } = optimalLinearVae(
    setting.eigenvalues,
    setting,
  );
  return {
    ...setting,
    threshold,
    variances: { predicted: variance, measured: trained.variance },
    dimensions: dimensions.map(({ eigenvalue, alive, kl }, i) => {
      const ratio = eigenvalue / threshold;
      const measured = trained.kl[i];
      const isRight = alive === (measured > LIVING_KL) &&
        (!alive || Math.abs(measured - kl) <= KL_TOLERANCE * kl);
      const isNear = Math.abs(ratio - 1) <= TOO_NEAR;
      const verdict = isNear ? "near" : isRight ? "right" : "wrong";
      return { eigenvalue, ratio, predicted: kl, measured, verdict };
    }),
  };
}
