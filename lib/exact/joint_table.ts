import type { Vector } from "../math/mod.ts";
import {
  checkWeights,
  decoderHidden,
  type NetworkSpec,
  type Weights,
} from "../networks/mod.ts";

/** ln p(x, z) on a fixed grid over the plane, for one image after the other. */
export interface JointTable {
  /** The nodes of either axis, ascending: `[numNodes]`. */
  readonly axis: Vector;
  /** The distance of neighbouring nodes. */
  readonly spacing: number;
  /**
   * ln p(x, z) in nats; the value at `z = [axis[i], axis[j]]` has the place
   * `i * numNodes + j`.
   *
   * @param x Pixels in [0, 1], `[dataDim]`.
   * @returns Nats, `[numNodes, numNodes]`, row-major.
   * @throws {RangeError} If x has another length.
   */
  logJoint(x: ArrayLike<number>): Float64Array;
}

/** Where the nodes of a {@linkcode jointTable} lie. */
export interface JointTableOptions {
  /** The grid covers [-halfWidth, halfWidth] on both axes, or a little more. */
  readonly halfWidth: number;
  /** The distance of neighbouring nodes. */
  readonly spacing: number;
}

/**
 * Decodes a grid over the plane once, so that many images can be integrated over z.
 *
 * A Bernoulli decoder has logits l(z) = h(z) W + b, with h its last hidden layer, and
 *
 * `ln p(x|z) = x . l(z) - sum_i softplus(l_i(z)) = h(z) . (W x) + b . x - c(z)`:
 *
 * h and c do not know x, so that an image costs a product with h at every node instead
 * of a decoding. The sum of exp(logJoint) times spacing^2 is p(x) by the trapezoid
 * rule: good to many digits if the spacing is at most the posterior's narrowest scale
 * and nothing is left beyond the rim. Unlike `exactPosterior` the table does not look
 * for the mass, so check both.
 *
 * @param network A Bernoulli network with latentDim 2, and its weights.
 * @param options How far the grid reaches, and how fine it is.
 * @returns The table; it keeps a hidden layer for every node.
 * @throws {RangeError} If the network is of another kind, its weights do not fit, or
 * the grid has no finite number of nodes.
 *
 * @example As the posterior's own integral
 * ```ts
 * import { jointTable, trainedNetwork } from "elbo/exact";
 * import { logSumExp } from "elbo/math";
 * import { initialWeights, type NetworkSpec } from "elbo/networks";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 3,
 *   hidden: [4],
 *   latentDim: 2,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const network = trainedNetwork(spec, initialWeights(spec, { seed: 0 }));
 * const { logJoint, spacing } = jointTable(network, { halfWidth: 8, spacing: 0.25 });
 * const logMarginal = logSumExp(logJoint([0, 1, 1])) + 2 * Math.log(spacing);
 * assertAlmostEquals(logMarginal, network.logMarginal([0, 1, 1]), 1e-9);
 * ```
 */
export function jointTable(
  network: { readonly spec: NetworkSpec; readonly weights: Weights },
  options: JointTableOptions,
): JointTable {
  const { spec, weights } = network;
  checkWeights(spec, weights);
  if (spec.likelihood.kind !== "bernoulli" || spec.latentDim !== 2) {
    throw new RangeError(
      "Cannot tabulate p(x, z) as the network must have a Bernoulli likelihood and " +
        `latentDim 2: ${spec.likelihood.kind} and ${spec.latentDim}`,
    );
  }
  const axis = axisOf(options);
  const nodes = axis.flatMap((first) => axis.map((second) => [first, second]));
  const { weight, bias, numRows } = outputLayer(weights);
  const logits = new Float64Array(spec.dataDim);
  /** Row by row a unit of the hidden layer, [numRows, nodes]. */
  const hidden = new Float64Array(numRows * nodes.length);
  const withoutImage = new Float64Array(nodes.length);
  nodes.forEach((z, node) => {
    const h = decoderHidden(spec, weights, z);
    h.forEach((value, k) => hidden[k * nodes.length + node] = value);
    logits.set(bias);
    addRows(logits, h, weight);
    withoutImage[node] = logPrior(z) - sumOfSoftplus(logits);
  });
  return {
    axis,
    spacing: options.spacing,
    logJoint: (x) => {
      const { offset, direction } = project({ weight, bias, numRows }, x);
      const table = withoutImage.map((value) => value + offset);
      addRows(table, direction, hidden);
      return table;
    },
  };
}

function axisOf({ halfWidth, spacing }: JointTableOptions): number[] {
  const reach = Math.ceil(halfWidth / spacing);
  if (!(reach >= 1 && reach < Infinity && spacing > 0)) {
    throw new RangeError(
      "Cannot tabulate p(x, z) as halfWidth and spacing must be positive and finite: " +
        `${halfWidth} and ${spacing}`,
    );
  }
  return Array.from({ length: 2 * reach + 1 }, (_, i) => (i - reach) * spacing);
}

const logPrior = ([first, second]: Vector) =>
  -(first * first + second * second) / 2 - Math.log(2 * Math.PI);

/** logits = h W + b, with rows of zeros under W up to a multiple of four. */
interface OutputLayer {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
  readonly numRows: number;
}

function outputLayer(weights: Weights): OutputLayer {
  const bias = Float64Array.from(weights.get("decoder.output.bias")!.values);
  const { values } = weights.get("decoder.output.weight")!;
  const numRows = 4 * Math.ceil(values.length / bias.length / 4);
  const weight = new Float64Array(numRows * bias.length);
  weight.set(values);
  return { weight, bias, numRows };
}

/** x . l as a function of h: offset + direction . h. */
function project(
  { weight, bias, numRows }: OutputLayer,
  x: ArrayLike<number>,
): { offset: number; direction: number[] } {
  if (x.length !== bias.length) {
    throw new RangeError(
      `Cannot tabulate p(x, z) as x must have the length ${bias.length}: ${x.length}`,
    );
  }
  const product = (row: Float64Array) =>
    row.reduce((sum, value, i) => sum + value * x[i], 0);
  return {
    offset: product(bias),
    direction: Array.from(
      { length: numRows },
      (_, k) => product(weight.subarray(k * x.length, (k + 1) * x.length)),
    ),
  };
}

/**
 * out += sum_k factors_k rows_k, rows [numRows, out.length] with numRows a multiple of
 * four: four products for each time that a number is read and written, which takes half
 * the time of one by one.
 */
function addRows(out: Float64Array, factors: Vector, rows: Float64Array): void {
  for (let k = 0; k < factors.length; k += 4) {
    const [a, b, c, d] = [k, k + 1, k + 2, k + 3].map((row) => row * out.length);
    const [fa, fb = 0, fc = 0, fd = 0] = factors.slice(k, k + 4);
    for (let i = 0; i < out.length; i++) {
      out[i] += fa * rows[a + i] + fb * rows[b + i] + fc * rows[c + i] +
        fd * rows[d + i];
    }
  }
}

/** Factors of at most 2 that a number holds before it overflows at 2^1024. */
const FACTORS = 1000;

/** sum_i softplus(l_i), where one logarithm serves many logits. */
function sumOfSoftplus(logits: Float64Array): number {
  let sum = 0, product = 1;
  for (let i = 0; i < logits.length; i++) {
    sum += Math.max(0, logits[i]);
    product *= 1 + Math.exp(-Math.abs(logits[i]));
    if (i % FACTORS === FACTORS - 1) {
      sum += Math.log(product);
      product = 1;
    }
  }
  return sum + Math.log(product);
}
