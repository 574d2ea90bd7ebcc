import * as tf from "@tensorflow/tfjs";
import { activated, consume } from "./wasm_activation.ts";
import { type Convolution, movePatches, patchSize } from "./wasm_patches.ts";
import { createProduct } from "./wasm_products.ts";
import {
  addressOf,
  type KernelArguments,
  makeOutput,
  replaceKernel,
  runKernel,
  wasmMemory,
  withScratch,
} from "./wasm_tensors.ts";

type Attributes = {
  strides: [number, number] | number;
  pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  dilations?: [number, number] | number;
  dataFormat?: string;
  dimRoundingMode?: "floor" | "round" | "ceil";
};

/**
 * Replaces the convolutions of the wasm backend, and adds the gradient by the filter,
 * which it lacks: without it no convolution trains there.
 *
 * All are matrix products of patches, gathered from the images or scattered to them. The
 * stock kernels also keep a packed copy of the filter, which a write into its memory
 * makes wrong.
 */
export function registerConvolutions(): void {
  replaceKernel(tf.Conv2D, ({ inputs, attrs }) => {
    const { x, filter } = inputs;
    return convolve(infoOf(x.shape, filter.shape, attrs), { x, filter });
  });
  replaceKernel(tf.FusedConv2D, ({ inputs, attrs }) => {
    const { x, filter, bias, preluActivationWeights: alpha } = inputs;
    const y = convolve(infoOf(x.shape, filter.shape, attrs), { x, filter });
    const sum = bias ? consume(y, (y) => runKernel(tf.Add, { a: y, b: bias })) : y;
    return activated(sum, { ...attrs, alpha });
  });
  replaceKernel(tf.Conv2DBackpropInput, ({ inputs, attrs }) => {
    const { dy, filter } = inputs;
    const { inputShape } = attrs as unknown as { inputShape: number[] };
    return byInput(infoOf(inputShape, filter.shape, attrs), { dy, filter });
  });
  replaceKernel(tf.Conv2DBackpropFilter, ({ inputs, attrs }) => {
    const { x, dy } = inputs;
    const { filterShape } = attrs as unknown as { filterShape: number[] };
    return byFilter(infoOf(x.shape, filterShape, attrs), { x, dy });
  });
}

function infoOf(
  inShape: number[],
  filterShape: number[],
  attrs: KernelArguments["attrs"],
): Convolution {
  const { strides, pad, dilations = 1, dataFormat = "NHWC", dimRoundingMode } =
    attrs as unknown as Attributes;
  const info = tf.backend_util.computeConv2DInfo(
    inShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    ...[strides, dilations, pad, dimRoundingMode] as const,
  );
  const { dilationHeight, dilationWidth } = info;
  if (dataFormat !== "NHWC" || dilationHeight !== 1 || dilationWidth !== 1) {
    throw new TypeError(
      `Cannot convolve on wasm as images must be NHWC and filters dense: ${dataFormat}, ` +
        `dilations ${dilationHeight} and ${dilationWidth}; ask for cpu or webgpu`,
    );
  }
  return info;
}

type Operands<Names extends string> = Record<Names, tf.TensorInfo>;

// y = patches(x) F, a row for each output place.
function convolve(
  info: Convolution,
  { x, filter }: Operands<"x" | "filter">,
): tf.TensorInfo {
  const y = makeOutput(info.outShape);
  const groups = groupsOf(info);
  const shape = { m: groups.rows, n: info.outChannels, k: patchSize(info) };
  const gemm = createProduct(shape);
  withGroups(groups, gemm.packedBytes, ({ columns, packed, each }) => {
    gemm.pack({ b: addressOf(filter), packed });
    each(({ images, first, rows }) => {
      movePatches("gather", info, { x: addressOf(x) + first.input, columns, images });
      const c = addressOf(y) + first.output;
      gemm.multiply({ a: columns, packed, c }, { from: 0, to: rows });
    });
  });
  return y;
}

// dx = the patches dy F^T, added up where they overlap.
function byInput(
  info: Convolution,
  { dy, filter }: Operands<"dy" | "filter">,
): tf.TensorInfo {
  const dx = zeros(info.inShape);
  const groups = groupsOf(info);
  const shape = { m: groups.rows, n: patchSize(info), k: info.outChannels };
  const gemm = createProduct({ ...shape, transposeB: true });
  withGroups(groups, gemm.packedBytes, ({ columns, packed, each }) => {
    gemm.pack({ b: addressOf(filter), packed });
    each(({ images, first, rows }) => {
      const a = addressOf(dy) + first.output;
      gemm.multiply({ a, packed, c: columns }, { from: 0, to: rows });
      movePatches("scatter", info, { x: addressOf(dx) + first.input, columns, images });
    });
  });
  return dx;
}

// dF = patches(x)^T dy, summed over the groups.
function byFilter(info: Convolution, { x, dy }: Operands<"x" | "dy">): tf.TensorInfo {
  const dFilter = zeros(info.filterShape);
  const groups = groupsOf(info);
  const gemmOf = (rows: number) =>
    createProduct({
      ...{ m: patchSize(info), n: info.outChannels, k: rows },
      ...{ transposeA: true, start: "c" },
    });
  withGroups(groups, gemmOf(groups.rows).packedBytes, ({ columns, packed, each }) => {
    each(({ images, first, rows }) => {
      const gemm = gemmOf(rows);
      movePatches("gather", info, { x: addressOf(x) + first.input, columns, images });
      gemm.pack({ b: addressOf(dy) + first.output, packed });
      gemm.multiply({ a: columns, packed, c: addressOf(dFilter) });
    });
  });
  return dFilter;
}

// Patches of as many images at a time as stay in the cache.
const GROUP_BYTES = 2 ** 20;

interface Groups {
  readonly info: Convolution;
  readonly images: number;
  readonly rows: number;
}

function groupsOf(info: Convolution): Groups {
  const places = info.outHeight * info.outWidth;
  const fitting = Math.floor(GROUP_BYTES / (4 * places * patchSize(info)));
  const images = Math.max(1, Math.min(info.batchSize, fitting));
  return { info, images, rows: images * places };
}

interface Group {
  readonly images: number;
  /** Rows of patches. */
  readonly rows: number;
  /** Where the images begin in the input and in the output, in bytes. */
  readonly first: { readonly input: number; readonly output: number };
}

function withGroups(
  { info, images, rows }: Groups,
  packedBytes: number,
  compute: (scratch: {
    columns: number;
    packed: number;
    each: (take: (group: Group) => void) => void;
  }) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outChannels } = info;
  const inputBytes = 4 * inHeight * inWidth * inChannels;
  const places = rows / images;
  const each = (take: (group: Group) => void) => {
    for (let image = 0; image < batchSize; image += images) {
      const count = Math.min(images, batchSize - image);
      const output = 4 * image * places * outChannels;
      const first = { input: image * inputBytes, output };
      take({ images: count, rows: count * places, first });
    }
  };
  withScratch(
    4 * rows * patchSize(info),
    (columns) =>
      withScratch(packedBytes, (packed) => compute({ columns, packed, each })),
  );
}

function zeros(shape: number[]): tf.TensorInfo {
  const tensor = makeOutput(shape);
  const size = tf.util.sizeFromShape(shape);
  new Float32Array(wasmMemory().buffer, addressOf(tensor), size).fill(0);
  return tensor;
}
