import { normals, STREAMS, summarize, uniforms } from "elbo/math";
import { AssertionError, assertThrows } from "@std/assert";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { perSeed, testSeed } from "../helpers/seed.ts";
import {
  assertDistribution,
  assertEquallyLikely,
  countCells,
  countSquares,
  normalCdf,
} from "./statistics.ts";

const N = 48_000;
const seedOf = () => testSeed(1);
// Every draw of this file starts here; the axes below move one part at a time.
const originOf = (seed: number) => ({ seed, stream: STREAMS.test, step: 5 });

type Draw = typeof uniforms;

/** A long row, a tall column, and many steps: three ways through the addresses. */
function samples(draw: Draw, seed: number) {
  const origin = originOf(seed);
  const steps = new Float64Array(N);
  for (let step = 0; step < N; step++) {
    steps[step] = draw({ ...origin, step, rows: 1, columns: 1 })[0];
  }
  return {
    "along columns": draw({ ...origin, rows: 1, columns: N }),
    "along rows": draw({ ...origin, rows: N, columns: 1 }),
    "along steps": steps,
    "along rows and columns": draw({ ...origin, rows: N / 20, columns: 20 }),
  };
}

const WAYS = [
  "along columns",
  "along rows",
  "along steps",
  "along rows and columns",
] as const;
const uniformSamples = perSeed(1, (seed) => samples(uniforms, seed));
const normalSamples = perSeed(1, (seed) => samples(normals, seed));

for (const way of WAYS) {
  Deno.test(`uniforms ${way}: uniform by Kolmogorov-Smirnov and chi-square`, () => {
    const [seed, values] = [seedOf(), uniformSamples()[way]];
    assertDistribution(values, { cdf: (x) => x, seed });
    assertEquallyLikely(countCells(values, 256), { seed });
  });

  Deno.test(`uniforms ${way}: moments up to 4`, () => {
    const [seed, values] = [seedOf(), uniformSamples()[way]];
    for (let power = 1; power <= 4; power++) {
      assertMonteCarlo(summarize(values.map((u) => u ** power)), {
        exact: 1 / (power + 1),
        resolution: 0.0016,
        seed,
        label: `E[u^${power}]`,
      });
    }
  });

  Deno.test(`normals ${way}: normal by Kolmogorov-Smirnov and chi-square`, () => {
    const [seed, values] = [seedOf(), normalSamples()[way]];
    assertDistribution(values, { cdf: normalCdf, seed });
    assertEquallyLikely(countCells(values.map(normalCdf), 256), { seed });
  });

  Deno.test(`normals ${way}: moments up to 4`, () => {
    const [seed, values] = [seedOf(), normalSamples()[way]];
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
  const seed = seedOf();
  const u = uniformSamples()["along columns"];
  const eps = normalSamples()["along columns"];
  const fails = (act: () => void) => assertThrows(act, AssertionError);
  fails(() => assertDistribution(u.map((x) => x ** 1.1), { cdf: (x) => x, seed }));
  fails(() => assertEquallyLikely(countCells(u.map((x) => x * 0.98), 256), { seed }));
  fails(() => assertDistribution(eps.map((x) => 1.1 * x), { cdf: normalCdf, seed }));
  fails(() => assertDistribution(eps.map((x) => x + 0.06), { cdf: normalCdf, seed }));
  // The sum of three uniforms has the right mean and variance; its fourth moment is 2.6.
  const three = uniforms({ ...originOf(seed), rows: N, columns: 3 });
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
function pairs(draw: Draw, seed: number) {
  const rows = N / 8;
  const origin = originOf(seed);
  const base = { ...origin, rows, columns: 8 };
  const here = draw(base);
  const wide = draw({ ...origin, rows: 1, columns: 2 * N });
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
      draw({ ...base, seed, stream: 12 }),
      draw({ ...base, seed: 12, stream: seed }),
    ],
  } satisfies Record<string, [Float64Array, Float64Array]>;
}

const APART = [
  "columns 1 apart",
  "columns 2 apart",
  "columns 3 apart",
  "columns 4 apart",
  "columns 8 apart",
  "neighbouring rows",
  "rows 65536 apart",
  "neighbouring steps",
  "neighbouring streams",
  "neighbouring seeds",
  "seeds one high bit apart",
  "seed and stream exchanged",
] as const;
const uniformPairs = perSeed(1, (seed) => pairs(uniforms, seed));
const normalPairs = perSeed(1, (seed) => pairs(normals, seed));

/** Values of mean 0 and variance 1: their products estimate a correlation. */
function assertUncorrelated(left: Float64Array, right: Float64Array, label: string) {
  const seed = seedOf();
  const products = left.map((x, i) => x * right[i]);
  // The variance of a product of such independent values is 1.
  const resolution = 1.1 / Math.sqrt(left.length);
  assertMonteCarlo(summarize(products), { exact: 0, resolution, seed, label });
}

const standardUniform = (u: number) => (u - 0.5) * Math.sqrt(12);
// Var[eps^2] = 2.
const standardSquare = (x: number) => (x * x - 1) / Math.SQRT2;

function assertIndependentUniforms(left: Float64Array, right: Float64Array) {
  const seed = seedOf();
  assertUncorrelated(left.map(standardUniform), right.map(standardUniform), "values");
  assertEquallyLikely(countSquares({ left, right, cells: 16 }), { seed });
}

function assertIndependentNormals(left: Float64Array, right: Float64Array) {
  const seed = seedOf();
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

for (const which of APART) {
  Deno.test(`uniforms: ${which} are independent`, () => {
    assertIndependentUniforms(...uniformPairs()[which]);
  });

  Deno.test(`normals: ${which} are independent`, () => {
    assertIndependentNormals(...normalPairs()[which]);
  });
}

Deno.test("the tests of independence: a planted dependence does not pass", () => {
  const fails = (act: () => void) => assertThrows(act, AssertionError);
  const { "along columns": u, "along rows": v } = uniformSamples();
  const { "along columns": eps, "along rows": other } = normalSamples();
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
