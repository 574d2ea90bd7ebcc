import {
  effectiveSampleSize,
  type Estimate,
  logSumExp,
  normals,
  pairedDifference,
  STREAMS,
  summarize,
  zScore,
} from "elbo/math";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertLess,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";

const integers = fc.array(fc.integer({ min: -1000, max: 1000 }), {
  minLength: 2,
  maxLength: 60,
});

/** Mean and squared standard error in exact integers: sums, then one division. */
function exactly(values: number[]): { mean: number; squaredError: number } {
  const n = BigInt(values.length);
  const sum = values.reduce((sum, x) => sum + BigInt(x), 0n);
  const squares = values.reduce((sum, x) => sum + BigInt(x) ** 2n, 0n);
  return {
    mean: Number(sum) / Number(n),
    squaredError: Number(n * squares - sum * sum) / Number(n * n * (n - 1n)),
  };
}

Deno.test("summarize: equals exact integer arithmetic", () => {
  fc.assert(fc.property(integers, (values) => {
    const { mean, standardError, numSamples } = summarize(values);
    const exact = exactly(values);
    assertEquals(numSamples, values.length);
    // Each value, of magnitude 1000 at most, is rounded a few times on its way.
    assertAlmostEquals(mean, exact.mean, 4 * 1000 * Number.EPSILON);
    const error = Math.sqrt(exact.squaredError);
    assertAlmostEquals(standardError, error, float64Tolerance(error));
  }));
});

Deno.test("summarize: a large offset costs no digits of the standard error", () => {
  fc.assert(fc.property(integers, (values) => {
    const { mean, standardError } = summarize(values.map((x) => x + 2 ** 40));
    const exact = exactly(values);
    const error = Math.sqrt(exact.squaredError);
    assertAlmostEquals(standardError, error, float64Tolerance(error));
    assertAlmostEquals(mean - 2 ** 40, exact.mean, 2 ** 40 * Number.EPSILON);
  }));
});

Deno.test("summarize: the rounding of a long sum is corrected", () => {
  const n = 100_000;
  const values = new Float64Array(n).fill(0.1);
  values[0] = 0;
  // 0.1 (n - 1) / n, to the last bit or two; the plain sum is off by 2000 eps.
  const exact = 0.1 * (n - 1) / n;
  const plain = values.reduce((sum, x) => sum + x, 0) / n;
  assertAlmostEquals(summarize(values).mean, exact, 2 * Number.EPSILON * exact);
  assertLess(100 * Number.EPSILON * exact, Math.abs(plain - exact));
});

Deno.test("summarize: equal values have no error at all", () => {
  fc.assert(fc.property(
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.integer({ min: 2, max: 40 }),
    (value, n) => {
      const estimate = summarize(new Float64Array(n).fill(value));
      assertEquals(estimate.mean + 0, value + 0);
      assertEquals(estimate.standardError, 0);
    },
  ));
});

Deno.test("summarize: one value has a mean and no standard error", () => {
  assertEquals(summarize([7]), { mean: 7, standardError: NaN, numSamples: 1 });
});

Deno.test("summarize: values that are not finite reach the mean", () => {
  const cases: [number[], number][] = [
    [[1, Infinity], Infinity],
    [[-Infinity, 1, 2], -Infinity],
    [[Infinity, Infinity], Infinity],
    [[Infinity, -Infinity], NaN],
    [[1, NaN], NaN],
    [[NaN, 1], NaN],
  ];
  for (const [values, mean] of cases) {
    const numSamples = values.length;
    assertEquals(summarize(values), { mean, standardError: NaN, numSamples });
  }
});

Deno.test("summarize: values too far apart for a difference still have a mean", () => {
  const { mean, standardError } = summarize([1e308, -1e308, 6]);
  assertEquals(mean, 2);
  assertEquals(standardError, NaN);
});

Deno.test("summarize: nothing has no mean", () => {
  assertThrows(() => summarize([]), RangeError, "must hold at least one number");
});

Deno.test("summarize: the square of the standard error is unbiased", () => {
  const seed = testSeed(4);
  const [rows, columns] = [5000, 4];
  const eps = normals({ seed, stream: STREAMS.test, rows, columns });
  const squared = Array.from({ length: rows }, (_, i) => {
    const values = eps.subarray(i * columns, (i + 1) * columns);
    return summarize(values.map((x) => 3 + 2 * x)).standardError ** 2;
  });
  // Var of a mean of 4 values of variance 4; each s^2 / 4 has a variance of 2 / 3.
  const claim = { exact: 1, resolution: 0.013, seed };
  assertMonteCarlo(summarize(squared), claim);
  const dividedByN = squared.map((x) => x * (columns - 1) / columns);
  assertThrows(() => assertMonteCarlo(summarize(dividedByN), claim), AssertionError);
});

const estimate = (mean: number, standardError: number): Estimate => ({
  mean,
  standardError,
  numSamples: 10,
});

Deno.test("zScore: counts standard errors, with the sign of the excess", () => {
  assertEquals(zScore(estimate(3, 0.5), 2), 2);
  assertEquals(zScore(estimate(1, 0.5), 2), -2);
  assertEquals(zScore(estimate(2, 0.5), 2), 0);
});

Deno.test("zScore: without an error it is 0 or infinite", () => {
  assertEquals(zScore(estimate(2, 0), 2), 0);
  assertEquals(zScore(estimate(2 + 1e-15, 0), 2), Infinity);
  assertEquals(zScore(estimate(1, 0), 2), -Infinity);
});

Deno.test("zScore: NaN in any part is NaN", () => {
  assertEquals(zScore(estimate(NaN, 1), 2), NaN);
  assertEquals(zScore(estimate(2, NaN), 2), NaN);
  assertEquals(zScore(estimate(2, 1), NaN), NaN);
  assertEquals(zScore(estimate(NaN, 0), NaN), NaN);
});

Deno.test("pairedDifference: is the summary of the differences", () => {
  fc.assert(fc.property(integers, (left) => {
    const right = left.map((x, i) => (x * 7 + i) % 13);
    const differences = left.map((x, i) => x - right[i]);
    assertEquals(pairedDifference(left, right), summarize(differences));
  }));
});

Deno.test("pairedDifference: common noise cancels, independent noise does not", () => {
  const seed = testSeed(4);
  const noise = normals({
    seed,
    stream: STREAMS.test,
    step: 1,
    rows: 3,
    columns: 2000,
  });
  const [common, small, other] = [0, 1, 2].map((i) =>
    noise.subarray(2000 * i, 2000 * (i + 1))
  );
  const base = common.map((x) => 10 * x);
  const better = base.map((x, i) => x + 0.1 + 0.1 * small[i]);
  const paired = pairedDifference(better, base);
  assertMonteCarlo(paired, { exact: 0.1, resolution: 0.0025, seed });
  const unpaired = pairedDifference(better, other.map((x) => 10 * x));
  assertLess(50 * paired.standardError, unpaired.standardError);
});

Deno.test("pairedDifference: lengths must be the same and not 0", () => {
  assertThrows(() => pairedDifference([1], [1, 2]), RangeError, "they have 1 and 2");
  assertThrows(() => pairedDifference([], []), RangeError, "at least one number");
});

Deno.test("effectiveSampleSize: equal weights, one weight, none", () => {
  assertEquals(effectiveSampleSize([5, 5, 5, 5]), 4);
  assertEquals(effectiveSampleSize([0, -Infinity, -Infinity]), 1);
  assertEquals(effectiveSampleSize([-800, 0]), 1);
  assertEquals(effectiveSampleSize([]), 0);
  assertEquals(effectiveSampleSize([-Infinity, -Infinity]), 0);
  // Weights 1, 2, 3: 36 / 14.
  const three = effectiveSampleSize([1, 2, 3].map(Math.log));
  assertAlmostEquals(three, 36 / 14, 1e-14);
});

Deno.test("effectiveSampleSize: NaN and infinite weights have none", () => {
  assertEquals(effectiveSampleSize([0, NaN]), NaN);
  assertEquals(effectiveSampleSize([NaN, -Infinity]), NaN);
  assertEquals(effectiveSampleSize([0, Infinity]), NaN);
});

Deno.test("effectiveSampleSize: between 1 and n, no matter the scale of weights", () => {
  const logWeights = fc.array(fc.double({ min: -300, max: 300, noNaN: true }), {
    minLength: 1,
    maxLength: 30,
  });
  const shifts = fc.double({ min: -1e4, max: 1e4, noNaN: true });
  fc.assert(fc.property(logWeights, shifts, (weights, shift) => {
    const n = weights.length;
    const size = effectiveSampleSize(weights);
    assert(size >= 1 - float64Tolerance(1) && size <= n + float64Tolerance(n));
    const shifted = effectiveSampleSize(weights.map((x) => x + shift));
    // Adding the shift rounds a log weight by eps |shift|.
    assertAlmostEquals(shifted, size, float64Tolerance(n * (1e4 + 300)) / 10);
    const direct = Math.exp(
      2 * logSumExp(weights) - logSumExp(weights.map((x) => 2 * x)),
    );
    assertAlmostEquals(size, direct, float64Tolerance(n * 900));
  }));
});
