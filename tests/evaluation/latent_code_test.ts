import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { latentCode, mutualInformation } from "elbo/evaluation";
import { expectNormal, STREAMS } from "elbo/math";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";

const noiseOf = () => ({ seed: testSeed(40), stream: STREAMS.evaluation });

/** Three posteriors on a line, by no means apart, none of them like the prior. */
const three = [
  { mean: -0.7, scale: 0.5 },
  { mean: 0.2, scale: 0.3 },
  { mean: 1.1, scale: 0.9 },
];

function density(z: number, { mean, scale }: { mean: number; scale: number }): number {
  const u = (z - mean) / scale;
  return Math.exp(-u * u / 2) / (scale * Math.sqrt(2 * Math.PI));
}

const mixture = (z: number) =>
  three.reduce((sum, q) => sum + density(z, q) / three.length, 0);
const overAll = (f: (z: number, q: { mean: number; scale: number }) => number) =>
  three.reduce((sum, q) => sum + expectNormal((z) => f(z, q), q) / three.length, 0);

/** By quadrature: I = E ln q(z|x) / q(z), and KL(q(z) || p(z)). */
const exact = {
  information: overAll((z, q) => Math.log(density(z, q) / mixture(z))),
  marginalKl: overAll((z) => Math.log(mixture(z) / density(z, { mean: 0, scale: 1 }))),
};

/** Each posterior many times: the same q(z), and more draws. */
function copied(copies: number) {
  const all = Array.from({ length: copies }, () => three).flat();
  return {
    count: all.length,
    mean: Float32Array.from(all, (q) => q.mean),
    logVar: Float32Array.from(all, (q) => 2 * Math.log(q.scale)),
  };
}

Deno.test("mutualInformation: agrees with quadrature on a line", () => {
  const noise = noiseOf();
  const { mean, standardError, marginalKl, images } = mutualInformation(copied(500), {
    noise,
  });
  // The gains are bounded above by ln 3 and fall off like a square of a normal.
  const estimate = { mean, standardError, numSamples: images };
  const options = { exact: exact.information, resolution: 0.03, seed: noise.seed };
  assertMonteCarlo(estimate, options);
  assertThrows(() =>
    assertMonteCarlo(estimate, { ...options, exact: exact.information + 0.15 })
  );
  assertAlmostEquals(marginalKl, exact.marginalKl, 5 * standardError);
  assert(exact.marginalKl > 0.01 && exact.information > 0.1);
});

Deno.test("mutualInformation: images told apart give ln M and no more", () => {
  const noise = noiseOf();
  const count = 40;
  const mean = Float32Array.from({ length: count }, (_, i) => 100 * i);
  const posteriors = { count, mean, logVar: new Float32Array(count) };
  const found = mutualInformation(posteriors, { noise });
  assertAlmostEquals(found.mean, Math.log(count), 1e-12);
  assertEquals(found.most, Math.log(count));
});

Deno.test("mutualInformation: a collapsed code carries nothing", () => {
  const noise = noiseOf();
  const posteriors = {
    count: 30,
    mean: new Float32Array(60),
    logVar: new Float32Array(60),
  };
  const { mean, marginalKl } = mutualInformation(posteriors, { noise });
  assertAlmostEquals(mean, 0, 1e-12);
  assertAlmostEquals(marginalKl, 0, 1e-12);
});

Deno.test("mutualInformation: the same for everybody is no information, whatever the KL", () => {
  const noise = noiseOf();
  const mean = Float32Array.from({ length: 30 }, () => 3);
  const logVar = Float32Array.from({ length: 30 }, () => -1);
  const found = mutualInformation({ count: 30, mean, logVar }, { noise });
  assertAlmostEquals(found.mean, 0, 1e-12);
  const kl = (9 + Math.exp(-1) - 1 + 1) / 2;
  assertAlmostEquals(found.marginalKl, kl, 1e-6); // float32 parameters
});

Deno.test("latentCode: takes at most 1,000 images for the mutual information", () => {
  const noise = noiseOf();
  const count = 2500;
  const mean = Float32Array.from({ length: 2 * count }, (_, i) => i % 2 ? 0 : i);
  const posteriors = { count, mean, logVar: new Float32Array(2 * count) };
  const { klByDimension, activeUnits, mutualInformation } = latentCode(posteriors, {
    noise,
  });
  assertEquals(activeUnits, 1);
  assertEquals(klByDimension[1], 0);
  assertEquals(mutualInformation.images, 1000);
  // Neighbours that were chosen lie 5 or more apart.
  assert(mutualInformation.mean > Math.log(1000) - 0.2);
});

Deno.test("mutualInformation: an autoencoder has none", () => {
  const noise = noiseOf();
  const mean = new Float32Array(4);
  assertThrows(
    () => mutualInformation({ count: 2, mean }, { noise }),
    TypeError,
    "vae",
  );
});
