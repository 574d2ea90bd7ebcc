import type { Vector } from "../math/mod.ts";
import { checkWeights, type NetworkSpec, type Weights } from "../networks/mod.ts";
import { hiddenForward } from "../networks/layers.ts";

/** ln p(x, z) on a fixed grid over the plane, for one image after the other. */
export interface JointTable {
  /** The nodes of either axis, ascending: [numNodes]. */
  readonly axis: Vector;
  /** The distance of neighbouring nodes. */
  readonly spacing: number;
  /**
   * ln p(x, z) in nats; the value at z = [axis[i], axis[j]] has the place
   * i * numNodes + j.
   *
   * @param x pixels in [0, 1], [dataDim]
   * @returns [numNodes, numNodes], row-major
   * @throws {RangeError} if x has another length
   */
  logJoint(x: ArrayLike<number>): Float64Array;
}

/** Where the nodes of a {@linkcode jointTable} lie. */
export interface JointTableOptions {
  /** The grid covers [-halfWidth, halfWidth] on both axes. */
  readonly halfWidth: number;
  /** The distance of neighbouring nodes. */
  readonly spacing: number;
}

/**
 * Decodes a grid over the plane once, so that many images can be integrated over z.
 *
 * A Bernoulli decoder has logits l(z) = h(z) W + b, with h its last hidden layer, and
 *
 * ln p(x given z) = x . l(z) - sum_i softplus(l_i(z)) = h(z) . (W x) + b . x - c(z):
 *
 * h and c do not know x, so that an image costs a product with h at every node instead
 * of a decoding. The sum of exp(logJoint) times spacing^2 is p(x) by the trapezoid rule:
 * good to many digits if the spacing is at most the posterior's narrowest scale and
 * nothing is left beyond the rim. Unlike `exactPosterior` the table does not look for
 * the mass, so check both.
 *
 * @param network a Bernoulli network with latentDim 2, and its weights
 * @param options how far the grid reaches, and how fine it is
 * @returns the table; it keeps a hidden layer for every node
 * @throws {RangeError} if the network is of another kind, its weights do not fit, or the
 *   grid has no finite number of nodes
 *
 * @example
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
  const output = outputLayer(weights);
  const nodes = axis.flatMap((first) => axis.map((second) => [first, second]));
  const hidden = new Float64Array(nodes.length * output.numHidden);
  const withoutImage = new Float64Array(nodes.length);
  nodes.forEach((z, node) => {
    const h = hiddenForward({ spec, weights }, "decoder", z).at(-1)!;
    hidden.set(h, node * output.numHidden);
    withoutImage[node] = logPrior(z) - sumOfSoftplus(output.logitsOf(h));
  });
  return {
    axis,
    spacing: options.spacing,
    logJoint: (x) => {
      const { offset, direction } = output.project(x);
      return withoutImage.map((value, node) =>
        value + offset + dotAt(hidden, direction, node * direction.length)
      );
    },
  };
}

function axisOf({ halfWidth, spacing }: JointTableOptions): number[] {
  const reach = Math.ceil(halfWidth / spacing);
  if (!(reach >= 0 && reach < Infinity && spacing > 0)) {
    throw new RangeError(
      "Cannot tabulate p(x, z) as halfWidth and spacing must be positive and finite: " +
        `${halfWidth} and ${spacing}`,
    );
  }
  return Array.from({ length: 2 * reach + 1 }, (_, i) => (i - reach) * spacing);
}

const logPrior = ([first, second]: Vector) =>
  -(first * first + second * second) / 2 - Math.log(2 * Math.PI);

/** Rows of W that are added in one pass over the logits. */
const ROWS = 4;

/** The last layer of the decoder: logits = h W + b. */
function outputLayer(weights: Weights) {
  const bias = Float64Array.from(weights.get("decoder.output.bias")!.values);
  const { values } = weights.get("decoder.output.weight")!;
  const dataDim = bias.length;
  const numHidden = values.length / dataDim;
  // Rows of zeros, up to a multiple of ROWS.
  const rows = Math.ceil(numHidden / ROWS) * ROWS;
  const weight = new Float64Array(rows * dataDim);
  weight.set(values);
  const logits = new Float64Array(dataDim);
  const h = new Float64Array(rows);

  return {
    numHidden,
    /** The logits of one h, in an array that the next call reuses. */
    logitsOf(hidden: Vector): Float64Array {
      logits.set(bias);
      h.set(hidden);
      // Four products for each time that a logit is read and written: twice as fast.
      for (let k = 0; k < rows; k += ROWS) {
        const [a, b, c, d] = [k, k + 1, k + 2, k + 3].map((row) => row * dataDim);
        const [ha, hb, hc, hd] = [h[k], h[k + 1], h[k + 2], h[k + 3]];
        for (let i = 0; i < dataDim; i++) {
          logits[i] += ha * weight[a + i] + hb * weight[b + i] +
            hc * weight[c + i] + hd * weight[d + i];
        }
      }
      return logits;
    },
    /** x . l(h) as a function of h: offset + direction . h. */
    project(x: ArrayLike<number>): { offset: number; direction: Float64Array } {
      if (x.length !== dataDim) {
        throw new RangeError(
          `Cannot tabulate p(x, z) as x must have the length ${dataDim}: ${x.length}`,
        );
      }
      const pixels = Float64Array.from(x);
      const direction = Float64Array.from(
        { length: numHidden },
        (_, k) => dotAt(weight, pixels, k * dataDim),
      );
      return { offset: dotAt(bias, pixels, 0), direction };
    },
  };
}

/** The product of `right` with the part of `left` that starts at `from`. */
function dotAt(left: Float64Array, right: Float64Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < right.length; i++) sum += left[from + i] * right[i];
  return sum;
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
