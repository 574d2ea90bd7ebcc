import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { logWeight, sampleLogWeights } from "elbo/estimators";
import { createRandom, logSumExp, STREAMS } from "elbo/math";
import { float64Tolerance } from "../helpers/tolerance.ts";
import { coins, coinsQ, coinsX, line, lineQ, lineX, planeX } from "./models.ts";
import { plane, planeQ } from "./models.ts";

Deno.test("logWeight: is ln p(x,z) - ln q(z|x), whichever way the joint is split", () => {
  for (const z of [-2, 0, 0.7]) {
    const other = line.logMarginal(lineX) + line.exactPosterior(lineX).logProb([z]) -
      lineQ.logProb([z]);
    const value = logWeight(line, lineQ, { x: lineX, z: [z] });
    assertAlmostEquals(value, other, float64Tolerance(10, other));
  }
});

Deno.test("logWeight: weights of a discrete latent sum to p(x) exactly", () => {
  const logTerms = coinsQ.logits.map((logQ, z) =>
    logQ + logWeight(coins, coinsQ, { x: coinsX, z })
  );
  assertAlmostEquals(logSumExp(logTerms), coins.logMarginal(coinsX), 1e-14);
});

Deno.test("logWeight: with the posterior for q every weight is p(x)", () => {
  const posterior = plane.exactPosterior(planeX);
  const logMarginal = plane.logMarginal(planeX);
  for (const z of [[0, 0], [1, -2], [3, 3]]) {
    const value = logWeight(plane, posterior, { x: planeX, z });
    // 40 nats of terms cancel far from the mode.
    assertAlmostEquals(value, logMarginal, float64Tolerance(40, logMarginal));
  }
});

Deno.test("logWeight: an impossible x has weight 0, not NaN", () => {
  const certain = {
    ...coins,
    likelihood: () => ({ ...coinsQ, logProb: () => -Infinity }),
  };
  assertEquals(
    logWeight({ ...certain, dataDim: 1 }, coinsQ, { x: 0, z: 0 }),
    -Infinity,
  );
});

Deno.test("sampleLogWeights: the same seed gives the same draws, in order", () => {
  const draw = (numSamples: number) =>
    sampleLogWeights(plane, planeQ, planeX, {
      numSamples,
      random: createRandom({ seed: 4, stream: STREAMS.test }),
    });
  assertEquals([...draw(3)], [...draw(8).subarray(0, 3)]);
});

Deno.test("sampleLogWeights: refuses a number of draws that is none", () => {
  for (const numSamples of [0, -1, 1.5, NaN, Infinity]) {
    const random = createRandom({ seed: 0, stream: STREAMS.test });
    assertThrows(
      () => sampleLogWeights(line, lineQ, lineX, { numSamples, random }),
      RangeError,
      "numSamples must be a positive integer",
    );
  }
});
