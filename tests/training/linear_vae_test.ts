import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { optimalLinearVae } from "elbo/exact";
import { symmetricEigen } from "elbo/math";
import { pointsWithSpectrum, trainLinearVae } from "elbo/training";

function covarianceOf(points: Float32Array, dim: number): number[][] {
  const count = points.length / dim;
  return Array.from({ length: dim }, (_, i) =>
    Array.from({ length: dim }, (_, j) => {
      let sum = 0;
      for (let n = 0; n < count; n++) sum += points[n * dim + i] * points[n * dim + j];
      return sum / count;
    }));
}

Deno.test("pointsWithSpectrum: the covariance has the eigenvalues asked for", () => {
  for (const eigenvalues of [[3], [5, 0.2], [4, 2.4, 1.4, 0.9, 0.5, 0.3, 0]]) {
    const dim = eigenvalues.length;
    const points = pointsWithSpectrum(eigenvalues);
    for (let column = 0; column < dim; column++) {
      let sum = 0;
      for (let i = column; i < points.length; i += dim) sum += points[i];
      assertEquals(sum, 0);
    }
    const { values } = symmetricEigen(covarianceOf(points, dim));
    values.toSorted((a, b) => b - a).forEach((value, i) => {
      // The points are float32.
      assertAlmostEquals(value, eigenvalues[i], 1e-6 * eigenvalues[0]);
    });
  }
});

const eigenvalues = [4, 1.6, 0.5, 0.1];
// Small enough for every run of the tests; `deno task collapse` trains 48 settings.
const quick = { steps: 700, copies: 12, backend: "cpu" } as const;

Deno.test("trainLinearVae: a fixed variance decides who lives", async () => {
  const setting = { eigenvalues, latentDim: 3, variance: 0.5, beta: 2 };
  const { kl, variance } = await trainLinearVae(setting, quick);
  assertEquals(variance, 0.5);
  const { dimensions, survivors } = optimalLinearVae(eigenvalues, setting);
  assertEquals(survivors, 2);
  assertEquals(kl.filter((value) => value > 0.01).length, 2);
  for (const i of [0, 1]) {
    const predicted = dimensions[i].kl;
    assertAlmostEquals(kl[i], predicted, 0.05 * predicted);
    // Told apart from the rule without beta.
    const withoutBeta = Math.log(eigenvalues[i] / 0.5) / 2;
    assert(Math.abs(kl[i] - withoutBeta) > 0.2 * withoutBeta);
  }
});

Deno.test("trainLinearVae: a learnt variance lets all live", async () => {
  const setting = { eigenvalues, latentDim: 2, variance: "shared", beta: 1 } as const;
  const { kl, variance } = await trainLinearVae(setting, quick);
  const optimum = optimalLinearVae(eigenvalues, setting);
  assertEquals(optimum.survivors, 2);
  assertAlmostEquals(variance, optimum.variance, 0.05 * optimum.variance);
  optimum.dimensions.forEach((dimension, i) =>
    assertAlmostEquals(kl[i], dimension.kl, 0.05 * dimension.kl)
  );
});
