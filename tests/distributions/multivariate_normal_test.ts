import { multivariateNormal, normal } from "elbo/distributions";
import {
  createRandom,
  matMul,
  type Matrix,
  matVec,
  STREAMS,
  transpose,
  type Vector,
} from "elbo/math";
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
import { multivariateNormals } from "./fixtures/densities.ts";
import { averageOverDraws, expectOnPlane } from "./witnesses.ts";

const plane = multivariateNormal({ mean: [1, -1], covariance: [[2, 0.5], [0.5, 1]] });

Deno.test("multivariateNormal: logProb equals the fixtures", () => {
  for (const { mean, covariance, x, logProb } of multivariateNormals) {
    // The last fixture has a condition number of 2000, which multiplies the rounding.
    const tolerance = float64Tolerance(2000, logProb);
    const p = multivariateNormal({ mean, covariance });
    assertAlmostEquals(p.logProb(x), logProb, tolerance);
  }
});

function assertDensity(logProb: (x: Vector) => number): void {
  const { mean, covariance } = plane;
  const scale = covariance.map((row, i) => Math.sqrt(row[i]));
  const expect = (f: (x: Vector) => number) =>
    expectOnPlane(logProb, { mean, scale, f });
  assertAlmostEquals(expect(() => 1), 1, 1e-12);
  assertAlmostEquals(-expect(logProb), plane.entropy(), 1e-12);
  for (const [i, j] of [[0, 0], [0, 1], [1, 1]]) {
    const moment = expect((x) => (x[i] - mean[i]) * (x[j] - mean[j]));
    assertAlmostEquals(moment, covariance[i][j], 1e-12);
  }
}

Deno.test("multivariateNormal: density, entropy and covariance hold by quadrature", () => {
  assertDensity((x) => plane.logProb(x));
});

Deno.test("multivariateNormal: quadrature catches planted errors of the density", () => {
  const planted: ((x: Vector) => number)[] = [
    (x) => plane.logProb(x) - Math.log(2 * Math.PI), // a normaliser twice
    (x) => plane.logProb(x) - Math.log(1.75) / 2, // det for sqrt(det)
    (x) => normal({ mean: plane.mean, scale: [2, 1] }).logProb(x), // variance for scale
    (x) => normal({ mean: plane.mean, scale: [Math.SQRT2, 1] }).logProb(x), // no off-diagonal
  ];
  for (const logProb of planted) {
    assertThrows(() => assertDensity(logProb), AssertionError);
  }
});

Deno.test("multivariateNormal: draws have its mean, covariance and entropy", () => {
  const seed = testSeed(141);
  const { mean, covariance } = plane;
  mean.forEach((exact, i) => {
    const average = averageOverDraws(plane, (x) => x[i], { seed });
    assertMonteCarlo(average, { exact, resolution: 0.015, seed });
  });
  const product = averageOverDraws(
    plane,
    (x) => (x[0] - mean[0]) * (x[1] - mean[1]),
    { seed },
  );
  assertMonteCarlo(product, { exact: covariance[0][1], resolution: 0.02, seed });
  assertThrows(
    // Control: draws without the factor's off-diagonal.
    () => assertMonteCarlo(product, { exact: 0, resolution: 0.02, seed }),
    AssertionError,
  );
  assertMonteCarlo(averageOverDraws(plane, (x) => -plane.logProb(x), { seed }), {
    exact: plane.entropy(),
    resolution: 0.01,
    seed,
  });
});

Deno.test("multivariateNormal: a draw is mean + L eps, with the eps of the normal", () => {
  const dice = () => createRandom({ seed: 8, stream: STREAMS.test });
  const eps = normal({ mean: [0, 0], scale: [1, 1] }).sample(dice());
  const drawn = plane.sample(dice());
  matVec(plane.cholesky, eps).forEach((shift, i) =>
    assertAlmostEquals(drawn[i], plane.mean[i] + shift, float64Tolerance(5))
  );
});

const scales = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), {
  minLength: 1,
  maxLength: 4,
});

Deno.test("multivariateNormal: a diagonal covariance is the diagonal normal", () => {
  fc.assert(fc.property(scales, (scale) => {
    const mean = scale.map((_, i) => i - 1), x = scale.map((s) => 1 - s);
    const covariance = scale.map((s, i) => scale.map((_, j) => i === j ? s * s : 0));
    const full = multivariateNormal({ mean, covariance });
    const diagonal = normal({ mean, scale });
    const tolerance = float64Tolerance(1, full.logProb(x));
    assertAlmostEquals(full.logProb(x), diagonal.logProb(x), tolerance);
    assertAlmostEquals(full.entropy(), diagonal.entropy(), float64Tolerance(20));
  }));
});

Deno.test("multivariateNormal: a rotation of space moves the density along", () => {
  const angle = fc.double({ min: -4, max: 4, noNaN: true });
  const number = fc.double({ min: -5, max: 5, noNaN: true });
  fc.assert(fc.property(angle, number, number, (angle, first, second) => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const rotation: Matrix = [[c, -s], [s, c]];
    const turned = multivariateNormal({
      mean: matVec(rotation, plane.mean),
      covariance: matMul(matMul(rotation, plane.covariance), transpose(rotation)),
    });
    const x = [first, second];
    assertAlmostEquals(
      turned.logProb(matVec(rotation, x)),
      plane.logProb(x),
      float64Tolerance(100),
    );
  }));
});

Deno.test("multivariateNormal: infinite x is impossible or NaN, and never likely", () => {
  assertEquals(plane.logProb([NaN, 0]), NaN);
  // Infinity minus Infinity inside the substitution leaves no sign to tell.
  assertEquals(plane.logProb([0, Infinity]), -Infinity);
});

Deno.test("multivariateNormal: without dimensions it is certain", () => {
  const none = multivariateNormal({ mean: [], covariance: [] });
  assertEquals([none.logProb([]), none.entropy()], [0, 0]);
});

Deno.test("multivariateNormal: what is no covariance is refused", () => {
  const cases: [Vector, Matrix, string][] = [
    [[0, 0], [[1, 0]], "must be [2, 2]"],
    [[0, 0], [[1, 0], [0]], "must be [2, 2]"],
    [[0, 0], [[1, 0.5], [0.4, 1]], "symmetric"],
    [[0, 0], [[1, 2], [2, 1]], "positive definite"],
    [[0], [[0]], "positive definite"],
    [[0, 0], [[1, 1], [1, 1]], "positive definite"],
    [[0], [[NaN]], "NaN"],
    [[NaN], [[1]], "mean must be finite: NaN"],
  ];
  for (const [mean, covariance, message] of cases) {
    assertThrows(() => multivariateNormal({ mean, covariance }), RangeError, message);
  }
  assertThrows(() => plane.logProb([0]), RangeError, "length must be 2: 1");
});
