import { assert, assertEquals, assertThrows } from "@std/assert";
import { createRandom, STREAMS } from "elbo/math";
import { createGemm, type GemmShape, hasRelaxed } from "elbo/simd";
import { fc } from "../helpers/fast_check.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";

const random = createRandom({ seed: 11, stream: STREAMS.test });
const noise = Float32Array.from({ length: 300 * 300 * 3 }, () => random.normal());
/** Stands around every operand; a kernel must leave it as it is. */
const GUARD = 12345;

interface Product {
  shape: GemmShape;
  a: Float32Array;
  b: Float32Array;
  /** What C holds before. */
  c: Float32Array;
  bias: Float32Array;
}

/** Operands of a shape from the noise, with stored rows as far apart as it says. */
function operands(shape: GemmShape): Product {
  const { m, n, k, transposeA, transposeB } = shape;
  const rowsA = transposeA ? k : m;
  const rowsB = transposeB ? n : k;
  const sizeA = rowsA * (shape.strideA ?? (transposeA ? m : k));
  const sizeB = rowsB * (shape.strideB ?? (transposeB ? k : n));
  return {
    shape,
    a: noise.slice(0, sizeA),
    b: noise.slice(sizeA, sizeA + sizeB),
    c: noise.slice(7, 7 + m * (shape.strideC ?? n)),
    bias: noise.slice(3, 3 + n),
  };
}

/** C by the kernels: rows cut at `cuts`, panels packed in two calls. */
function multiply(
  { shape, a, b, c, bias }: Product,
  { cuts = [], shared = false }: { cuts?: number[]; shared?: boolean } = {},
): Float32Array {
  const { m } = shape;
  const places: number[] = [];
  let size = 8;
  for (const length of [a.length, b.length, c.length, bias.length]) {
    places.push(size);
    size += length + 8;
  }
  const packed = size;
  const pages = Math.ceil((size + shape.k * (shape.n + 16) + 8) / 16384);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  const view = new Float32Array(memory.buffer).fill(GUARD);
  [a, b, c, bias].forEach((values, i) => view.set(values, places[i]));

  const gemm = createGemm(memory, shape);
  const [atA, atB, atC, atBias] = places.map((place) => 4 * place);
  const half = gemm.panels >> 1;
  for (const range of [{ from: half, to: gemm.panels }, { from: 0, to: half }]) {
    gemm.pack({ b: atB, packed: 4 * packed }, range);
  }
  const ends = [...cuts.map((cut) => Math.min(cut, m)).sort((x, y) => x - y), m];
  let from = 0;
  for (const to of ends) {
    gemm.multiply({ a: atA, packed: 4 * packed, c: atC, bias: atBias }, { from, to });
    from = to;
  }

  const inputs = [a, b, bias].map((values, i) =>
    view.slice(places[[0, 1, 3][i]]).subarray(0, values.length)
  );
  assertEquals(inputs, [a, b, bias], "an operand was written");
  for (const [i, { length }] of [a, b, c, bias].entries()) {
    const after = view.slice(places[i] + length, places[i] + length + 8);
    assertEquals(new Set(after), new Set([GUARD]), "something beyond an operand");
  }
  const afterPacked = view.slice(packed + gemm.packedBytes / 4);
  assertEquals(new Set(afterPacked), new Set([GUARD]), "something beyond the packed B");
  return view.slice(places[2], places[2] + c.length);
}

/** C in float64, and the sum of the magnitudes of each element's terms. */
function reference(
  { shape, a, b, c, bias }: Product,
): { value: Float64Array; magnitude: Float64Array } {
  const { m, n, k, transposeA, transposeB, start = "zero" } = shape;
  const strideA = shape.strideA ?? (transposeA ? m : k);
  const strideB = shape.strideB ?? (transposeB ? k : n);
  const strideC = shape.strideC ?? n;
  const value = Float64Array.from(c);
  const magnitude = new Float64Array(c.length);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const at = i * strideC + j;
      let sum = start === "zero" ? 0 : start === "c" ? c[at] : bias[j];
      let size = Math.abs(sum);
      for (let p = 0; p < k; p++) {
        const left = a[transposeA ? p * strideA + i : i * strideA + p];
        const right = b[transposeB ? j * strideB + p : p * strideB + j];
        sum += left * right;
        size += Math.abs(left * right);
      }
      value[at] = sum;
      magnitude[at] = size;
    }
  }
  return { value, magnitude };
}

/** C by rounding each product and each sum, in the order of the terms. */
function inOrder({ shape: { m, n, k }, a, b }: Product): Float32Array {
  const c = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) {
        sum = Math.fround(sum + Math.fround(a[i * k + p] * b[p * n + j]));
      }
      c[i * n + j] = sum;
    }
  }
  return c;
}

function assertProduct(product: Product, actual: Float32Array): void {
  const { value, magnitude } = reference(product);
  actual.forEach((x, i) => {
    const tolerance = float32Tolerance(product.shape.k, magnitude[i]);
    assert(
      Math.abs(x - value[i]) <= tolerance,
      `${JSON.stringify(product.shape)} at ${i}: ${x}, not ${value[i]}`,
    );
  });
}

const size = fc.integer({ min: 1, max: 70 });
const shapes = fc.record({
  m: size,
  n: size,
  k: size,
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  start: fc.constantFrom("zero", "c", "bias"),
  relaxed: fc.boolean(),
});

Deno.test("gemm: any shape, transposes, starts and cuts agree with float64", () => {
  fc.assert(fc.property(shapes, fc.array(size, { maxLength: 3 }), (shape, cuts) => {
    const product = operands(shape);
    assertProduct(product, multiply(product, { cuts }));
  }));
});

Deno.test("gemm: shapes up to 300 agree with float64", () => {
  const large = fc.integer({ min: 71, max: 300 });
  const property = fc.property(shapes, large, large, large, (shape, m, n, k) => {
    const product = operands({ ...shape, m, n, k });
    assertProduct(product, multiply(product, { cuts: [m >> 1] }));
  });
  fc.assert(property, { numRuns: 6 });
});

Deno.test("gemm: stored rows may lie apart, and what lies between is kept", () => {
  fc.assert(
    fc.property(shapes, fc.integer({ min: 1, max: 5 }), (shape, gap) => {
      const { m, n, k, transposeA, transposeB } = shape;
      const product = operands({
        ...shape,
        strideA: (transposeA ? m : k) + gap,
        strideB: (transposeB ? k : n) + gap,
        strideC: n + gap,
      });
      assertProduct(product, multiply(product));
    }),
    { numRuns: 30 },
  );
});

Deno.test("gemm: each element is summed in the order of its terms, to the bit", () => {
  for (const [m, n, k] of [[5, 37, 61], [1, 1, 300], [17, 20, 8], [3, 16, 7]]) {
    const product = operands({ m, n, k });
    assertEquals(multiply(product, { cuts: [1] }), inOrder(product));
  }
});

Deno.test("gemm: bits do not depend on where rows are cut, relaxed or not", () => {
  for (const relaxed of [false, true]) {
    const product = operands({ m: 23, n: 45, k: 67, relaxed });
    const whole = multiply(product);
    for (const cuts of [[1], [11], [7, 15], [2, 5, 22]]) {
      assertEquals(multiply(product, { cuts }), whole);
    }
  }
});

Deno.test("gemm: a memory that threads share gives the same bits", () => {
  const product = operands({ m: 9, n: 21, k: 33, transposeB: true });
  assertEquals(multiply(product, { shared: true }), multiply(product));
});

Deno.test("gemm: a fused product rounds once, so that it may differ in a bit", () => {
  // (1 + e)(1 - e) - 1 = -e^2, lost if the product is rounded first.
  const e = 2 ** -13;
  const product = {
    ...operands({ m: 1, n: 1, k: 2 }),
    a: Float32Array.of(-1, 1 + e),
    b: Float32Array.of(1, 1 - e),
  };
  assertEquals(multiply(product)[0], 0);
  const fused = multiply({ ...product, shape: { m: 1, n: 1, k: 2, relaxed: true } })[0];
  assert(fused === 0 || (hasRelaxed() && fused === -(e ** 2)), `${fused}`);
});

Deno.test("gemm: special values follow the rules of floating point", () => {
  const least = 2 ** -149;
  const cases: [number[], number[], number][] = [
    [[NaN, 1], [0, 1], NaN],
    [[0, 1], [NaN, 1], NaN],
    [[Infinity, 1], [0, 1], NaN],
    [[Infinity, 1], [2, 1], Infinity],
    [[Infinity, -Infinity], [1, 1], NaN],
    [[-Infinity, 1], [2, 1], -Infinity],
    [[3e38, 3e38], [1, 1], Infinity],
    [[least, least], [1, 1], 2 * least],
    [[2 ** -100, 0], [2 ** -49, 0], least],
    // The sum begins with +0, which no -0 changes.
    [[-0, -0], [1, 1], 0],
  ];
  for (const transposeB of [false, true]) {
    for (const [left, right, expected] of cases) {
      const product = {
        ...operands({ m: 1, n: 1, k: 2, transposeB }),
        a: Float32Array.from(left),
        b: Float32Array.from(right),
      };
      const [actual] = multiply(product);
      assert(Object.is(actual, expected), `${left} by ${right}: ${actual}`);
    }
  }
});

Deno.test("gemm: a NaN stays in its row and its column", () => {
  const product = operands({ m: 7, n: 19, k: 5 });
  product.a[2 * 5 + 3] = NaN;
  const c = multiply(product);
  c.forEach((x, i) => assertEquals(Number.isNaN(x), Math.floor(i / 19) === 2));
});

Deno.test("gemm: kernels outlive the growth of their memory", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const gemm = createGemm(memory, { m: 1, n: 1, k: 1 });
  memory.grow(3);
  const far = 3 * 65536;
  const view = new Float32Array(memory.buffer, far);
  view.set([3, 5]);
  gemm.pack({ b: far + 4, packed: far + 16 });
  gemm.multiply({ a: far, packed: far + 16, c: far + 8 });
  assertEquals(view[2], 15);
});

Deno.test("gemm: a size that is no whole number from 1 on is refused", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  for (const bad of [0, -1, 1.5, NaN]) {
    for (const shape of [{ m: bad, n: 1, k: 1 }, { m: 1, n: 1, k: bad }]) {
      assertThrows(() => createGemm(memory, shape), RangeError, "whole number");
    }
  }
});
