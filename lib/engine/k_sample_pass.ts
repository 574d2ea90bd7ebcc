import type { Range } from "../simd/mod.ts";
import { floatAt, rowAt } from "./addresses.ts";
import type { Command } from "./control.ts";
import type { LayerPasses } from "./layer_passes.ts";
import { FLOAT_BYTES } from "./layout.ts";
import type { Machine } from "./machine.ts";
import { fillNoise } from "./noise.ts";

/**
 * The step of the K-sample bound (IWAE), by hand: `kSampleBoundAndGradient` of networks
 * is the reference.
 *
 * For each image, K draws z_k of q(z|x), which lie one behind the other, so that whoever
 * has some images has their draws:
 *
 *     ln w_k = ln p(x|z_k) + ln p(z_k) - ln q(z_k|x)
 *     bound = ln (1/K) sum w_k,   v_k = w_k / sum w_j
 *     objective = mean over the batch of -bound
 *
 * Backward, the gradient of -ln p(x|z_k) by the decoder's output counts v_k times. With
 * s_k = byZ_k + (v_k / B) z_k, the gradient of -v_k ln p(x, z_k) / B,
 *
 *     byMean = sum of s_k,   byLogVar = sum of (s_k eps_k scale - v_k / B) / 2
 *
 * or, doubly reparameterised, with t_k = v_k (s_k - (v_k / B) eps_k / scale):
 *
 *     byMean = sum of t_k,   byLogVar = sum of t_k eps_k scale / 2
 */
export class KSamplePass {
  readonly #machine: Machine;
  readonly #layers: LayerPasses;

  constructor(machine: Machine, layers: LayerPasses) {
    this.#machine = machine;
    this.#layers = layers;
  }

  /** Some images, forward, and backward to the gradient by each layer. */
  passRows(command: Command, images: Range): void {
    const { samples } = command;
    const draws = { from: images.from * samples, to: images.to * samples };
    this.#layers.encode(images);
    this.#draw(command, { images, draws });
    this.#layers.decode(draws);
    for (let image = images.from; image < images.to; image++) {
      this.#likelihoodAndGradient(command, image);
    }
    this.#layers.backThroughDecoder(draws);
    this.#latentGradient(command, images);
    this.#layers.backThroughEncoder(images);
  }

  // Each draw has a copy of its image's [mean | logVar], so that draws are rows.
  #draw(
    command: Command,
    { images, draws }: { images: Range; draws: Range },
  ): void {
    const machine = this.#machine;
    const { layout: { spec, drawnHeads, eps, scale, z, kl, logRatio }, kernels } =
      machine;
    const { samples, rowsPerSample, seed, stream, step } = command;
    const { output } = this.#layers.heads;
    for (let image = images.from; image < images.to; image++) {
      const heads = machine.view(output, { from: image, to: image + 1 });
      const copies = { from: image * samples, to: (image + 1) * samples };
      const to = machine.view(drawnHeads, copies);
      for (let k = 0; k < samples; k++) to.set(heads, k * heads.length);
    }
    const noise = machine.view(eps, draws);
    for (let k = 0; k < samples; k++) {
      fillNoise(noise.subarray(k * eps.stride), {
        ...{ seed, stream, step },
        firstRow: command.firstRow + k * rowsPerSample + images.from,
        rows: images.to - images.from,
        columns: spec.latentDim,
        stride: samples * eps.stride,
      });
    }
    const { from } = draws;
    const count = draws.to - from;
    const [heads, at, code] = [drawnHeads, eps, z].map((rows) => rowAt(rows, from));
    kernels.drawLatent(heads, at, rowAt(scale, from), code, floatAt(kl, from), count);
    kernels.latentLogRatio(heads, at, code, floatAt(logRatio, from), count);
  }

  #likelihoodAndGradient({ samples, rows: batch }: Command, image: number): void {
    const { layout, kernels } = this.#machine;
    const { layers, images, logLikelihood, shares, sharedLogVar, sharedGradient } =
      layout;
    const { output, gradient } = layers[layers.length - 1];
    const first = image * samples;
    const sameImage = 0;
    kernels.likelihoodAndGradient(
      rowAt(images, image),
      sameImage,
      rowAt(output, first),
      rowAt(gradient, first),
      floatAt(logLikelihood, first),
      samples,
      1 / batch,
      sharedLogVar?.value ?? 0,
      rowAt(sharedGradient, first),
    );
    this.#weigh(image, samples);
    // At once, while the rows are in the cache.
    for (const rows of [gradient, sharedLogVar && sharedGradient]) {
      if (!rows) continue;
      kernels.scaleRows(
        rowAt(rows, first),
        FLOAT_BYTES * rows.stride,
        floatAt(shares, first),
        samples,
      );
    }
  }

  // The bound of an image and the share of each draw, in float64: the largest weight
  // counts most.
  #weigh(image: number, samples: number): void {
    const { bounds, logLikelihood, logRatio, shares } = this.#machine.layout;
    const draws = { from: image * samples, to: (image + 1) * samples };
    const numbers = (address: number) =>
      this.#machine.view({ address, stride: 1 }, draws);
    const [fits, ratios, to] = [logLikelihood, logRatio, shares].map(numbers);
    let most = -Infinity;
    for (let k = 0; k < samples; k++) most = Math.max(most, fits[k] + ratios[k]);
    let total = 0;
    for (let k = 0; k < samples; k++) total += Math.exp(fits[k] + ratios[k] - most);
    for (let k = 0; k < samples; k++) {
      to[k] = Math.exp(fits[k] + ratios[k] - most) / total;
    }
    const only = { from: image, to: image + 1 };
    this.#machine.view({ address: bounds, stride: 1 }, only)[0] = most +
      Math.log(total / samples);
  }

  #latentGradient({ samples, rows: batch }: Command, images: Range): void {
    const { layout: { spec, eps, scale, z, zGradient, shares }, kernels } =
      this.#machine;
    const { gradient, layer } = this.#layers.heads;
    const rows = this.#machine.view(gradient, images).fill(0);
    for (let image = images.from; image < images.to; image++) {
      const first = image * samples;
      kernels.kSampleLatentGradient(
        ...[eps, scale, z, zGradient].map((rows) => rowAt(rows, first)),
        floatAt(shares, first),
        rowAt(gradient, image),
        samples,
        1 / batch,
      );
    }
    // q's slope by logVar has a constant: the columns beside the heads must stay zero.
    for (let row = 0; row < rows.length; row += gradient.stride) {
      const ends = [
        ...layer.heads.slice(1).map(({ column }) => column),
        gradient.stride,
      ];
      layer.heads.forEach(({ column }, i) =>
        rows.fill(0, row + column + spec.latentDim, row + ends[i])
      );
    }
  }
}
