import { kl, normal } from "elbo/distributions";
import { linearGaussian, nonlinearGaussian } from "elbo/exact";
import { createRandom, integrate, STREAMS, summarize } from "elbo/math";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertLess,
  assertThrows,
} from "@std/assert";
import { fc } from "../helpers/fast_check.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";

const parabola = nonlinearGaussian({ curve: (z) => z * z, scale: 0.3 });

Deno.test("nonlinearGaussian: a straight curve is the linear-Gaussian model", () => {
  const fields = fc.record({
    w: fc.double({ min: -5, max: 5, noNaN: true }),
    s: fc.double({ min: 1e-3, max: 5, noNaN: true }),
    // Up to 60 standard deviations of the prior: the grid has to go and find it.
    x: fc.double({ min: -60, max: 60, noNaN: true }),
  });
  fc.assert(
    fc.property(fields, ({ w, s, x }) => {
      const curved = nonlinearGaussian({ curve: (z) => w * z + 1, scale: s });
      const linear = linearGaussian({ weight: [[w]], bias: [1], scale: s });
      const expected = linear.logMarginal([x]);
      // Exponents up to (60 / s)^2 / 2 lose 16 digits less their size.
      const tolerance = 1e-10 + 1e-13 * (60 / s) ** 2;
      assertAlmostEquals(curved.logMarginal([x]), expected, tolerance);
      const posterior = curved.exactPosterior([x]);
      const { mean: [mean], covariance: [[variance]] } = linear.exactPosterior([x]);
      assertAlmostEquals(posterior.mean[0], mean, 1e-9 + tolerance);
      assertAlmostEquals(posterior.variance[0], variance, 1e-9 + tolerance);
    }),
    { numRuns: 20 },
  );
});

Deno.test("nonlinearGaussian: noise of 1e-6 leaves a narrow posterior, which is found", () => {
  const sharp = nonlinearGaussian({ curve: (z) => z, scale: 1e-6 });
  const posterior = sharp.exactPosterior([0.123]);
  assertAlmostEquals(posterior.mean[0], 0.123, 1e-10);
  assertAlmostEquals(Math.sqrt(posterior.variance[0]), 1e-6, 1e-12);
});

Deno.test("nonlinearGaussian: p(x) integrates to 1 over x", () => {
  const mass = (from: number, to: number) =>
    integrate((x) => Math.exp(parabola.logMarginal([x])), { from, to, tolerance: 1e-9 })
      .value;
  assertAlmostEquals(mass(-3, 3) + mass(3, 60), 1, 1e-7);
});

Deno.test("nonlinearGaussian: two modes, symmetric, with a valley between", () => {
  const posterior = parabola.exactPosterior([1.5]);
  assertAlmostEquals(posterior.mean[0], 0, 1e-12);
  assertEquals(posterior.logProb([1.2]), posterior.logProb([-1.2]));
  assertLess(posterior.logProb([0]), posterior.logProb([1.2]) - 10);
});

Deno.test("nonlinearGaussian: the posterior's draws have its moments, exactly", () => {
  const seed = testSeed(431);
  const random = createRandom({ seed, stream: STREAMS.test });
  const posterior = parabola.exactPosterior([0.5]);
  const draws = Array.from({ length: 20_000 }, () => posterior.sample(random)[0]);
  const check = (f: (z: number) => number, resolution: number) => {
    const exact = integrate((z) => Math.exp(posterior.logProb([z])) * f(z), {
      from: -8,
      to: 8,
    }).value;
    assertMonteCarlo(summarize(draws.map(f)), { exact, resolution, seed });
    return exact;
  };
  check((z) => z, 0.01);
  check((z) => Math.cos(3 * z), 0.01);
  const variance = check((z) => z * z, 0.01);
  // Control: draws that took the prior for the posterior.
  assertThrows(
    () =>
      assertMonteCarlo(summarize(draws.map(() => random.normal() ** 2)), {
        exact: variance,
        resolution: 0.02,
        seed,
      }),
    AssertionError,
  );
});

Deno.test("nonlinearGaussian: klToPosterior equals the closed form where there is one", () => {
  const curved = nonlinearGaussian({ curve: (z) => 2 * z - 1, scale: 0.5 });
  const linear = linearGaussian({ weight: [[2]], bias: [-1], scale: 0.5 });
  const posterior = linear.exactPosterior([1]);
  for (const [mean, scale] of [[0, 1], [0.5, 0.1], [-2, 3]]) {
    const q = normal({ mean: [mean], scale: [scale] });
    const found = curved.klToPosterior(q, [1]);
    assertAlmostEquals(found, kl(q, posterior), 1e-9);
    // Control: the arguments in the other order.
    assert(Math.abs(found - kl(posterior, q)) > 1e-3);
  }
  const best = normal({
    mean: posterior.mean,
    scale: [Math.sqrt(posterior.covariance[0][0])],
  });
  assertAlmostEquals(curved.klToPosterior(best, [1]), 0, 1e-9);
});

Deno.test("nonlinearGaussian: klToPosterior equals an adaptive integral on two modes", () => {
  const q = normal({ mean: [1.2], scale: [0.2] });
  const posterior = parabola.exactPosterior([1.5]);
  const integrand = (z: number) =>
    Math.exp(q.logProb([z])) * (q.logProb([z]) - posterior.logProb([z]));
  const { value } = integrate(integrand, { from: -1.2, to: 3.6 });
  const found = parabola.klToPosterior(q, [1.5]);
  assertAlmostEquals(found, value, 1e-9);
  // q holds one of two equal modes, which alone costs ln 2.
  assert(found > Math.LN2);
});

Deno.test("nonlinearGaussian: data and latents may be reused arrays", () => {
  const x = [1.5];
  const posterior = parabola.exactPosterior(x);
  const before = posterior.logProb([1]);
  x[0] = -1;
  assertEquals(posterior.logProb([1]), before);
  assert(parabola.logMarginal(x) !== posterior.logMarginal);
});

Deno.test("nonlinearGaussian: bad scales, curves and data are refused", () => {
  for (const scale of [0, -1, NaN]) {
    assertThrows(
      () => nonlinearGaussian({ curve: (z) => z, scale }),
      RangeError,
      "scale",
    );
  }
  const broken = nonlinearGaussian({ curve: (z) => z > 1 ? NaN : z, scale: 1 });
  assertThrows(() => broken.logMarginal([0]), RangeError, "mean must be finite");
  assertThrows(() => parabola.logMarginal([NaN]), RangeError, "below Infinity: NaN");
  assertThrows(
    () => parabola.logMarginal([Infinity]),
    RangeError,
    "positive somewhere",
  );
  assertThrows(() => parabola.logMarginal([0, 0]), RangeError, "length must be 1: 2");
});
