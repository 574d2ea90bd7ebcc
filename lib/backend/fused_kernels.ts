import * as tf from "@tensorflow/tfjs";
import { type AdamConstants, createAdam } from "../simd/mod.ts";
import {
  bernoulliRows,
  bernoulliSlope,
  columnSums,
  reluSlope,
} from "./wasm_elementwise.ts";
import {
  addressOf,
  makeOutput,
  replaceKernel,
  WASM,
  wasmMemory,
} from "./wasm_tensors.ts";

/** Weights and what Adam keeps of them, tensors of one shape. */
export interface AdamTensors {
  /** The weights. */
  readonly w: tf.Tensor;
  /** Their gradient; only read. */
  readonly g: tf.Tensor;
  /** The running mean of the gradient. */
  readonly m: tf.Tensor;
  /** The running mean of its square. */
  readonly v: tf.Tensor;
}

/** Images x and logits of p(x|z), both [rows, columns]. */
export interface BernoulliTensors {
  /** The images. */
  readonly x: tf.Tensor2D;
  /** The logits. */
  readonly logits: tf.Tensor2D;
}

/** Computations that one pass over memory makes, where tfjs would take several. */
export interface FusedKernels {
  /** One update of Adam, written into w, m and v; see `createAdam` of elbo/simd. */
  readonly updateAdam: (tensors: AdamTensors, constants: AdamConstants) => void;
  /** sum_j x_ij l_ij - ln(1 + exp(l_ij)) of each row i, in nats: [rows]. */
  readonly bernoulliRows: (tensors: BernoulliTensors) => tf.Tensor1D;
  /** (1 / (1 + exp(-l)) - x) scale: [rows, columns]. */
  readonly bernoulliSlope: (tensors: BernoulliTensors, scale: number) => tf.Tensor2D;
  /** `by` where y > 0, else 0: back through y = max(0, ...). */
  readonly reluSlope: (y: tf.Tensor2D, by: tf.Tensor2D) => tf.Tensor2D;
  /** The sum of each column of [rows, columns]: [columns]. */
  readonly columnSums: (x: tf.Tensor2D) => tf.Tensor1D;
}

const BERNOULLI_ROWS = "elbo.BernoulliRows";
const BERNOULLI_SLOPE = "elbo.BernoulliSlope";
const RELU_SLOPE = "elbo.ReluSlope";
const COLUMN_SUMS = "elbo.ColumnSums";

/** Makes the fused kernels known to tfjs, which then looks after their tensors. */
export function registerFusedKernels(): void {
  replaceKernel(BERNOULLI_ROWS, ({ inputs }) => {
    const { x, logits } = inputs as unknown as BernoulliTensors;
    const rows = makeOutput([logits.shape[0]]);
    bernoulliRows({ x, logits, rows });
    return rows;
  });
  replaceKernel(BERNOULLI_SLOPE, ({ inputs, attrs }) => {
    const { x, logits } = inputs as unknown as BernoulliTensors;
    const { scale } = attrs as unknown as { scale: number };
    const gradient = makeOutput(logits.shape);
    bernoulliSlope({ x, logits, gradient, scale });
    return gradient;
  });
  replaceKernel(RELU_SLOPE, ({ inputs }) => {
    const { y, by } = inputs as unknown as Record<"y" | "by", tf.Tensor2D>;
    const gradient = makeOutput(y.shape);
    reluSlope({ y, by, gradient });
    return gradient;
  });
  replaceKernel(COLUMN_SUMS, ({ inputs }) => {
    const { x } = inputs as unknown as { x: tf.Tensor2D };
    const sums = makeOutput([x.shape[1]]);
    columnSums({ x, sums });
    return sums;
  });
}

const onWasm: FusedKernels = {
  updateAdam: ({ w, g, m, v }, constants) =>
    createAdam(wasmMemory())({
      w: addressOf(w),
      g: addressOf(g),
      m: addressOf(m),
      v: addressOf(v),
      count: w.size,
    }, constants),
  bernoulliRows: ({ x, logits }) => run(BERNOULLI_ROWS, { x, logits }) as tf.Tensor1D,
  bernoulliSlope: ({ x, logits }, scale) =>
    run(BERNOULLI_SLOPE, { x, logits }, { scale }) as tf.Tensor2D,
  reluSlope: (y, by) => run(RELU_SLOPE, { y, by }) as tf.Tensor2D,
  columnSums: (x) => run(COLUMN_SUMS, { x }) as tf.Tensor1D,
};

/**
 * The fused kernels of the backend in use.
 *
 * They record no gradient: they are for passes that are written out.
 *
 * @returns Them, or undefined where operations of tfjs must do.
 */
export function fusedKernels(): FusedKernels | undefined {
  return tf.getBackend() === WASM ? onWasm : undefined;
}

function run(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attrs: Record<string, number> = {},
): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs) as tf.Tensor;
}
