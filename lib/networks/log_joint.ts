import type { DifferentiableLogDensity } from "../distributions/mod.ts";
import type { Vector } from "../math/mod.ts";
import { decode, decoderOutputs, likelihoodOf } from "./decoder.ts";
import { decoderHeadsBackward, emptyGradient } from "./gradient.ts";
import type { NetworkSpec } from "./spec.ts";
import { checkWeights, type Weights } from "./weights.ts";

const LOG_TWO_PI = Math.log(2 * Math.PI);

/**
 * ln p(x, z) of a decoder as a function of many z, with its gradient by z.
 *
 * `ln p(x,z) = ln p(x|z) - |z|^2 / 2 - dim ln(2 pi) / 2`, in nats, in float64. It is
 * what Hamiltonian Monte Carlo walks on: several chains at once share every pass over
 * the weights. The hot path checks nothing; what a Bernoulli decoder says is summed
 * straight from its logits.
 *
 * @param spec The network.
 * @param weights Its weights; those of the encoder are not used.
 * @param x The image, `[dataDim]`.
 * @returns Values and gradients at row-major points `[count, latentDim]`.
 * @throws {RangeError} If the weights do not belong to the specification, x has another
 * length, or the likelihood refuses x.
 *
 * @example Downhill from the origin of a fresh network is only the prior's slope
 * ```ts
 * import { initialWeights, networkLogJoint, type NetworkSpec } from "elbo/networks";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [],
 *   latentDim: 1,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const weights = initialWeights(spec, { seed: 0 });
 * const { values } = networkLogJoint(spec, weights, [0, 1, 1, 0])(Float64Array.of(0));
 * assertAlmostEquals(values[0], -4 * Math.log(2) - Math.log(2 * Math.PI) / 2);
 * ```
 */
export function networkLogJoint(
  spec: NetworkSpec,
  weights: Weights,
  x: Vector,
): DifferentiableLogDensity {
  checkWeights(spec, weights);
  const { latentDim, convolution } = spec;
  if (convolution) {
    throw new RangeError(
      "Cannot write down ln p(x, z) as the network must be dense: it has convolutions",
    );
  }
  // Refuses an x that the likelihood does not know.
  likelihoodOf(spec, decode(spec, weights, Array(latentDim).fill(0))).logProb(x);
  const hidden = spec.hidden.map((_, i) => layer(weights, `decoder.${i}`));
  const slopeOf = spec.activation === "relu"
    ? (h: number) => h > 0 ? 1 : 0
    : (h: number) => 1 - h * h;
  const activate = spec.activation === "relu"
    ? (v: number) => Math.max(0, v)
    : Math.tanh;
  const headsOf = spec.likelihood.kind === "bernoulli"
    ? bernoulliHeads(layer(weights, "decoder.output"), Float64Array.from(x))
    : anyHeads(spec, weights, x);
  return (points) => {
    const count = points.length / latentDim;
    const activations = [padded(points, latentDim)];
    hidden.forEach((dense, i) =>
      activations.push(forward(dense, activations[i]).map(activate))
    );
    const { values, gradients } = headsOf(activations.at(-1)!, count);
    let slopes = gradients;
    for (let i = hidden.length - 1; i >= 0; i--) {
      const outputs = activations[i + 1];
      slopes = backward(hidden[i], slopes.map((d, j) => d * slopeOf(outputs[j])));
    }
    return {
      values: values.map((value, row) => value + logPrior(points, row, latentDim)),
      gradients: slopes.subarray(0, points.length).map((slope, i) => slope - points[i]),
    };
  };
}

/** ln p(x|z) of `count` rows of the last hidden layer, and its gradient by them. */
type Heads = (
  h: Float64Array,
  count: number,
) => { values: Float64Array; gradients: Float64Array };

/** ln p = sum x l - softplus(l); its gradient by l is x - sigmoid(l). */
function bernoulliHeads(output: Layer, x: Float64Array): Heads {
  const dataDim = x.length;
  return (h, count) => {
    const logits = forward(output, h);
    const values = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      let sum = 0, product = 1;
      for (let i = 0, at = row * dataDim; i < dataDim; i++, at++) {
        const l = logits[at];
        const rare = Math.exp(-Math.abs(l));
        sum += x[i] * l - Math.max(l, 0);
        product *= 1 + rare;
        // Factors lie in (1, 2]: one logarithm serves 512 of them.
        if (i % 512 === 511) {
          sum -= Math.log(product);
          product = 1;
        }
        logits[at] = x[i] - (l > 0 ? 1 : rare) / (1 + rare);
      }
      values[row] = sum - Math.log(product);
    }
    return { values, gradients: backward(output, logits) };
  };
}

/** By the reference, a row at a time: right for every likelihood, and slow. */
function anyHeads(spec: NetworkSpec, weights: Weights, x: Vector): Heads {
  const gradient = emptyGradient(weights);
  const width = spec.hidden[0] ?? spec.latentDim;
  const outputs = decoderOutputs(spec, weights);
  return (h, count) => {
    const values = new Float64Array(count);
    const gradients = new Float64Array(h.length);
    for (let row = 0; row < count; row++) {
      const top = [...h.subarray(row * width, (row + 1) * width)];
      const decoded = outputs(top);
      values[row] = likelihoodOf(spec, decoded).logProb(x);
      const pass = { spec, weights, gradient };
      const down = decoderHeadsBackward(pass, { image: x, decoded, h: top });
      down.forEach((d, j) => gradients[row * width + j] = -d);
    }
    return { values, gradients };
  };
}

function logPrior(points: Float64Array, row: number, dim: number): number {
  let squares = 0;
  for (let i = row * dim; i < (row + 1) * dim; i++) squares += points[i] ** 2;
  return -(squares + dim * LOG_TWO_PI) / 2;
}

interface Layer {
  /** Row-major [inputs, outputs]. */
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

function layer(weights: Weights, name: string): Layer {
  return {
    weight: Float64Array.from(weights.get(`${name}.weight`)!.values),
    bias: Float64Array.from(weights.get(`${name}.bias`)!.values),
  };
}

/** Rows that share a pass over the weights: with two weights at a time eight sums. */
const BLOCK = 4;

/** Rows of zeros up to a whole number of blocks. */
function padded(points: Float64Array, dim: number): Float64Array {
  const rows = Math.ceil(points.length / dim / BLOCK) * BLOCK;
  const all = new Float64Array(rows * dim);
  all.set(points);
  return all;
}

/** y = x W + b of whole blocks of rows, two columns of W at a time. */
function forward({ weight, bias }: Layer, x: Float64Array): Float64Array {
  const outputs = bias.length, inputs = weight.length / outputs;
  const y = new Float64Array(x.length / inputs * outputs);
  for (let y0 = 0, at = 0; y0 < y.length; y0 += BLOCK * outputs, at += BLOCK * inputs) {
    const y1 = y0 + outputs, y2 = y1 + outputs, y3 = y2 + outputs;
    for (let j = 0; j < outputs; j += 2) {
      const k = Math.min(j + 1, outputs - 1); // A last column alone is its own partner.
      let s0 = bias[j], s1 = s0, s2 = s0, s3 = s0;
      let t0 = bias[k], t1 = t0, t2 = t0, t3 = t0;
      for (let i = 0, from = 0; i < inputs; i++, from += outputs) {
        const v = weight[from + j], w = weight[from + k];
        const x0 = x[at + i], x1 = x[at + inputs + i];
        const x2 = x[at + 2 * inputs + i], x3 = x[at + 3 * inputs + i];
        s0 += x0 * v, t0 += x0 * w;
        s1 += x1 * v, t1 += x1 * w;
        s2 += x2 * v, t2 += x2 * w;
        s3 += x3 * v, t3 += x3 * w;
      }
      y[y0 + j] = s0, y[y0 + k] = t0;
      y[y1 + j] = s1, y[y1 + k] = t1;
      y[y2 + j] = s2, y[y2 + k] = t2;
      y[y3 + j] = s3, y[y3 + k] = t3;
    }
  }
  return y;
}

/** dx = dy W^T of whole blocks of rows, two rows of W at a time. */
function backward({ weight, bias }: Layer, dy: Float64Array): Float64Array {
  const outputs = bias.length, inputs = weight.length / outputs;
  const dx = new Float64Array(dy.length / outputs * inputs);
  for (
    let d0 = 0, x0 = 0;
    d0 < dy.length;
    d0 += BLOCK * outputs, x0 += BLOCK * inputs
  ) {
    const d1 = d0 + outputs, d2 = d1 + outputs, d3 = d2 + outputs;
    const x1 = x0 + inputs, x2 = x1 + inputs, x3 = x2 + inputs;
    for (let i = 0; i < inputs; i += 2) {
      const k = Math.min(i + 1, inputs - 1);
      const from = i * outputs, other = k * outputs;
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      let t0 = 0, t1 = 0, t2 = 0, t3 = 0;
      for (let j = 0; j < outputs; j++) {
        const v = weight[from + j], w = weight[other + j];
        const y0 = dy[d0 + j], y1 = dy[d1 + j], y2 = dy[d2 + j], y3 = dy[d3 + j];
        s0 += y0 * v, t0 += y0 * w;
        s1 += y1 * v, t1 += y1 * w;
        s2 += y2 * v, t2 += y2 * w;
        s3 += y3 * v, t3 += y3 * w;
      }
      dx[x0 + i] = s0, dx[x0 + k] = t0;
      dx[x1 + i] = s1, dx[x1 + k] = t1;
      dx[x2 + i] = s2, dx[x2 + k] = t2;
      dx[x3 + i] = s3, dx[x3 + k] = t3;
    }
  }
  return dx;
}
