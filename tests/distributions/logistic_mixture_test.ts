import { type LogisticMixture, logisticMixture } from "elbo/distributions";
import type { Vector } from "elbo/math";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertLessOrEqual,
  assertThrows,
} from "@std/assert";
import { fc } from "../helpers/fast_check.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";
import { logisticMixtures } from "./fixtures/densities.ts";
import { averageOverDraws } from "./witnesses.ts";

const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const column = (values: Vector) => values.map((value) => [value]);

function onePixel(
  { logits, means, scales }: { logits: Vector; means: Vector; scales: Vector },
): LogisticMixture {
  return logisticMixture({
    logits: column(logits),
    mean: column(means),
    scale: column(scales),
  });
}

Deno.test("logisticMixture: mass and moments equal the fixtures, in every tail", () => {
  for (const row of logisticMixtures) {
    const p = onePixel(row);
    // (edge - mean) / scale takes the rounding of an edge up by 1 / scale.
    const steepness = 1 / Math.min(...row.scales);
    const tolerance = float64Tolerance(1, row.logProb) + float64Tolerance(steepness);
    assertAlmostEquals(p.logProb([row.byte / 255]), row.logProb, tolerance);
    assertAlmostEquals(p.mean[0], row.mean, float64Tolerance(1));
    assertAlmostEquals(p.variance[0], row.variance, float64Tolerance(1));
  }
});

const pixel = onePixel({ logits: [0, 1], means: [0.2, 1.1], scales: [0.05, 0.3] });

/** Holds a mass on the 256 levels to its moments by enumeration. */
function assertMass(
  logProb: (x: number) => number,
  { mean, variance }: Pick<LogisticMixture, "mean" | "variance">,
): void {
  const expect = (f: (x: number) => number) =>
    BYTES.reduce((sum, byte) => sum + Math.exp(logProb(byte / 255)) * f(byte / 255), 0);
  assertAlmostEquals(expect(() => 1), 1, 1e-12);
  assertAlmostEquals(expect((x) => x), mean[0], 1e-12);
  assertAlmostEquals(expect((x) => (x - mean[0]) ** 2), variance[0], 1e-12);
}

Deno.test("logisticMixture: masses add up to 1 and give the moments", () => {
  assertMass((x) => pixel.logProb([x]), pixel);
  const parameters = fc.record({
    means: fc.array(fc.double({ min: -1, max: 2, noNaN: true }), {
      minLength: 2,
      maxLength: 2,
    }),
    scales: fc.array(fc.double({ min: 1e-3, max: 10, noNaN: true }), {
      minLength: 2,
      maxLength: 2,
    }),
  });
  fc.assert(fc.property(parameters, (drawn) => {
    const p = onePixel({ logits: [0.5, 0], ...drawn });
    assertMass((x) => p.logProb([x]), p);
  }));
});

Deno.test("logisticMixture: enumeration catches closed end bins and the plain density", () => {
  const { logWeights } = pixel;
  const means = [0.2, 1.1], scales = [0.05, 0.3];
  const upTo = (edge: number, k: number) =>
    1 / (1 + Math.exp(-(edge - means[k]) / scales[k]));
  const closed = (x: number) =>
    Math.log([0, 1].reduce(
      (sum, k) =>
        sum +
        Math.exp(logWeights[k][0]) * (upTo(x + 1 / 510, k) - upTo(x - 1 / 510, k)),
      0,
    ));
  assertThrows(() => assertMass(closed, pixel), AssertionError);
  // Bins of 1/256 in place of 1/255.
  const narrow = (x: number) => pixel.logProb([x]) + Math.log(255 / 256);
  assertThrows(() => assertMass(narrow, pixel), AssertionError);
});

Deno.test("logisticMixture: draws are bytes with its masses", () => {
  const seed = testSeed(191);
  const drawn = averageOverDraws(pixel, (x) => x[0], { seed });
  assertMonteCarlo(drawn, { exact: pixel.mean[0], resolution: 0.003, seed });
  for (const byte of [0, 50, 255]) {
    const exact = Math.exp(pixel.logProb([byte / 255]));
    const share = averageOverDraws(pixel, (x) => x[0] === byte / 255 ? 1 : 0, { seed });
    assertMonteCarlo(share, { exact, resolution: 0.004, seed });
  }
  // Control: the mean of the logistics before they are cut, 0.86.
  const uncut = 0.2 * Math.exp(pixel.logWeights[0][0]) +
    1.1 * Math.exp(pixel.logWeights[1][0]);
  assertThrows(
    () => assertMonteCarlo(drawn, { exact: uncut, resolution: 0.003, seed }),
    AssertionError,
  );
});

Deno.test("logisticMixture: a draw is the level where its masses reach u", () => {
  const p = onePixel({ logits: [0], means: [0.4], scales: [0.1] });
  const upTo = (level: number) =>
    BYTES.slice(0, level + 1).reduce(
      (sum, b) => sum + Math.exp(p.logProb([b / 255])),
      0,
    );
  for (const u of [1e-3, 0.2, 0.5, 0.7, 0.999]) {
    const random = { uniform: () => u, normal: () => NaN, integer: () => NaN };
    const level = 255 * p.sample(random)[0];
    assert(upTo(level - 1) < u && u <= upTo(level), `${u}: ${level}`);
  }
});

Deno.test("logisticMixture: a mass is at most 1, and finite however far away", () => {
  const number = fc.double({ min: -50, max: 50, noNaN: true });
  const width = fc.double({ min: 1e-4, max: 1e3, noNaN: true });
  fc.assert(fc.property(number, width, fc.integer({ min: 0, max: 255 }), (m, s, b) => {
    const found = onePixel({ logits: [0], means: [m], scales: [s] }).logProb([b / 255]);
    assertLessOrEqual(found, 0);
    assert(Number.isFinite(found), `${found}`);
  }));
});

Deno.test("logisticMixture: pixels rounded to float32 are bytes, others are refused", () => {
  for (const byte of BYTES) {
    const x = byte / 255;
    assertEquals(pixel.logProb([Math.fround(x)]), pixel.logProb([x]));
  }
  for (const bad of [0.5 / 255, -1 / 255, 256 / 255, NaN, 100 / 256]) {
    assertThrows(
      () => pixel.logProb([bad]),
      RangeError,
      `bytes / 255: ${bad} at index 0`,
    );
  }
});

Deno.test("logisticMixture: parameters that do not fit are refused", () => {
  const good = { logits: [0, 0], means: [0, 1], scales: [1, 1] };
  const cases: [Partial<typeof good>, string][] = [
    [{ means: [0] }, "2 x 1, 1 x 1, 2 x 1"],
    [{ scales: [1, 0] }, "scale must be finite and positive: 0 at index 0"],
    [{ logits: [0, NaN] }, "logits must be finite: NaN at index 0"],
  ];
  for (const [change, message] of cases) {
    assertThrows(() => onePixel({ ...good, ...change }), RangeError, message);
  }
});
