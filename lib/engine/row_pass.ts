import type { Range } from "../simd/mod.ts";
import { floatAt, rowAt } from "./addresses.ts";
import type { Command } from "./control.ts";
import { FLOAT_BYTES } from "./layout.ts";
import { KSamplePass } from "./k_sample_pass.ts";
import { LayerPasses } from "./layer_passes.ts";
import type { Machine } from "./machine.ts";
import { hasFreeBits } from "./phases.ts";
import { fillNoise } from "./noise.ts";

/**
 * The step of a dense VAE, by hand; that of the K-sample bound is in `k_sample_pass.ts`.
 *
 * Forward, for each image x with noise eps (a row of every matrix):
 *
 *     h = x;  h <- f(h W + b)                      each hidden layer of the encoder
 *     [mean | logVar] = h W + b                    q(z|x) = N(mean, exp(logVar))
 *     scale = exp(logVar / 2)
 *     z = mean + scale eps
 *     kl = sum (mean^2 + scale^2 - 1 - logVar) / 2
 *     h = z;  h <- f(h W + b)                      each hidden layer of the decoder
 *     y = h W + b                                  the parameters of p(x|z)
 *     l = ln p(x|z)
 *     objective = mean over the batch of (beta kl - l)
 *
 * Backward, `byX` being the gradient of the objective by X, B the size of the batch:
 *
 *     by y: (sigmoid(y) - x) / B                   Bernoulli; Gaussian: likelihood.ts
 *     through y = f(u):  byU = byY f'(u)           relu: where y > 0; tanh: 1 - y^2
 *     through u = h W + b:  byH = byU W^T,  byW = h^T byU,  byB = sum of the rows of byU
 *     at z:  byMean = byZ + (beta / B) mean
 *            byLogVar = (byZ eps scale + (beta / B) (scale^2 - 1)) / 2
 *
 * Every line but byW and byB treats each row by itself. So a step needs two barriers
 * only: each rank takes its rows of the batch through the lines above; barrier; each
 * rank computes its rows of each byW, a sum over the whole batch, and at once lets Adam
 * update them; barrier. No gradient is ever summed over ranks, nor kept.
 */
export class RowPass {
  readonly #machine: Machine;
  readonly #layers: LayerPasses;
  readonly #kSamplePass: KSamplePass;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#layers = new LayerPasses(machine);
    this.#kSamplePass = new KSamplePass(machine, this.#layers);
  }

  /** Some rows of the batch, forward, and backward to the gradient by each layer. */
  passRows(command: Command, rows: Range): void {
    if (rows.from === rows.to) return;
    if (command.samples > 1) return this.#kSamplePass.passRows(command, rows);
    if (!hasFreeBits(this.#machine.layout.spec)) this.passLatent(command, rows);
    this.#layers.decode(rows);
    this.#likelihoodAndGradient(command, rows);
    this.#layers.backThroughDecoder(rows);
    this.#latentGradient(command, rows);
    this.#layers.backThroughEncoder(rows);
  }

  /** Some rows of the batch, as far as z. */
  passLatent(command: Command, rows: Range): void {
    if (rows.from === rows.to) return;
    this.#layers.encode(rows);
    this.#drawLatent(command, rows);
  }

  /** Some rows of the batch, forward: ln p(x|z) and KL. */
  measureRows(command: Command, rows: Range): void {
    if (rows.from === rows.to) return;
    this.passLatent(command, rows);
    this.#layers.decode(rows);
    this.#likelihood(rows);
  }

  /**
   * ln p(x|z) and ln p(z) - ln q(z|x) at draws of z for some rows of images that are
   * encoded already: sample k of image i takes row firstRow + k rowsPerSample + i of the
   * noise.
   */
  weighRows(command: Command, rows: Range): void {
    if (rows.from === rows.to) return;
    const { layout: { logRatio }, kernels } = this.#machine;
    const { heads, eps, z } = this.#latentAddresses(rows.from);
    for (let sample = 0; sample < command.samples; sample++) {
      const first = sample * command.rows;
      const firstRow = command.firstRow + sample * command.rowsPerSample;
      this.#drawLatent({ ...command, firstRow }, rows);
      this.#layers.decode(rows);
      this.#likelihood(rows, first);
      const to = floatAt(logRatio, first + rows.from);
      kernels.latentLogRatio(heads, eps, z, to, rows.to - rows.from);
    }
  }

  /** x -> [mean | logVar]. */
  encode(rows: Range): void {
    this.#layers.encode(rows);
  }

  /** z -> the parameters of p(x|z). */
  decode(rows: Range): void {
    this.#layers.decode(rows);
  }

  #drawLatent(command: Command, rows: Range): void {
    const { layout, kernels } = this.#machine;
    const { spec, eps: noise, z: codes } = layout;
    if (spec.model === "autoencoder") {
      // z is the mean itself; both have latentDim columns in whole panels.
      const means = this.#machine.view(this.#layers.heads.output, rows);
      this.#machine.view(codes, rows).set(means);
      return;
    }
    const count = rows.to - rows.from;
    fillNoise(this.#machine.view(noise, rows), {
      ...{ seed: command.seed, stream: command.stream, step: command.step },
      firstRow: command.firstRow + rows.from,
      ...{ rows: count, columns: spec.latentDim, stride: noise.stride },
    });
    const { heads, eps, scale, z } = this.#latentAddresses(rows.from);
    kernels.drawLatent(heads, eps, scale, z, floatAt(layout.kl, rows.from), count);
  }

  #likelihood({ from, to }: Range, first = 0): void {
    const { layout: { layers, images, logLikelihood, sharedLogVar }, kernels } =
      this.#machine;
    kernels.likelihood(
      rowAt(images, from),
      FLOAT_BYTES * images.stride,
      rowAt(layers[layers.length - 1].output, from),
      0,
      floatAt(logLikelihood, first + from),
      to - from,
      0,
      sharedLogVar?.value ?? 0,
      0,
    );
  }

  #likelihoodAndGradient({ rows: batch }: Command, { from, to }: Range): void {
    const { layout, kernels } = this.#machine;
    const { layers, images, logLikelihood, sharedLogVar, sharedGradient } = layout;
    const { output, gradient } = layers[layers.length - 1];
    kernels.likelihoodAndGradient(
      rowAt(images, from),
      FLOAT_BYTES * images.stride,
      rowAt(output, from),
      rowAt(gradient, from),
      floatAt(logLikelihood, from),
      to - from,
      1 / batch,
      sharedLogVar?.value ?? 0,
      rowAt(sharedGradient, from),
    );
  }

  #latentGradient(command: Command, rows: Range): void {
    const { layout: { spec, zGradient, klShares }, kernels } = this.#machine;
    const { gradient } = this.#layers.heads;
    if (spec.model === "autoencoder") {
      this.#machine.view(gradient, rows).set(this.#machine.view(zGradient, rows));
      return;
    }
    this.#weighKl(command);
    const { heads, eps, scale } = this.#latentAddresses(rows.from);
    kernels.latentGradient(
      ...[heads, eps, scale, rowAt(zGradient, rows.from), rowAt(gradient, rows.from)],
      rows.to - rows.from,
      klShares,
    );
  }

  // Every rank writes the same numbers.
  #weighKl({ beta, rows }: Command): void {
    const { layout: { spec, klMeans, klShares }, kernels } = this.#machine;
    const numbers = (address: number) =>
      this.#machine.view({ address, stride: spec.latentDim }, { from: 0, to: 1 });
    const shares = numbers(klShares);
    if (!hasFreeBits(spec)) {
      shares.fill(beta / rows);
      return;
    }
    const { heads, scale } = this.#latentAddresses(0);
    kernels.klMeans(heads, scale, klMeans, rows);
    numbers(klMeans).forEach((mean, i) =>
      shares[i] = mean > spec.freeBits! ? beta / rows : 0
    );
  }

  #latentAddresses(row: number) {
    const { eps, scale, z } = this.#machine.layout;
    return {
      heads: rowAt(this.#layers.heads.output, row),
      eps: rowAt(eps, row),
      scale: rowAt(scale, row),
      z: rowAt(z, row),
    };
  }
}
