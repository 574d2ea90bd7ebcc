import * as tf from "@tensorflow/tfjs";
import { fusedKernels } from "../backend/fused_kernels.ts";
import {
  type ConvolutionLayer,
  convolutionOf,
  FILTER_SIZE,
  type ImageShape,
  STRIDE,
} from "../networks/convolution.ts";
import type { NetworkSpec } from "../networks/mod.ts";
import type { WeightTensors } from "./weight_tensors.ts";

/** A network with its weights. */
export interface Network {
  readonly spec: NetworkSpec;
  readonly weights: WeightTensors;
}

/** A layer and its input, [batchSize, width]; images lie flat in their rows. */
export interface LinearLayer {
  readonly name: string;
  readonly x: tf.Tensor2D;
}

/**
 * y = f(x W + b), where f is the identity unless told; in a convolution W acts on each
 * patch.
 */
export function linear(
  { spec, weights }: Network,
  { name, x, activation = "linear" }: LinearLayer & {
    readonly activation?: "linear" | "relu";
  },
): tf.Tensor2D {
  const weight = weights.get(`${name}.weight`) as tf.Tensor2D;
  const bias = weights.get(`${name}.bias`)!;
  const convolution = convolutionOf(spec, name);
  if (!convolution) {
    return tf.fused.matMul({ a: x, b: weight, bias, activation }) as tf.Tensor2D;
  }
  const { large, small, isTransposed } = convolution;
  const filter = filterOf(convolution, weight);
  const y = isTransposed
    ? spread(large, { y: imagesOf(small, x), filter })
    : tf.conv2d(imagesOf(large, x), filter, STRIDE, "same");
  const sum = tf.add(y, bias);
  return rowsOf(activation === "relu" ? tf.relu(sum) : sum);
}

/** The gradient by the weights of a layer, and by its input when asked for. */
export function linearBackward(
  { spec, weights }: Network,
  { name, x, byOutput }: LinearLayer & { readonly byOutput: tf.Tensor2D },
): { weight: tf.Tensor2D; bias: tf.Tensor1D; byInput: () => tf.Tensor2D } {
  const weight = weights.get(`${name}.weight`) as tf.Tensor2D;
  const convolution = convolutionOf(spec, name);
  if (!convolution) {
    return {
      weight: tf.matMul(x, byOutput, true, false),
      bias: columnSums(byOutput),
      byInput: () => tf.matMul(byOutput, weight, false, true),
    };
  }
  const { large, small, isTransposed } = convolution;
  const filter = filterOf(convolution, weight);
  const [byLarge, bySmall] = isTransposed ? [byOutput, x] : [x, byOutput];
  const images = imagesOf(large, byLarge);
  const places = imagesOf(small, bySmall);
  const { channels } = isTransposed ? large : small;
  return {
    weight: tf.reshape(
      run(tf.Conv2DBackpropFilter, { x: images, dy: places }, {
        filterShape: filter.shape,
      }),
      weight.shape,
    ),
    bias: columnSums(tf.reshape(byOutput, [-1, channels])),
    byInput: () =>
      rowsOf(
        isTransposed
          ? tf.conv2d(images, filter, STRIDE, "same")
          : spread(large, { y: places, filter }),
      ),
  };
}

// The transpose of the convolution: what each place adds to the pixels that it sees.
function spread(
  { height, width, channels }: ImageShape,
  { y, filter }: { y: tf.Tensor4D; filter: tf.Tensor4D },
): tf.Tensor4D {
  const shape: [number, number, number, number] = [
    y.shape[0],
    height,
    width,
    channels,
  ];
  return tf.conv2dTranspose(y, filter, shape, STRIDE, "same") as tf.Tensor4D;
}

function run(
  kernel: string,
  inputs: Record<string, tf.Tensor>,
  attributes: { filterShape: number[] },
): tf.Tensor {
  const attrs = { strides: STRIDE, pad: "same", dataFormat: "NHWC", ...attributes };
  return tf.engine().runKernel(kernel, inputs, attrs) as tf.Tensor;
}

function filterOf(
  { large, small }: ConvolutionLayer,
  weight: tf.Tensor2D,
): tf.Tensor4D {
  return tf.reshape(weight, [
    FILTER_SIZE,
    FILTER_SIZE,
    large.channels,
    small.channels,
  ]);
}

function imagesOf(
  { height, width, channels }: ImageShape,
  rows: tf.Tensor2D,
): tf.Tensor4D {
  return tf.reshape(rows, [rows.shape[0], height, width, channels]);
}

function rowsOf(images: tf.Tensor): tf.Tensor2D {
  return tf.reshape(images, [images.shape[0], -1]);
}

function columnSums(x: tf.Tensor2D): tf.Tensor1D {
  return fusedKernels()?.columnSums(x) ?? tf.sum(x, 0);
}
