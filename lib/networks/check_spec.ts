import type { ConvolutionSpec } from "./convolution.ts";
import type { NetworkSpec } from "./spec.ts";

/**
 * Refuses a specification that describes no network.
 *
 * @param spec The network.
 * @throws {RangeError} Naming the first field that is out of range.
 *
 * @example No latent
 * ```ts
 * import { checkSpec } from "elbo/networks";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() =>
 *   checkSpec({
 *     model: "vae",
 *     dataDim: 784,
 *     hidden: [400],
 *     latentDim: 0,
 *     activation: "relu",
 *     likelihood: { kind: "bernoulli" },
 *     beta: 1,
 *   }), RangeError, "latentDim");
 * ```
 */
export function checkSpec(spec: NetworkSpec): void {
  requireSize("dataDim", spec.dataDim);
  spec.hidden.forEach((size, i) => requireSize(`hidden[${i}]`, size));
  requireSize("latentDim", spec.latentDim);
  if (spec.convolution) checkConvolution(spec, spec.convolution);
  if (!(Number.isFinite(spec.beta) && spec.beta >= 0)) {
    throw new RangeError(
      `Cannot build a network as beta must be finite and not negative: ${spec.beta}`,
    );
  }
  const { freeBits } = spec;
  if (freeBits !== undefined && !(Number.isFinite(freeBits) && freeBits >= 0)) {
    throw new RangeError(
      `Cannot build a network as freeBits must be finite and not negative: ${freeBits}`,
    );
  }
  checkSamples(spec);
  if ("components" in spec.likelihood) {
    requireSize("components", spec.likelihood.components);
  }
  if (spec.likelihood.kind === "gaussian") {
    const { variance } = spec.likelihood;
    if (typeof variance === "number" && !(Number.isFinite(variance) && variance > 0)) {
      throw new RangeError(
        `Cannot build a network as a fixed variance must be finite and positive: ${variance}`,
      );
    }
  }
}

function checkSamples(
  { model, samples = 1, encoderGradient, beta, freeBits = 0, likelihood }: NetworkSpec,
): void {
  requireSize("samples", samples);
  if (encoderGradient !== undefined && samples === 1) {
    throw new RangeError(
      `Cannot build a network as ${encoderGradient} must come with samples above 1: ` +
        "with one the KL is in closed form",
    );
  }
  if (samples === 1) return;
  const isOptimal = likelihood.kind === "gaussian" && likelihood.variance === "optimal";
  if (model !== "vae" || beta !== 1 || freeBits !== 0 || isOptimal) {
    throw new RangeError(
      `Cannot build a network as samples above 1 must come with a vae, beta 1, no free ` +
        `bits and no optimal variance, which the K-sample bound does not know: ${samples}`,
    );
  }
}

function checkConvolution(
  { dataDim, likelihood }: NetworkSpec,
  { height, width, channels }: ConvolutionSpec,
): void {
  requireSize("convolution.height", height);
  requireSize("convolution.width", width);
  channels.forEach((count, i) => requireSize(`convolution.channels[${i}]`, count));
  if (channels.length === 0) {
    throw new RangeError(
      "Cannot build a network as a convolution must have channels: there are none",
    );
  }
  if (height * width !== dataDim) {
    throw new RangeError(
      `Cannot build a network as images must have dataDim = ${dataDim} pixels: ` +
        `${height} x ${width}`,
    );
  }
  if ("components" in likelihood) {
    throw new RangeError(
      "Cannot build a network as a convolutional decoder must have one number of a " +
        `kind for each pixel: ${likelihood.kind} has one for each component`,
    );
  }
}

function requireSize(name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new RangeError(
      `Cannot build a network as ${name} must be a positive integer: ${size}`,
    );
  }
}
