import { assertAlmostEquals, assertLess, assertThrows } from "@std/assert";
import { kl } from "elbo/distributions";
import { fitDiagonal } from "elbo/estimators";
import { createRandom, STREAMS } from "elbo/math";
import { plane, planeQ, planeX, seeded } from "./models.ts";

Deno.test("fitDiagonal: reaches the best diagonal normal of a correlated posterior", () => {
  const { random } = seeded(95);
  const best = plane.optimalDiagonal(planeX);
  // Far away and much too narrow.
  const start = { mean: [3, -4], scale: [0.05, 0.05] };
  const found = fitDiagonal(plane.logJoint(planeX), start, { random });
  best.mean.forEach((mean, i) => {
    assertAlmostEquals(found.mean[i], mean, 0.02 * best.scale[i]);
    assertAlmostEquals(found.scale[i] / best.scale[i], 1, 0.02);
  });
  const posterior = plane.exactPosterior(planeX);
  const excess = kl(found, posterior) - kl(best, posterior);
  assertLess(excess, 1e-3);
  // Control: the posterior's own scales are another, worse q.
  const marginalScales = { ...planeQ, mean: best.mean };
  assertLess(excess + 0.01, kl(marginalScales, posterior) - kl(best, posterior));
});

Deno.test("fitDiagonal: an odd number of draws has no antithetic half", () => {
  const random = createRandom({ seed: 0, stream: STREAMS.test });
  const act = () =>
    fitDiagonal(plane.logJoint(planeX), planeQ, { numSamples: 3, random });
  assertThrows(act, RangeError, "numSamples / 2 must be a positive integer: it is 1.5");
});
