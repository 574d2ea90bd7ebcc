import type { EffectiveSampleSizes, LatentCode } from "../evaluation/mod.ts";
import type { LikelihoodSpec } from "../networks/mod.ts";

/** A mean over images with its standard error over images, in nats. */
export interface OverImages {
  readonly mean: number;
  readonly standardError: number;
}

/** The importance-sampled NLL and what belongs to it. */
export interface NllRecord extends OverImages {
  /** K, without which an NLL says little. */
  readonly numSamples: number;
  readonly images: number;
  /** The part of the standard error that a larger K would take away. */
  readonly samplingError: number;
  /** Of the NLL; null where p(x) is not of bytes. */
  readonly bitsPerDimension: OverImages | null;
  /** -ELBO on the same images, from the same draws. */
  readonly negativeElbo: OverImages;
  readonly effectiveSampleSize: EffectiveSampleSizes;
}

/** Which latent dimensions carry something. */
export interface ActiveRecord {
  readonly count: number;
  readonly of: number;
  readonly threshold: number;
  readonly variances: readonly number[];
}

/** Everything that `deno task evaluate` says; log probabilities in nats per image. */
export interface EvaluationRecord {
  readonly run: string;
  readonly model: "vae" | "autoencoder";
  readonly likelihood: LikelihoodSpec["kind"];
  readonly epochs: number;
  readonly dataset: string;
  readonly binarization: string;
  /** The published seed by which the images were binarised, once. */
  readonly binarizationSeed: number;
  /** False for a Bernoulli likelihood of grey pixels. */
  readonly isDensity: boolean;
  /** What p(x) is of bytes: a mass on them, a density of them with noise, or neither. */
  readonly ofBytes: "mass" | "density" | null;
  /** Over the whole test set, one draw of z an image; an autoencoder has no ELBO. */
  readonly test: {
    readonly images: number;
    readonly elbo: number | null;
    readonly expectedLogLikelihood: number;
    readonly kl: number | null;
    /** Of -ELBO; null where p(x) is not of bytes. */
    readonly bitsPerDimension: number | null;
  };
  readonly nll: NllRecord | null;
  readonly activeUnits: ActiveRecord | null;
  /** What z carries of the test images. */
  readonly code: Omit<LatentCode, "activeUnits"> | null;
}
