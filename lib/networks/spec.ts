import { checkSpec } from "./check_spec.ts";
import {
  convolutionOf,
  type ConvolutionSpec,
  FILTER_SIZE,
  hiddenNames,
  sizeOf,
  stagesOf,
} from "./convolution.ts";
import { decoderHeads, hasSharedVariance } from "./decoder_heads.ts";

/** How p(x|z) is spelt; every one is of pixels that are independent given z. */
export type LikelihoodSpec =
  | { readonly kind: "bernoulli" | "continuous-bernoulli" }
  | {
    readonly kind: "gaussian";
    /**
     * One for each pixel from the network; one for all, learnt by gradient; one for all,
     * set to its closed-form optimum (`optimalVariance`); or a fixed number.
     */
    readonly variance: "pixel" | "shared" | "optimal" | number;
  }
  | {
    /** A mixture in each pixel: of normals, or of logistics on the 256 bytes. */
    readonly kind: "gaussian-mixture" | "logistic-mixture";
    /** How many are mixed in each pixel. */
    readonly components: number;
  };

/** The names of the likelihoods. */
export const LIKELIHOODS = [
  "bernoulli",
  "continuous-bernoulli",
  "gaussian",
  "gaussian-mixture",
  "logistic-mixture",
] as const;

/**
 * The shape of a network and of its objective: everything but the weights.
 *
 * The encoder runs dataDim -> hidden -> latentDim, the decoder the same way back.
 */
export interface NetworkSpec {
  /** An autoencoder has no logVar, no noise and no KL. */
  readonly model: "vae" | "autoencoder";
  /** Numbers in one x, pixels of an image. */
  readonly dataDim: number;
  /** The sizes of the encoder's hidden layers; the decoder has them reversed. */
  readonly hidden: readonly number[];
  /** Strided convolutions before the hidden layers, and their mirror after them. */
  readonly convolution?: ConvolutionSpec;
  /** Numbers in one z. */
  readonly latentDim: number;
  /** Of the hidden layers; outputs are linear. */
  readonly activation: "relu" | "tanh";
  /** What the decoder's outputs are parameters of. */
  readonly likelihood: LikelihoodSpec;
  /** The weight of the KL in the objective; 1 is the ELBO. */
  readonly beta: number;
  /**
   * Nats that each latent dimension may cost, on average over a batch, without being
   * pressed: the objective has max(freeBits, KL_j) for KL_j (Kingma et al. 2016,
   * arXiv 1606.04934, appendix C.8). None unless told.
   */
  readonly freeBits?: number;
  /**
   * K, the draws of z an image in training: above 1 the objective is minus the K-sample
   * bound (IWAE, Burda et al. 2015), and beta must be 1. 1 unless told.
   */
  readonly samples?: number;
  /** How the encoder learns from the K-sample bound; reparameterized unless told. */
  readonly encoderGradient?: EncoderGradient;
}

/**
 * The gradient of the K-sample bound by the encoder's weights. Both have the same mean;
 * the doubly reparameterised one (Tucker et al. 2019, arXiv 1810.04152) grows clearer
 * with K, where the plain one drowns in noise (Rainforth et al. 2018, arXiv 1802.04537).
 */
export type EncoderGradient = typeof ENCODER_GRADIENTS[number];

/** The names of the encoder's gradients. */
export const ENCODER_GRADIENTS = ["reparameterized", "doubly-reparameterized"] as const;

/**
 * The least variance of a Gaussian decoder that learns its variance:
 * variance = VARIANCE_FLOOR + exp(logVar).
 *
 * Without a floor the density of a constant pixel grows without bound. 1e-3 is
 * a standard deviation of 0.032, about 8 of 255 grey levels.
 */
export const VARIANCE_FLOOR = 1e-3;

/**
 * The least scale of a logistic in the decoder: scale = SCALE_FLOOR + exp(logScale).
 *
 * A mass on levels needs no floor to stay bounded; its gradient does, as it vanishes
 * where the scale is far below one level. This is a tenth of one.
 */
export const SCALE_FLOOR = 1 / 2550;

/**
 * Lists every weight of a network by name with its shape, in the order in which
 * they are stored and seeded.
 *
 * A layer is y = x W + b with W of shape [inputs, outputs], row-major. This is
 * the one place that knows names and shapes.
 *
 * @param spec The network.
 * @returns Shapes by name, encoder first.
 * @throws {RangeError} If a size is not a positive integer, beta or freeBits is
 * negative, or a fixed variance is not positive.
 *
 * @example The essay's network
 * ```ts
 * import { weightShapes } from "elbo/networks";
 * import { assertEquals } from "@std/assert";
 *
 * const shapes = weightShapes({
 *   model: "vae",
 *   dataDim: 784,
 *   hidden: [400],
 *   latentDim: 20,
 *   activation: "relu",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * });
 * assertEquals(shapes.get("encoder.0.weight"), [784, 400]);
 * assertEquals(shapes.get("decoder.output.bias"), [784]);
 * ```
 */
export function weightShapes(spec: NetworkSpec): Map<string, number[]> {
  checkSpec(spec);
  const { model, dataDim, hidden, latentDim } = spec;
  const shapes = new Map<string, number[]>();
  const layer = (name: string, inputs: number, outputs: number): number => {
    shapes.set(`${name}.weight`, [inputs, outputs]);
    shapes.set(`${name}.bias`, [outputs]);
    return outputs;
  };

  const convolve = (name: string): number | undefined => {
    const found = convolutionOf(spec, name);
    if (!found) return undefined;
    const { large, small, isTransposed } = found;
    const patch = FILTER_SIZE ** 2 * large.channels;
    shapes.set(`${name}.weight`, [patch, small.channels]);
    shapes.set(`${name}.bias`, [(isTransposed ? large : small).channels]);
    return sizeOf(isTransposed ? large : small);
  };
  const hiddenLayers = (side: "encoder" | "decoder", inputs: number): number => {
    const sizes = side === "encoder" ? [...hidden] : hidden.toReversed();
    return hiddenNames(spec, side).reduce((width, name) => {
      const convolved = convolve(name);
      if (convolved !== undefined) return convolved;
      // Behind the hidden sizes a decoder makes the innermost image.
      const size = sizes.shift() ?? sizeOf(stagesOf(spec.convolution!).at(-1)!);
      return layer(name, width, size);
    }, inputs);
  };

  const encoded = hiddenLayers("encoder", dataDim);
  layer("encoder.mean", encoded, latentDim);
  if (model === "vae") layer("encoder.logVar", encoded, latentDim);

  const decoded = hiddenLayers("decoder", latentDim);
  for (const { name, size } of decoderHeads(spec)) {
    convolve(`decoder.${name}`) ?? layer(`decoder.${name}`, decoded, size);
  }
  if (hasSharedVariance(spec)) shapes.set("decoder.logVar", [1]);
  return shapes;
}

/**
 * Reads a specification from JSON, as a model's file keeps it.
 *
 * @param text JSON.
 * @param source What to call the text in errors, such as a file's name.
 * @returns The specification, checked.
 * @throws {SyntaxError} If the text is no JSON, or its fields are not those of a
 * specification.
 * @throws {RangeError} As `checkSpec`.
 *
 * @example There and back
 * ```ts
 * import { type NetworkSpec, parseNetworkSpec } from "elbo/networks";
 * import { assertEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 784,
 *   hidden: [400],
 *   latentDim: 20,
 *   activation: "relu",
 *   likelihood: { kind: "gaussian", variance: "shared" },
 *   beta: 1,
 * };
 * assertEquals(parseNetworkSpec(JSON.stringify(spec)), spec);
 * ```
 */
export function parseNetworkSpec(text: string, source = "JSON text"): NetworkSpec {
  const refuse = (rule: string) =>
    new SyntaxError(`Cannot read a network from ${source} as ${rule}: ${text}`);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse("it must be JSON");
  }
  if (!["vae", "autoencoder"].includes(value?.model)) {
    throw refuse('model must be "vae" or "autoencoder"');
  }
  if (!["relu", "tanh"].includes(value.activation)) {
    throw refuse('activation must be "relu" or "tanh"');
  }
  if (!Array.isArray(value.hidden)) throw refuse("hidden must be a list of sizes");
  if (!isLikelihood(value.likelihood)) {
    throw refuse(
      `likelihood must be one of ${LIKELIHOODS.join(", ")}, with a variance if it is ` +
        "gaussian and components if it is a mixture",
    );
  }
  if (![undefined, ...ENCODER_GRADIENTS].includes(value.encoderGradient)) {
    throw refuse(`encoderGradient must be ${ENCODER_GRADIENTS.join(" or ")}`);
  }
  const { convolution } = value;
  if (convolution !== undefined && !Array.isArray(convolution?.channels)) {
    throw refuse("convolution must have height, width and a list of channels");
  }
  checkSpec(value);
  const { model, dataDim, hidden, latentDim, activation, likelihood, beta } = value;
  const { freeBits, samples, encoderGradient } = value;
  return {
    ...{ model, dataDim, hidden, latentDim, activation, likelihood, beta },
    ...convolution !== undefined && { convolution },
    ...freeBits !== undefined && { freeBits },
    ...samples !== undefined && { samples },
    ...encoderGradient !== undefined && { encoderGradient },
  };
}

function isLikelihood(
  value?: { kind?: string; variance?: unknown; components?: unknown },
): boolean {
  const { kind, variance, components } = value ?? {};
  if (kind === "bernoulli" || kind === "continuous-bernoulli") return true;
  if (kind === "gaussian-mixture" || kind === "logistic-mixture") {
    return typeof components === "number";
  }
  return kind === "gaussian" &&
    (typeof variance === "number" ||
      ["pixel", "shared", "optimal"].includes(variance as string));
}
