import {
  bernoulli,
  type ContinuousBernoulli,
  continuousBernoulli,
} from "elbo/distributions";
import { integrate, sigmoid } from "elbo/math";
import {
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertThrows,
} from "@std/assert";
import { fc } from "../helpers/fast_check.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";
import { continuousBernoullis } from "./fixtures/densities.ts";
import { averageOverDraws } from "./witnesses.ts";

Deno.test("continuousBernoulli: density, moments and normaliser equal the fixtures", () => {
  for (const { logit, x, ...expected } of continuousBernoullis) {
    const p = continuousBernoulli({ logits: [logit] });
    // ln p is a difference of terms of the size of ln C; near 0 both vanish.
    const size = 1 + Math.abs(expected.logProb);
    assertAlmostEquals(p.logProb([x]), expected.logProb, float64Tolerance(size));
    assertAlmostEquals(p.mean[0], expected.mean, float64Tolerance(expected.mean));
    const { logNormalizer, variance } = expected;
    assertAlmostEquals(
      p.logNormalizer[0],
      logNormalizer,
      float64Tolerance(logNormalizer, 1 + Math.abs(logit) / 50),
    );
    // 1 / l^2 - 1 / (4 sinh^2): at l = 1 each term is 12 times the difference; below
    // 1 there is a series, without any.
    const terms = Math.abs(logit) < 1 ? variance : 12 * variance;
    assertAlmostEquals(p.variance[0], variance, float64Tolerance(terms));
  }
});

/** Holds a density of one number in [0, 1] to its moments by quadrature. */
function assertDensity(
  logProb: (x: number) => number,
  { mean, variance }: Pick<ContinuousBernoulli, "mean" | "variance">,
): void {
  const expect = (f: (x: number) => number) =>
    integrate((x) => Math.exp(logProb(x)) * f(x), { from: 0, to: 1 }).value;
  assertAlmostEquals(expect(() => 1), 1, 1e-12);
  assertAlmostEquals(expect((x) => x), mean[0], 1e-12);
  assertAlmostEquals(expect((x) => (x - mean[0]) ** 2), variance[0], 1e-12);
}

const LOGITS = [-40, -3, -1, -0.3, 0, 1e-7, 0.9999, 1.0001, 7];

Deno.test("continuousBernoulli: density, mean and variance hold by quadrature", () => {
  for (const logit of LOGITS) {
    const p = continuousBernoulli({ logits: [logit] });
    assertDensity((x) => p.logProb([x]), p);
  }
});

Deno.test("continuousBernoulli: quadrature catches the cross entropy sold as a density", () => {
  for (const logit of LOGITS) {
    const p = continuousBernoulli({ logits: [logit] });
    const crossEntropy = bernoulli({ logits: [logit] });
    assertThrows(
      () => assertDensity((x) => crossEntropy.logProb([x]), p),
      AssertionError,
    );
    // And the mean is not the sigmoid, but for a logit of 0.
    if (Math.abs(logit) < 0.1) continue;
    const wrong = { mean: [sigmoid(logit)], variance: p.variance };
    assertThrows(() => assertDensity((x) => p.logProb([x]), wrong), AssertionError);
  }
});

Deno.test("continuousBernoulli: draws have its mean and variance", () => {
  const seed = testSeed(171);
  const p = continuousBernoulli({ logits: [-30, -0.5, 0, 4] });
  p.mean.forEach((exact, i) => {
    const drawn = averageOverDraws(p, (x) => x[i], { seed });
    assertMonteCarlo(drawn, { exact, resolution: 0.003, seed });
    const square = averageOverDraws(p, (x) => (x[i] - exact) ** 2, { seed });
    assertMonteCarlo(square, { exact: p.variance[i], resolution: 0.001, seed });
    if (i === 2) return;
    // Control: the slope turned over.
    const claim = { exact: 1 - exact, resolution: 0.003, seed };
    assertThrows(() => assertMonteCarlo(drawn, claim), AssertionError);
  });
});

Deno.test("continuousBernoulli: a draw is where the distribution function is u", () => {
  const logit = fc.double({ min: -600, max: 600, noNaN: true });
  const level = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
  fc.assert(fc.property(logit, level, (l, u) => {
    const random = { uniform: () => u, normal: () => NaN, integer: () => NaN };
    const [x] = continuousBernoulli({ logits: [l] }).sample(random);
    // F(x) = (exp(l x) - 1) / (exp(l) - 1); from the far end for a positive slope.
    const below = (x: number, slope: number) =>
      Math.abs(slope) < 1e-300 ? x : Math.expm1(slope * x) / Math.expm1(slope);
    const found = l > 0 ? 1 - below(1 - x, -l) : below(x, l);
    // 1 - x is rounded at 1, and the slope takes that up.
    assertAlmostEquals(found, u, float64Tolerance(1, l));
  }));
});

Deno.test("continuousBernoulli: turning the logit and x over changes nothing", () => {
  fc.assert(fc.property(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.integer({ min: 0, max: 1024 }),
    (l, i) => {
      const x = i / 1024; // so that 1 - x is exact
      const found = continuousBernoulli({ logits: [-l] }).logProb([1 - x]);
      assertEquals(found, continuousBernoulli({ logits: [l] }).logProb([x]));
    },
  ));
});

Deno.test("continuousBernoulli: at an end the density rises without bound", () => {
  const at = (l: number) => continuousBernoulli({ logits: [l] }).logProb([0]);
  for (const size of [1e2, 1e4, 1e6]) {
    assertAlmostEquals(at(-size), Math.log(size), float64Tolerance(20));
  }
});

Deno.test("continuousBernoulli: what has no density is refused by name and place", () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    assertThrows(
      () => continuousBernoulli({ logits: [0, bad] }),
      RangeError,
      `finite: ${bad} at index 1`,
    );
  }
  const p = continuousBernoulli({ logits: [0, 0] });
  for (const bad of [-1e-9, 1 + 1e-9, NaN]) {
    assertThrows(() => p.logProb([0, bad]), RangeError, `[0, 1]: ${bad} at index 1`);
  }
  assertThrows(() => p.logProb([0]), RangeError, "length must be 2: 1");
  assertEquals(continuousBernoulli({ logits: [] }).logProb([]), 0);
});
