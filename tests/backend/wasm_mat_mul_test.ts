import { assertEquals, assertLessOrEqual } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "elbo/backend";
import { createRandom, STREAMS } from "elbo/math";
import { granted } from "../helpers/permissions.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";

function testOnWasm(name: string, fn: () => void): void {
  Deno.test({
    name: `${name} (reads the wasm module)`,
    ignore: !granted("read"),
    fn: async () => {
      await chooseBackend("wasm");
      const { numTensors, numDataBuffers } = tf.memory();
      tf.tidy(fn);
      assertEquals(tf.memory().numTensors, numTensors, "tensors were left behind");
      assertEquals(tf.memory().numDataBuffers, numDataBuffers, "data was left behind");
    },
  });
}

const transposes = [[false, false], [false, true], [true, false], [true, true]];
// [rows, inner, columns], with the larger operand left, right, and neither.
const sizes = [[40, 5, 3], [3, 5, 40], [7, 7, 7], [1, 9, 1], [33, 170, 65]];

testOnWasm("matMul: agrees with float64 for every transpose", () => {
  for (const [rows, inner, columns] of sizes) {
    for (const [transposeA, transposeB] of transposes) {
      const a = randomMatrix(transposeA ? [inner, rows] : [rows, inner]);
      const b = randomMatrix(transposeB ? [columns, inner] : [inner, columns]);
      const product = tf.matMul(a, b, transposeA, transposeB);
      assertEquals(product.shape, [rows, columns]);
      assertIsProduct(product, entries(a, transposeA), entries(b, transposeB));
    }
  }
});

testOnWasm("fused.matMul: agrees with float64 for every transpose", () => {
  for (const [rows, inner, columns] of sizes) {
    for (const [transposeA, transposeB] of transposes) {
      const a = randomMatrix(transposeA ? [inner, rows] : [rows, inner]);
      const b = randomMatrix(transposeB ? [columns, inner] : [inner, columns]);
      const bias = tf.tensor1d(randomMatrix([1, columns]).dataSync());
      const activation = "relu";
      const layer = { a, b, bias, transposeA, transposeB };
      const product = tf.fused.matMul({ ...layer, activation });
      assertIsProduct(product, entries(a, transposeA), entries(b, transposeB), {
        bias: bias.arraySync(),
        activation: (x) => Math.max(0, x),
      });
    }
  }
});

testOnWasm("matMul: batches of matrices, one shared by all", () => {
  const batch = [randomMatrix([4, 3]), randomMatrix([4, 3])];
  const shared = randomMatrix([9, 3]);
  const left = tf.stack(batch) as tf.Tensor3D;
  const products = tf.matMul(left, tf.expandDims(shared, 0), false, true);
  tf.unstack(products).forEach((product, i) =>
    assertIsProduct(product, entries(batch[i]), entries(shared, true))
  );
});

testOnWasm("matMul: gradients pass through the replaced kernels", () => {
  const [x, w] = [randomMatrix([4, 6]), randomMatrix([6, 50])];
  const bias = tf.zeros([50]) as tf.Tensor1D;
  const layer = (x: tf.Tensor, w: tf.Tensor) =>
    tf.sum(tf.fused.matMul({ a: x as tf.Tensor2D, b: w as tf.Tensor2D, bias }));
  const [byX, byW] = tf.grads(layer)([x, w]) as tf.Tensor2D[];
  const ones = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => Array(columns).fill(1));
  assertIsProduct(byX, ones(4, 50), entries(w, true));
  assertIsProduct(byW, entries(x, true), ones(4, 50));
});

testOnWasm("matMul: sees a write into the memory of an operand", () => {
  for (const fused of [false, true]) {
    for (const [transposeA, transposeB] of transposes) {
      const [a, b] = [randomMatrix([8, 8]), randomMatrix([8, 8])];
      const bias = tf.tensor1d(Array(8).fill(0));
      const multiply = () =>
        fused
          ? tf.fused.matMul({ a, b, bias, transposeA, transposeB })
          : tf.matMul(a, b, transposeA, transposeB);
      const before = multiply().dataSync();
      for (const operand of [a, b]) doubleInPlace(operand);
      // Doubling is exact in binary: the second product is 4 times the first.
      assertEquals(multiply().dataSync(), before.map((value) => 4 * value));
      if (fused) {
        write(bias, Array(8).fill(1));
        const expected = before.map((value) => Math.fround(4 * value) + 1);
        assertNear(multiply().dataSync(), Array.from(expected), 8);
      }
    }
  }
});

testOnWasm("matMul: repeating it does not grow the memory", () => {
  const [a, b] = [randomMatrix([64, 300]), randomMatrix([300, 64])];
  const repeat = (count: number) => {
    for (let i = 0; i < count; i++) {
      for (const [transposeA, transposeB] of [[false, false], [true, true]]) {
        tf.dispose(tf.matMul(a, b, transposeA, transposeB));
      }
    }
    return heap().byteLength;
  };
  const atFirst = repeat(3);
  assertEquals(repeat(300), atFirst); // 300 packed copies would be 46 MB
});

const random = createRandom({ seed: 6, stream: STREAMS.test });

function randomMatrix(shape: number[]): tf.Tensor2D {
  const [rows, columns] = shape;
  const values = Float32Array.from({ length: rows * columns }, () => random.normal());
  return tf.tensor2d(values, [rows, columns]);
}

function entries(matrix: tf.Tensor2D, transposed = false): number[][] {
  const rows = matrix.arraySync();
  if (!transposed) return rows;
  return rows[0].map((_, column) => rows.map((row) => row[column]));
}

function assertIsProduct(
  product: tf.Tensor,
  left: number[][],
  right: number[][],
  layer: { bias?: number[]; activation?: (x: number) => number } = {},
): void {
  const { bias, activation = (x) => x } = layer;
  const exact = left.flatMap((row) =>
    right[0].map((_, column) => {
      const sum = row.reduce((sum, x, i) => sum + x * right[i][column], 0);
      return activation(sum + (bias?.[column] ?? 0));
    })
  );
  assertNear(product.dataSync(), exact, right.length);
}

// Standard normal entries: terms of a size of 1, seldom above 10.
function assertNear(found: ArrayLike<number>, exact: number[], terms: number): void {
  assertEquals(found.length, exact.length);
  const tolerance = float32Tolerance(terms, 10);
  exact.forEach((value, i) => {
    assertLessOrEqual(Math.abs(found[i] - value), tolerance, `element ${i}`);
  });
}

interface WasmInternals {
  readonly wasm: { readonly HEAPU8: Uint8Array };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
}

function heap(): ArrayBufferLike {
  return (tf.backend() as unknown as WasmInternals).wasm.HEAPU8.buffer;
}

function write(tensor: tf.Tensor, values: ArrayLike<number>): void {
  const { dataIdMap } = tf.backend() as unknown as WasmInternals;
  const { memoryOffset } = dataIdMap.get(tensor.dataId);
  new Float32Array(heap(), memoryOffset, tensor.size).set(values);
}

function doubleInPlace(tensor: tf.Tensor): void {
  write(tensor, tensor.dataSync().map((value) => 2 * value));
}
