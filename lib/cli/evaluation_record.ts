import type {
  AnnealedImage,
  EffectiveSampleSizes,
  LatentCode,
} from "../evaluation/mod.ts";
import type { LikelihoodSpec } from "../networks/mod.ts";
import type { Versions } from "../training/mod.ts";

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

/** ln p(x) by annealing, and the parts of the gap of the ELBO, on a few images. */
export interface AnnealedRecord {
  readonly images: number;
  readonly chains: number;
  readonly steps: number;
  /** -ln p(x) by annealed importance sampling: too high on average, as any bound. */
  readonly nll: OverImages;
  /** The part of its standard error that more chains would take away. */
  readonly samplingError: number;
  /** -ln p(x) by quadrature; null above two latent dimensions. */
  readonly exactNll: OverImages | null;
  /** -ELBO at the encoder's q, by 1000 draws an image. */
  readonly negativeElbo: OverImages;
  /** ln p(x) - ELBO(q*): by quadrature where it can be, else by annealing. */
  readonly approximation: OverImages;
  /** ELBO(q*) - ELBO(q): what the encoder loses to the best diagonal normal. */
  readonly amortization: OverImages;
  /** By image. */
  readonly byImage: readonly (AnnealedImage & { readonly index: number })[];
}

/** What a record's numbers depend on, beside the weights. */
export interface Provenance {
  /** Of the run's training. */
  readonly seed: number;
  /** Of the noise of this evaluation. */
  readonly noiseSeed: number;
  /** Of each file of the data. */
  readonly sha256: Readonly<Record<string, string>>;
  /** Of what evaluated. */
  readonly versions: Versions;
  /** Of what trained. */
  readonly trainedWith: Versions;
  /** As the command line had them. */
  readonly options: Readonly<Record<string, unknown>>;
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
  /** Only if asked for. */
  readonly annealed: AnnealedRecord | null;
  readonly activeUnits: ActiveRecord | null;
  /** What z carries of the test images. */
  readonly code: Omit<LatentCode, "activeUnits"> | null;
  readonly provenance: Provenance;
}
