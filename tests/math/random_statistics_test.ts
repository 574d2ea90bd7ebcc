import { normals, STREAMS, summarize, uniforms } from "elbo/math";
import { AssertionError, assertThrows } from "@std/assert";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import {
  assertDistribution,
  assertEquallyLikely,
  countCells,
  countSquares,
  normalCdf,
} from "./statistics.ts";

const N = 48_000;
const seed = testSeed(1);
// Every draw of this file starts here; the axes below move one part at a time.
const ORIGIN = { seed, stream: STREAMS.test, step: 5 };

type Draw = typeof uniforms;

/** A long row, a tall column, and many steps: three ways through the addresses. */
function samples(draw: Draw): Record<string, Float64Array> {
  const steps = new Float64Array(N);
  for (let step = 0; step < N; step++) {
    steps[step] = draw({ ...ORIGIN, step, rows: 1, columns: 1 })[0];
  }
  return {
    "along columns": draw({ ...ORIGIN, rows: 1, columns: N }),
    "along rows": draw({ ...ORIGIN, rows: N, columns: 1 }),
    "along steps": steps,
    "along rows and columns": draw({ ...ORIGIN, rows: N / 20, columns: 20 }),
  };
}

const uniformSamples = samples(uniforms);
const normalSamples = samples(normals);

for (const [way, values] of Object.entries(uniformSamples)) {
  Deno.test(`uniforms ${way}: uniform by Kolmogorov-Smirnov and chi-square`, () => {
    assertDistribution(values, { cdf: (x) => x, seed });
    assertEquallyLikely(countCells(values, 256), { seed });
  });

  Deno.test(`uniforms ${way}: moments up to 4`, () => {
    for (let power = 1; power <= 4; power++) {
      assertMonteCarlo(summarize(values.map((u) => u ** power)), {
        exact: 1 / (power + 1),
        resolution: 0.0016,
        seed,
        label: `E[u^${power}]`,
      });
    }
  });
}

for (const [way, values] of Object.entries(normalSamples)) {
  Deno.test(`normals ${way}: normal by Kolmogorov-Smirnov and chi-square`, () => {
    assertDistribution(values, { cdf: normalCdf, seed });
    assertEquallyLikely(countCells(values.map(normalCdf), 256), { seed });
  });

  Deno.test(`normals ${way}: moments up to 4`, () => {
    const exact = [0, 1, 0, 3];
    // sqrt(Var[eps^k] / n), Var = 1, 2, 15, 96, with room for the long tail of eps^8.
    const resolution = [1, 2, 15, 96].map((variance) => 1.5 * Math.sqrt(variance / N));
    for (let power = 1; power <= 4; power++) {
      assertMonteCarlo(summarize(values.map((x) => x ** power)), {
        exact: exact[power - 1],
        resolution: resolution[power - 1],
        seed,
        label: `E[eps^${power}]`,
      });
    }
  });
}

Deno.test("the tests of distribution: a planted error does not pass", () => {
  const u = uniformSamples["along columns"];
  const eps = normalSamples["along columns"];
  const fails = (act: () => void) => assertThrows(act, AssertionError);
  fails(() => assertDistribution(u.map((x) => x ** 1.1), { cdf: (x) => x, seed }));
  fails(() => assertEquallyLikely(countCells(u.map((x) => x * 0.98), 256), { seed }));
  fails(() => assertDistribution(eps.map((x) => 1.1 * x), { cdf: normalCdf, seed }));
  fails(() => assertDistribution(eps.map((x) => x + 0.06), { cdf: normalCdf, seed }));
  // The sum of three uniforms has the right mean and variance; its fourth moment is 2.6.
  const three = uniforms({ ...ORIGIN, rows: N, columns: 3 });
  const almost = Float64Array.from({ length: N }, (_, i) => {
    return 2 * (three[3 * i] + three[3 * i + 1] + three[3 * i + 2] - 1.5);
  });
  assertMonteCarlo(summarize(almost.map((x) => x * x)), { exact: 1, resolution: 0.01 });
  fails(() =>
    assertMonteCarlo(summarize(almost.map((x) => x ** 4)), {
      exact: 3,
      resolution: 0.07,
    })
  );
});

/** Pairs of samples that only one part of the address tells apart. */
function pairs(draw: Draw): Record<string, [Float64Array, Float64Array]> {
  const rows = N / 8;
  const base = { ...ORIGIN, rows, columns: 8 };
  const here = draw(base);
  const wide = draw({ ...ORIGIN, rows: 1, columns: 2 * N });
  // Pairs that do not overlap, so that chi-square sees independent counts.
  const lag = (k: number): [Float64Array, Float64Array] => [
    wide.filter((_, i) => i % (2 * k) < k),
    wide.filter((_, i) => i % (2 * k) >= k),
  ];
  return {
    "columns 1 apart": lag(1),
    "columns 2 apart": lag(2),
    "columns 3 apart": lag(3),
    "columns 4 apart": lag(4),
    "columns 8 apart": lag(8),
    "neighbouring rows": [here, draw({ ...base, firstRow: 1 })],
    "rows 65536 apart": [here, draw({ ...base, firstRow: 65536 })],
    "neighbouring steps": [here, draw({ ...base, step: base.step + 1 })],
    "neighbouring streams": [here, draw({ ...base, stream: base.stream + 1 })],
    "neighbouring seeds": [here, draw({ ...base, seed: (seed + 1) % 2 ** 32 })],
    "seeds one high bit apart": [
      here,
      draw({ ...base, seed: (seed + 2 ** 31) % 2 ** 32 }),
    ],
    "seed and stream exchanged": [
      draw({ ...base, seed: 11, stream: 12 }),
      draw({ ...base, seed: 12, stream: 11 }),
    ],
  };
}

/** Values of mean 0 and variance 1: their products estimate a correlation. */
function assertUncorrelated(left: Float64Array, right: Float64Array, label: string) {
  const products = left.map((x, i) => x * right[i]);
  // The variance of a product of such independent values is 1.
  const resolution = 1.1 / Math.sqrt(left.length);
  assertMonteCarlo(summarize(products), { exact: 0, resolution, seed, label });
}

const standardUniform = (u: number) => (u - 0.5) * Math.sqrt(12);
// Var[eps^2] = 2.
const standardSquare = (x: number) => (x * x - 1) / Math.SQRT2;

function assertIndependentUniforms(left: Float64Array, right: Float64Array) {
  assertUncorrelated(left.map(standardUniform), right.map(standardUniform), "values");
  assertEquallyLikely(countSquares({ left, right, cells: 16 }), { seed });
}

function assertIndependentNormals(left: Float64Array, right: Float64Array) {
  assertUncorrelated(left, right, "values");
  const squares = [left.map(standardSquare), right.map(standardSquare)];
  // A product of two such has a long tail: allow its standard error more room.
  assertMonteCarlo(summarize(squares[0].map((x, i) => x * squares[1][i])), {
    exact: 0,
    resolution: 1.5 / Math.sqrt(left.length),
    seed,
    label: "squares",
  });
  const [u, v] = [left.map(normalCdf), right.map(normalCdf)];
  assertEquallyLikely(countSquares({ left: u, right: v, cells: 16 }), { seed });
}

for (const [which, [left, right]] of Object.entries(pairs(uniforms))) {
  Deno.test(`uniforms: ${which} are independent`, () => {
    assertIndependentUniforms(left, right);
  });
}

for (const [which, [left, right]] of Object.entries(pairs(normals))) {
  Deno.test(`normals: ${which} are independent`, () => {
    assertIndependentNormals(left, right);
  });
}

Deno.test("the tests of independence: a planted dependence does not pass", () => {
  const fails = (act: () => void) => assertThrows(act, AssertionError);
  const u = uniformSamples["along columns"];
  const v = uniformSamples["along rows"];
  const eps = normalSamples["along columns"];
  const other = normalSamples["along rows"];
  fails(() => assertIndependentUniforms(u, u));
  // One pair in 20 the same; a stream that repeats after a shift; the sum modulo 1.
  fails(() => assertIndependentUniforms(u, v.map((x, i) => i % 20 === 0 ? u[i] : x)));
  fails(() => assertIndependentUniforms(u, u.map((x) => (2 * x) % 1)));
  fails(() =>
    assertIndependentNormals(
      eps,
      other.map((x, i) => Math.sqrt(0.99) * x + 0.1 * eps[i]),
    )
  );
  // Uncorrelated, and yet the size of one tells the size of the other.
  fails(() =>
    assertIndependentNormals(eps, eps.map((x, i) => Math.sign(other[i]) * x))
  );
});
