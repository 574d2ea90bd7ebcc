import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  descendLinearVae,
  linearVaeSpec,
  optimalLinearVae,
  pointsWithSpectrum,
} from "elbo/exact";
import { createRandom, STREAMS, symmetricEigen } from "elbo/math";
import { elboAndGradient, weightShapes } from "elbo/networks";
import { linearVaeGradient } from "../../lib/exact/linear_vae_gradient.ts";
import { exactBatch } from "../helpers/linear_vae.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";

function covarianceOf(points: number[][]): number[][] {
  return points[0].map((_, i) =>
    points[0].map((_, j) =>
      points.reduce((sum, x) => sum + x[i] * x[j] / points.length, 0)
    )
  );
}

Deno.test("pointsWithSpectrum: the covariance has the eigenvalues asked for", () => {
  for (const eigenvalues of [[3], [5, 0.2], [4, 2.4, 1.4, 0.9, 0.5, 0.3, 0]]) {
    const points = pointsWithSpectrum(eigenvalues);
    for (const column of eigenvalues.keys()) {
      assertEquals(points.reduce((sum, x) => sum + x[column], 0), 0);
    }
    const { values } = symmetricEigen(covarianceOf(points));
    values.toSorted((a, b) => b - a).forEach((value, i) =>
      assertAlmostEquals(value, eigenvalues[i], float64Tolerance(10 * eigenvalues[0]))
    );
  }
});

for (const variance of [0.3, "shared"] as const) {
  Deno.test(`linearVaeGradient: is that of the network, its noise averaged out: ${variance}`, () => {
    const setting = { eigenvalues: [3, 1, 0.4], latentDim: 2, variance, beta: 1.7 };
    const spec = linearVaeSpec(setting);
    const random = createRandom({ seed: testSeed(50), stream: STREAMS.test });
    const weights = new Map([...weightShapes(spec)].map(([name, shape]) => {
      const length = shape.reduce((product, n) => product * n);
      return [name, Float64Array.from({ length }, () => random.normal() / 2)];
    }));
    // The network's objective depends on x by more than the covariance here, since
    // logVar moves with x: off the optimum every point counts.
    const points = pointsWithSpectrum(setting.eigenvalues);
    const found = linearVaeGradient(spec, weights, points);
    const shaped = new Map(
      [...weightShapes(spec)].map(([name, shape]) =>
        [name, { shape, values: weights.get(name)! }] as const
      ),
    );
    const exact = elboAndGradient(spec, shaped, exactBatch(points, 2));
    const tolerance = float64Tolerance(100, exact.objective, 100);
    assertAlmostEquals(found.objective, exact.objective, tolerance);
    assertEquals([...found.gradient.keys()], [...exact.gradient.keys()]);
    for (const [name, values] of exact.gradient) {
      values.forEach((value, i) =>
        assertAlmostEquals(found.gradient.get(name)![i], value, tolerance, name)
      );
    }
  });
}

const eigenvalues = [4, 1.6, 0.5, 0.1];

Deno.test("descendLinearVae: a fixed variance decides who lives", () => {
  for (const seed of [testSeed(60), testSeed(61)]) {
    const setting = { eigenvalues, latentDim: 3, variance: 0.5, beta: 2 };
    const { kl, variance } = descendLinearVae(setting, { seed, steps: 2500 });
    assertEquals(variance, 0.5);
    const { dimensions, survivors } = optimalLinearVae(eigenvalues, setting);
    assertEquals([survivors, kl.filter((value) => value > 0.01).length], [2, 2]);
    for (const i of [0, 1]) {
      const predicted = dimensions[i].kl;
      assertAlmostEquals(kl[i], predicted, 0.02 * predicted);
      // Told apart from the rule without beta.
      const withoutBeta = Math.log(eigenvalues[i] / 0.5) / 2;
      assert(Math.abs(kl[i] - withoutBeta) > 0.2 * withoutBeta);
    }
  }
});

Deno.test("descendLinearVae: a learnt variance lets all live", () => {
  const setting = { eigenvalues, latentDim: 3, variance: "shared", beta: 1 } as const;
  const { kl, variance } = descendLinearVae(setting, { steps: 2500 });
  const optimum = optimalLinearVae(eigenvalues, setting);
  assertEquals(optimum.survivors, 3);
  assertAlmostEquals(variance, optimum.variance, 0.02 * optimum.variance);
  optimum.dimensions.forEach((dimension, i) =>
    assertAlmostEquals(kl[i], dimension.kl, 0.02 * dimension.kl)
  );
});
