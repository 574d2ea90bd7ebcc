import { assertAlmostEquals, assertLess, assertThrows } from "@std/assert";
import {
  type Estimate,
  logLogSlope,
  normals,
  signalToNoise,
  STREAMS,
  summarize,
} from "elbo/math";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";

/** 400 sets of 500 values f(eps), eps ~ N(0, 1). */
function sets(f: (eps: number) => number): Float64Array[] {
  const block = { seed: testSeed(96), stream: STREAMS.test, rows: 400, columns: 500 };
  const all = normals(block).map(f);
  return Array.from({ length: 400 }, (_, i) => all.subarray(500 * i, 500 * (i + 1)));
}

Deno.test("signalToNoise: its error is the spread of its values, skew or not", () => {
  const cases: [string, (eps: number) => number, number][] = [
    ["small", (e) => 0.3 + e, 0.3],
    ["large", (e) => 5 + e, 5],
    ["negative", (e) => -2 + e, 2],
    // eps^2 has mean 1 and variance 2.
    ["skew", (e) => e * e, Math.SQRT1_2],
    ["skew the other way", (e) => -e * e, Math.SQRT1_2],
  ];
  for (const [name, f, exact] of cases) {
    const found = sets(f).map(signalToNoise);
    const { mean, standardError } = summarize(found.map((each) => each.mean));
    const stated = summarize(found.map((each) => each.standardError)).mean;
    // Of order 1 / n: the bias of a ratio.
    assertLess(Math.abs(mean - exact), 5 * standardError + 10 * exact / 500, name);
    // 400 values tell their spread to 4%, a little less well where they are skew.
    assertAlmostEquals(stated / (standardError * Math.sqrt(400)), 1, 0.2, name);
  }
});

Deno.test("signalToNoise: of two values", () => {
  // Mean 2 and variance 2.
  assertAlmostEquals(signalToNoise([1, 3]).mean, Math.SQRT2, 1e-15);
});

Deno.test("logLogSlope: a power law, and the error of its exponent", () => {
  const x = [1, 2, 4, 8];
  const noise = sets((e) => e);
  const slopes = noise.map((eps) =>
    logLogSlope(
      x,
      x.map((value, i) => {
        const mean = 3 * value ** -0.5;
        const standardError = 0.01 * (i + 1) * mean;
        return { mean: mean + standardError * eps[i], standardError, numSamples: 9 };
      }),
    )
  );
  const found = summarize(slopes.map(({ mean }) => mean));
  // One exponent spreads by about 0.013, of which the mean has a twentieth.
  assertMonteCarlo(found, { exact: -0.5, resolution: 0.001, seed: testSeed(96) });
  const stated = summarize(slopes.map(({ standardError }) => standardError)).mean;
  assertAlmostEquals(stated / (found.standardError * Math.sqrt(400)), 1, 0.2);
});

Deno.test("signalToNoise and logLogSlope: too few or impossible values are refused", () => {
  const y = { mean: 1, standardError: 0.1, numSamples: 9 };
  assertThrows(() => signalToNoise([1]), RangeError, "two or more: 1");
  const line = [y, { ...y, standardError: 0.2 }];
  assertAlmostEquals(logLogSlope([1, 2], line).mean, 0, 1e-15);
  const cases: [number[], Partial<Estimate>[]][] = [
    [[1], [{}]],
    [[1, 2, 4], [{}, {}]],
    [[1, 0], [{}, {}]],
    [[-1, 2], [{}, {}]],
    [[1, 2], [{}, { mean: -1 }]],
    [[1, 2], [{}, { mean: 0 }]],
    [[1, 2], [{}, { standardError: 0 }]],
  ];
  for (const [x, changes] of cases) {
    assertThrows(
      () => logLogSlope(x, changes.map((change) => ({ ...y, ...change }))),
      RangeError,
      "two or more positive numbers each",
    );
  }
});
