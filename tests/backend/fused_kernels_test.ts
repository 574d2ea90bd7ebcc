import { assert, assertEquals, assertGreater } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "elbo/backend";
import { createRandom, STREAMS } from "elbo/math";
import { type FusedKernels, fusedKernels } from "../../lib/backend/fused_kernels.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { testOnWasm } from "./on_wasm.ts";

/** A test of the fused kernels of wasm, which must leave no tensor behind. */
function testFused(name: string, fn: (fused: FusedKernels) => void): void {
  testOnWasm(name, () => {
    const fused = fusedKernels();
    assert(fused);
    fn(fused);
  });
}

const random = createRandom({ seed: 21, stream: STREAMS.test });
// Blocks of 64 vectors, whole vectors, single numbers, and less than a vector.
const shapes: [number, number][] = [[3, 784], [5, 259], [4, 7], [2, 3], [1, 1], [
  9,
  256,
]];

function matrix(rows: number, columns: number, draw: () => number): tf.Tensor2D {
  return tf.tensor2d(Float32Array.from({ length: rows * columns }, draw), [
    rows,
    columns,
  ]);
}

function assertClose(
  found: tf.Tensor,
  exact: number[],
  { terms, magnitude }: { terms: number; magnitude: number },
): void {
  const tolerance = float32Tolerance(terms, magnitude);
  const values = found.dataSync();
  assertEquals(values.length, exact.length);
  values.forEach((x, i) =>
    assert(Math.abs(x - exact[i]) <= tolerance, `${i}: ${x}, not ${exact[i]}`)
  );
}

testFused("bernoulliRows: agrees with float64, for logits up to 60", (fused) => {
  for (const [rows, columns] of shapes) {
    const x = matrix(rows, columns, () => random.uniform());
    const logits = matrix(rows, columns, () => 20 * random.normal());
    const l = logits.arraySync();
    const exact = x.arraySync().map((row, i) =>
      row.reduce((sum, x, j) => {
        const size = Math.abs(l[i][j]);
        return sum + x * l[i][j] - Math.max(l[i][j], 0) - Math.log1p(Math.exp(-size));
      }, 0)
    );
    const found = fused.bernoulliRows({ x, logits });
    assertEquals(found.shape, [rows]);
    // Terms have a mean size of about 8; the sum of their sizes bounds each sum.
    assertClose(found, exact, { terms: columns, magnitude: 16 * columns });
  }
});

testFused("bernoulliRows: many equal factors neither overflow nor vanish", (fused) => {
  const columns = 5000;
  const x = tf.zeros([1, columns]) as tf.Tensor2D;
  for (const logit of [0, 1e-3, -1e-3, 1e30, -1e30]) {
    const logits = tf.fill([1, columns], logit) as tf.Tensor2D;
    const one = Math.fround(logit);
    const exact = -columns *
      (Math.max(one, 0) + Math.log1p(Math.exp(-Math.abs(one))));
    const found = fused.bernoulliRows({ x, logits });
    assertClose(found, [exact], { terms: columns, magnitude: exact });
  }
});

testFused("bernoulliSlope: agrees with float64", (fused) => {
  for (const [rows, columns] of shapes) {
    const x = matrix(rows, columns, () => random.uniform());
    const logits = matrix(rows, columns, () => 20 * random.normal());
    const images = x.dataSync();
    const exact = [...logits.dataSync()].map((l, i) =>
      (1 / (1 + Math.exp(-l)) - images[i]) / rows
    );
    const found = fused.bernoulliSlope({ x, logits }, 1 / rows);
    assertEquals(found.shape, [rows, columns]);
    assertClose(found, exact, { terms: 1, magnitude: 1 });
  }
});

testFused("reluSlope: passes what is above zero, to the bit", (fused) => {
  for (const [rows, columns] of shapes) {
    const y = tf.relu(matrix(rows, columns, () => random.normal())) as tf.Tensor2D;
    const by = matrix(rows, columns, () => random.normal());
    const expected = tf.mul(by, tf.step(y)).dataSync();
    const found = fused.reluSlope(y, by).dataSync();
    // Adding 0 makes one zero of both.
    assertEquals([...found].map((x) => x + 0), [...expected].map((x) => x + 0));
  }
});

testFused("columnSums: agrees with float64", (fused) => {
  for (const [rows, columns] of shapes) {
    const x = matrix(rows, columns, () => random.normal());
    const exact = x.arraySync().reduce((sums, row) => sums.map((s, j) => s + row[j]));
    assertClose(fused.columnSums(x), exact, { terms: rows, magnitude: 4 * rows });
  }
});

testFused("fused kernels: a value that is no number shows", (fused) => {
  const x = tf.zeros([2, 9]) as tf.Tensor2D;
  const logits = tf.tensor2d([...Array(13).fill(0), NaN, ...Array(4).fill(0)], [2, 9]);
  const isNaN = (values: ArrayLike<number>) => Array.from(values, Number.isNaN);
  assertEquals(isNaN(fused.bernoulliRows({ x, logits }).dataSync()), [false, true]);
  const where = isNaN(logits.dataSync());
  assertEquals(isNaN(fused.bernoulliSlope({ x, logits }, 1).dataSync()), where);
  assertEquals(isNaN(fused.columnSums(logits).dataSync()), where.slice(9));
  assertEquals(isNaN(fused.reluSlope(tf.onesLike(logits), logits).dataSync()), where);
});

testFused("fused kernels: work where the memory has grown", (fused) => {
  const x = tf.ones([2, 3]) as tf.Tensor2D;
  assertEquals([...fused.columnSums(x).dataSync()], [2, 2, 2]);
  const before = heapBytes();
  const large = tf.ones([Math.ceil(before / 4 / 1024), 1024]) as tf.Tensor2D;
  assertGreater(heapBytes(), before);
  assertEquals(new Set(fused.columnSums(large).dataSync()), new Set([large.shape[0]]));
  const [w, g, m, v] = [1, 2, 0, 0].map((value) => tf.fill([5], value));
  const constants = { shareM: 1, shareV: 1, rate: 0.5, epsilon: 0 };
  fused.updateAdam({ w, g, m, v }, constants);
  assertEquals([...w.dataSync()], Array(5).fill(0.5));
});

function heapBytes(): number {
  const backend = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
  return backend.wasm.HEAPU8.byteLength;
}

Deno.test("fusedKernels: the cpu backend has none", async () => {
  await chooseBackend("cpu");
  assertEquals(fusedKernels(), undefined);
});
