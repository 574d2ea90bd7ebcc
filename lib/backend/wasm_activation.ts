import * as tf from "@tensorflow/tfjs";
import { free, runKernel } from "./wasm_tensors.ts";

/** What follows a product in a fused kernel. */
export interface Activation {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
  /** Of prelu. */
  readonly alpha?: tf.TensorInfo;
}

/** A tensor that nobody else holds, through an activation. */
export function activated(x: tf.TensorInfo, attributes: Activation): tf.TensorInfo {
  const { activation } = attributes;
  if (activation === undefined || activation === "linear") return x;
  return consume(x, (x) => activate(x, attributes));
}

/** What a kernel makes of a tensor that nobody else holds. */
export function consume(
  x: tf.TensorInfo,
  make: (x: tf.TensorInfo) => tf.TensorInfo,
): tf.TensorInfo {
  try {
    return make(x);
  } finally {
    free(x);
  }
}

function activate(
  x: tf.TensorInfo,
  { activation, leakyreluAlpha, alpha }: Activation,
): tf.TensorInfo {
  switch (activation) {
    case "relu":
      return runKernel(tf.Relu, { x });
    case "relu6":
      return runKernel(tf.Relu6, { x });
    case "elu":
      return runKernel(tf.Elu, { x });
    case "sigmoid":
      return runKernel(tf.Sigmoid, { x });
    case "leakyrelu":
      return runKernel(tf.LeakyRelu, { x }, { alpha: leakyreluAlpha });
    case "prelu":
      return runKernel(tf.Prelu, { x, alpha: alpha! });
    default:
      throw new TypeError(
        `Cannot fuse a product as its activation must be one that tfjs fuses: ${activation}`,
      );
  }
}
