import * as tf from "@tensorflow/tfjs";
import { activated, consume } from "./wasm_activation.ts";
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

interface Product {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * Replaces the two matrix products of the wasm backend.
 *
 * The stock kernels are fast only where neither operand is transposed; every gradient
 * of a product transposes one, and takes a naive loop ten times slower. They also keep
 * a packed copy of the right operand for as long as its tensor lives, so that after a
 * write into its memory, as Adam makes it, they answer for the old values. These ones
 * have code for each shape and remember no operand.
 *
 * Both must be replaced: layers run the fused product, gradients the plain one.
 */
export function registerMatMuls(): void {
  replaceKernel(
    tf.BatchMatMul,
    ({ inputs, attrs }) => multiply(product(inputs, attrs)),
  );
  replaceKernel(tf._FusedMatMul, ({ inputs, attrs }) => {
    const { bias, preluActivationWeights: alpha } = inputs;
    return activated(multiply(product(inputs, attrs), bias), { ...attrs, alpha });
  });
}

function product(
  inputs: KernelArguments["inputs"],
  attrs: KernelArguments["attrs"],
): Product {
  const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
  const { transposeA, transposeB } = attrs as unknown as Product;
  for (const [name, { dtype }] of Object.entries({ a, b })) {
    if (dtype !== "float32") {
      throw new TypeError(
        `Cannot multiply matrices on wasm as the dtype of ${name} must be float32: ${dtype}; cast it`,
      );
    }
  }
  return { a, b, transposeA, transposeB };
}

/** op(A) op(B), plus a bias, over all batches; A and B may share theirs with many. */
function multiply(
  { a, b, transposeA, transposeB }: Product,
  bias?: tf.TensorInfo,
): tf.TensorInfo {
  const [m, k] = dimensions(a, transposeA);
  const [inner, n] = dimensions(b, transposeB);
  tf.util.assert(
    k === inner,
    () => `Cannot multiply matrices as [${a.shape}] must fit [${b.shape}]`,
  );
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  const isRow = bias !== undefined && isRowOf(bias, n);
  const output = makeOutput([...batch, m, n]);
  if (tf.util.sizeFromShape(output.shape) === 0) return output;

  // Matrices that all meet the same B are one tall matrix.
  const isTall = !transposeA && tf.util.sizeFromShape(batchB) === 1;
  const rows = isTall ? m * tf.util.sizeFromShape(batch) : m;
  const pairs = isTall ? [[0, 0]] : matrixPairs({ batchA, batchB, batch });
  if (k === 0) {
    new Float32Array(wasmMemory().buffer, addressOf(output), rows * n * pairs.length)
      .fill(0);
  } else {
    const start = isRow ? "bias" : "zero";
    const shape = { m: rows, n, k, transposeA, transposeB, start } as const;
    const gemm = createProduct(shape);
    withScratch(gemm.packedBytes, (packed) => {
      let packedMatrix = -1;
      pairs.forEach(([matrixA, matrixB], i) => {
        if (matrixB !== packedMatrix) {
          gemm.pack({ b: addressOf(b) + 4 * k * n * matrixB, packed });
          packedMatrix = matrixB;
        }
        gemm.multiply({
          a: addressOf(a) + 4 * m * k * matrixA,
          packed,
          c: addressOf(output) + 4 * m * n * i,
          bias: isRow ? addressOf(bias) : 0,
        });
      });
    });
  }
  if (!bias || (isRow && k > 0)) return output;
  return consume(output, (x) => runKernel(tf.Add, { a: x, b: bias }));
}

function dimensions({ shape }: tf.TensorInfo, transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

// Whether adding it adds one and the same row of n numbers to each row.
function isRowOf({ shape, dtype }: tf.TensorInfo, n: number): boolean {
  return dtype === "float32" && shape.at(-1) === n &&
    tf.util.sizeFromShape(shape) === n;
}

// Which matrix of A and which of B make each matrix of the output.
function matrixPairs(
  { batchA, batchB, batch }: Record<"batchA" | "batchB" | "batch", number[]>,
): [number, number][] {
  const index = (shape: number[], place: number[]): number =>
    shape.reduce((sum, size, axis) => {
      const at = place[place.length - shape.length + axis];
      return sum * size + (size === 1 ? 0 : at);
    }, 0);
  return Array.from({ length: tf.util.sizeFromShape(batch) }, (_, i) => {
    const place = batch.reduceRight<[number, number[]]>(
      ([rest, digits], size) => [Math.floor(rest / size), [rest % size, ...digits]],
      [i, []],
    )[1];
    return [index(batchA, place), index(batchB, place)];
  });
}
