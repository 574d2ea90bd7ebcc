import { assert, assertEquals } from "@std/assert";
import { createRandom, STREAMS } from "elbo/math";
import * as simd from "elbo/simd";
import type { VectorFunction } from "elbo/simd";

const random = createRandom({ seed: 12, stream: STREAMS.test });

/** Values of a fragment, and a guard behind them that must stay. */
function valuesOf(f: VectorFunction, inputs: ArrayLike<number>): Float32Array {
  const memory = new WebAssembly.Memory({ initial: 32 });
  const view = new Float32Array(memory.buffer);
  view.set(inputs);
  const to = inputs.length + 3;
  view[to + inputs.length] = 12345;
  const { run } = simd.instantiate({
    run: {
      params: ["i32", "i32", "i32"],
      body: ([x, y, count], newLocal) =>
        simd.forVectors(
          { pointers: [x, y], count, newLocal },
          ({ load, store }) => store(y, f(load(x), newLocal)),
        ),
    },
  }, memory);
  run(0, 4 * to, inputs.length);
  assertEquals(view[to + inputs.length], 12345);
  return view.slice(to, to + inputs.length);
}

/** The distance of neighbouring float32 numbers of the size of x. */
function unitInTheLastPlace(x: number): number {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(x), 2 ** -126)));
  return 2 ** (exponent - 23);
}

interface Case {
  f: VectorFunction;
  exact: (x: number) => number;
  /** Some number to try, from a uniform one. */
  input: (u: number) => number;
  /** Units in the last place, as the docstring of the function promises. */
  bound: number;
  special: [number, number][];
}

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const cases: Record<string, Case> = {
  exp: {
    f: simd.exp,
    exact: Math.exp,
    input: (u) => (2 * u - 1) * 88.7,
    bound: 2,
    special: [
      [0, 1],
      [-0, 1],
      [2 ** -149, 1],
      [89, Infinity],
      [Infinity, Infinity],
      [-100, Math.exp(-100)],
      [-104, 0],
      [-Infinity, 0],
      [NaN, NaN],
    ],
  },
  log: {
    f: simd.log,
    exact: Math.log,
    input: (u) => u < 0.5 ? 2 ** (550 * u - 149) : 0.2 + 4 * (u - 0.5),
    bound: 2,
    special: [
      [1, 0],
      [0, -Infinity],
      [-0, -Infinity],
      [2 ** -149, -149 * Math.LN2],
      [Infinity, Infinity],
      [-1, NaN],
      [-Infinity, NaN],
      [NaN, NaN],
    ],
  },
  log1p: {
    f: simd.log1p,
    exact: Math.log1p,
    input: (u) => u < 0.8 ? 2 ** (150 * u - 60) : -1 + 2 ** (-110 * (u - 0.8)),
    bound: 3,
    special: [
      [0, 0],
      [1e-30, 1e-30],
      [-1e-30, -1e-30],
      [-1, -Infinity],
      [-2, NaN],
      [Infinity, Infinity],
      [NaN, NaN],
    ],
  },
  sigmoid: {
    f: simd.sigmoid,
    exact: (x) => 1 / (1 + Math.exp(-x)),
    input: (u) => (2 * u - 1) * 87,
    bound: 3,
    special: [[0, 0.5], [Infinity, 1], [-Infinity, 0], [NaN, NaN]],
  },
  softplus: {
    f: simd.softplus,
    exact: softplus,
    input: (u) => (2 * u - 1) * 90,
    bound: 4,
    special: [[Infinity, Infinity], [-Infinity, 0], [NaN, NaN], [200, 200]],
  },
  tanh: {
    f: simd.tanh,
    exact: Math.tanh,
    input: (u) => u < 0.5 ? 2 ** (80 * u - 36) : -1.5 * (u - 0.5),
    bound: 3,
    special: [
      [0, 0],
      [-0, -0],
      [2 ** -149, 2 ** -149],
      [50, 1],
      [Infinity, 1],
      [-Infinity, -1],
      [NaN, NaN],
    ],
  },
};

for (const [name, { f, exact, input, bound, special }] of Object.entries(cases)) {
  Deno.test(`vector math: ${name} is within ${bound} units in the last place`, () => {
    const inputs = Float32Array.from({ length: 40_001 }, () => input(random.uniform()));
    valuesOf(f, inputs).forEach((y, i) => {
      const error = Math.abs(y - exact(inputs[i])) /
        unitInTheLastPlace(exact(inputs[i]));
      assert(error <= bound, `${name}(${inputs[i]}) = ${y}: ${error} units`);
    });
  });

  Deno.test(`vector math: ${name} of special values`, () => {
    const values = valuesOf(f, special.map(([x]) => x));
    special.forEach(([x, expected], i) => {
      const rounded = Math.fround(expected);
      const close =
        Math.abs(values[i] - rounded) <= bound * unitInTheLastPlace(rounded);
      assert(
        Object.is(values[i], rounded) || (rounded !== 0 && close),
        `${name}(${x}) = ${values[i]}, not ${rounded}`,
      );
    });
  });
}

Deno.test("vector math: a number alone in its vector gives the same bits", () => {
  const inputs = Float32Array.from({ length: 7 }, () => random.normal());
  const alone = [...inputs].map((x) => valuesOf(simd.softplus, [x])[0]);
  assertEquals([...valuesOf(simd.softplus, inputs)], alone);
});
