import { assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { createRandom, STREAMS } from "elbo/math";
import { fc } from "../helpers/fast_check.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { testOnWasm } from "./on_wasm.ts";

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

testOnWasm(
  "matMul: any batches that broadcast, in any shape, agree with sums of products",
  () => {
    const size = fc.integer({ min: 1, max: 20 });
    const batch = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 });
    const flags = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(batch, flags, size, size, size, (batch, flags, m, n, k) => {
        const [transposeA, transposeB, ...ones] = flags;
        // An axis of size 1, or one that is left out, meets every matrix of the other.
        const left = batch.map((size, axis) => ones[axis] ? 1 : size);
        const right = batch.map((size, axis) => ones[axis + 3] ? 1 : size);
        const a = randomTensor([...left, ...(transposeA ? [k, m] : [m, k])]);
        const b = randomTensor([
          ...right.slice(ones[2] ? firstAbove1(right) : 0),
          ...(transposeB ? [n, k] : [k, n]),
        ]);
        const product = tf.matMul(a, b, transposeA, transposeB);
        const rows = transposeA ? tf.transpose(a, swapped(a.rank)) : a;
        const columns = transposeB ? b : tf.transpose(b, swapped(b.rank));
        // The same as a sum over the last of three axes, by broadcasting.
        const terms = tf.mul(tf.expandDims(rows, -2), tf.expandDims(columns, -3));
        assertEquals(product.shape, terms.shape.slice(0, -1));
        assertNear(product.dataSync(), [...tf.sum(terms, -1).dataSync()], k);
        tf.dispose([a, b, product, rows, columns, terms]);
      }),
      { numRuns: 60 },
    );
  },
);

testOnWasm("fused.matMul: every activation, and biases of every shape", () => {
  const [a, b] = [randomMatrix([5, 7]), randomMatrix([7, 9])];
  const alpha = randomMatrix([1, 9]);
  const plain = tf.matMul(a, b);
  const activations = {
    linear: (x: tf.Tensor) => x,
    relu: tf.relu,
    relu6: tf.relu6,
    elu: tf.elu,
    sigmoid: tf.sigmoid,
    leakyrelu: (x: tf.Tensor) => tf.leakyRelu(x, 0.3),
    prelu: (x: tf.Tensor) => tf.prelu(x, alpha),
  };
  for (const bias of [undefined, [9], [1, 9], [5, 1], [1], [5, 9]]) {
    const added = bias && randomTensor(bias);
    for (const [name, f] of Object.entries(activations)) {
      const layer = { a, b, bias: added, activation: name as "relu" };
      const options = { leakyreluAlpha: 0.3, preluActivationWeights: alpha };
      const found = tf.fused.matMul({ ...layer, ...options });
      const expected = f(added ? tf.add(plain, added) : plain);
      assertNear(found.dataSync(), [...expected.dataSync()], 7);
    }
  }
});

testOnWasm("matMul: no rows and no terms", () => {
  assertEquals(tf.matMul(tf.zeros([0, 3]), tf.zeros([3, 2])).shape, [0, 2]);
  assertEquals([...tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 2])).dataSync()], [
    0,
    0,
    0,
    0,
  ]);
});

testOnWasm("matMul: whole numbers are refused, with what to do", () => {
  const x = tf.ones([2, 2], "int32") as tf.Tensor2D;
  assertThrows(() => tf.matMul(x, x), TypeError, "float32: int32; cast it");
});

const random = createRandom({ seed: 6, stream: STREAMS.test });

function randomMatrix(shape: number[]): tf.Tensor2D {
  const [rows, columns] = shape;
  const values = Float32Array.from({ length: rows * columns }, () => random.normal());
  return tf.tensor2d(values, [rows, columns]);
}

function randomTensor(shape: number[]): tf.Tensor {
  const values = { length: tf.util.sizeFromShape(shape) };
  return tf.tensor(Float32Array.from(values, () => random.normal()), shape);
}

function swapped(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}

// How many axes may be left out before one that counts.
function firstAbove1(shape: number[]): number {
  const axis = shape.findIndex((size) => size > 1);
  return axis < 0 ? shape.length : axis;
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
