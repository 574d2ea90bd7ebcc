import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertThrows,
} from "@std/assert";
import { kl } from "elbo/distributions";
import { elbo, iwae, iwaeSeries, logWeight, sampleLogWeights } from "elbo/estimators";
import { createRandom, logMeanExp, STREAMS, summarize } from "elbo/math";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { coins, coinsQ, coinsX, line, lineQ, lineX, seeded } from "./models.ts";

/** L_K of the discrete model, by enumeration of all K-tuples. */
function exactBound(numSamples: number): number {
  const logWeights = coinsQ.probs.map((_, z) =>
    logWeight(coins, coinsQ, { x: coinsX, z })
  );
  let tuples = [{ prob: 1, logs: [] as number[] }];
  for (let k = 0; k < numSamples; k++) {
    tuples = tuples.flatMap(({ prob, logs }) =>
      coinsQ.probs.map((p, z) => ({ prob: prob * p, logs: [...logs, logWeights[z]] }))
    );
  }
  return tuples.reduce((sum, { prob, logs }) => sum + prob * logMeanExp(logs), 0);
}

Deno.test("iwae: is the enumerated bound at K = 1, 2, 3 and 5", () => {
  const { seed, random } = seeded(21);
  for (const numSamples of [1, 2, 3, 5]) {
    // Finitely many weights: every moment is finite.
    assertMonteCarlo(
      iwae(coins, coinsQ, coinsX, { numSamples, repeats: 8000, random }),
      {
        exact: exactBound(numSamples),
        resolution: 0.01,
        seed,
        label: `K ${numSamples}`,
      },
    );
  }
});

Deno.test("iwae: an enumerated bound of the wrong K is told apart", () => {
  const { seed, random } = seeded(22);
  const options = { numSamples: 2, repeats: 40_000, random };
  const two = iwae(coins, coinsQ, coinsX, options);
  for (const wrong of [1, 3]) {
    assertThrows(() =>
      assertMonteCarlo(two, { exact: exactBound(wrong), resolution: 0.01, seed })
    );
  }
});

Deno.test("iwae: one sample is the ELBO, draw by draw", () => {
  const reader = () => createRandom({ seed: 9, stream: STREAMS.test });
  const one = iwae(line, lineQ, lineX, {
    numSamples: 1,
    repeats: 40,
    random: reader(),
  });
  const bound = elbo(line, lineQ, lineX, { numSamples: 40, random: reader() });
  assertAlmostEquals(one.mean, bound.elbo.mean, 1e-13);
});

Deno.test("iwaeSeries: K + 1 lies above K, on common noise", () => {
  const { random } = seeded(23);
  const counts = [1, 2, 3, 4, 5];
  const { bounds, gains } = iwaeSeries(line, lineQ, lineX, {
    counts,
    repeats: 10_000,
    random,
  });
  gains.forEach((gain, i) => {
    assertLess(5 * gain.standardError, gain.mean, `K = ${counts[i]}`);
    assertAlmostEquals(gain.mean, bounds[i + 1].mean - bounds[i].mean, 1e-12);
    // The pairing pays: two bounds of their own draws would err by more.
    assertLess(
      gain.standardError,
      Math.hypot(bounds[i].standardError, bounds[i + 1].standardError),
    );
  });
});

Deno.test("iwaeSeries: without the pairing K and K + 1 cannot be told apart", () => {
  const { random } = seeded(24);
  const options = { repeats: 2000, random };
  const ten = iwae(line, lineQ, lineX, { ...options, numSamples: 10 });
  const eleven = iwae(line, lineQ, lineX, { ...options, numSamples: 11 });
  const error = Math.hypot(ten.standardError, eleven.standardError);
  // The gain is 0.0037: far below 5 of these standard errors.
  assertLess(0.0037, 5 * error);
});

Deno.test("iwaeSeries: at the posterior no bound has a gap or a spread", () => {
  const { random } = seeded(25);
  const { bounds } = iwaeSeries(line, line.exactPosterior(lineX), lineX, {
    counts: [1, 10],
    repeats: 20,
    random,
  });
  for (const { mean, standardError } of bounds) {
    assertAlmostEquals(mean, line.logMarginal(lineX), 1e-13);
    assertLess(standardError, 1e-14);
  }
});

Deno.test("iwae: the analytic KL inside is caught", () => {
  const { seed, random } = seeded(26);
  const closed = kl(coinsQ, coins.prior);
  const wrong = summarize(
    Array.from({ length: 8000 }, () =>
      logMeanExp(
        Array.from({ length: 5 }, () => {
          const z = coinsQ.sample(random);
          return coins.likelihood(z).logProb(coinsX) - closed;
        }),
      )),
  );
  assertThrows(() =>
    assertMonteCarlo(wrong, { exact: exactBound(5), resolution: 0.01, seed })
  );
});

Deno.test("iwae: softmaxed losses are caught, and fall with K", () => {
  const { seed, random } = seeded(27);
  const softmaxed = (numSamples: number) =>
    summarize(
      Array.from({ length: 8000 }, () => {
        const logs = sampleLogWeights(coins, coinsQ, coinsX, { numSamples, random });
        const losses = [...logs].map((log) => -log);
        const shares = losses.map(Math.exp);
        const total = shares.reduce((sum, share) => sum + share, 0);
        return -losses.reduce((sum, loss, k) => sum + loss * shares[k] / total, 0);
      }),
    );
  const [two, five] = [softmaxed(2), softmaxed(5)];
  assertThrows(() =>
    assertMonteCarlo(five, { exact: exactBound(5), resolution: 0.01, seed })
  );
  assertLess(five.mean, two.mean);
});

Deno.test("iwae: takes dim normals a draw and no more", () => {
  const [random, other] = [seeded(29), seeded(29)].map((each) => each.random);
  iwae(line, lineQ, lineX, { numSamples: 3, repeats: 4, random });
  for (let i = 0; i < 3 * 4; i++) other.normal();
  assertEquals(random.normal(), other.normal());
});

Deno.test("iwae: counts the repeats and refuses none of them", () => {
  const { random } = seeded(28);
  const options = { numSamples: 3, repeats: 7, random };
  assertEquals(iwae(line, lineQ, lineX, options).numSamples, 7);
  assertThrows(
    () => iwae(line, lineQ, lineX, { ...options, repeats: 0 }),
    RangeError,
    "repeats must be a positive integer",
  );
  assertThrows(
    () => iwae(line, lineQ, lineX, { ...options, numSamples: 2.5 }),
    RangeError,
    "numSamples must be a positive integer",
  );
  assertThrows(
    () => iwaeSeries(line, lineQ, lineX, { counts: [0.5, 2], repeats: 2, random }),
    RangeError,
    "numSamples must be a positive integer: it is 0.5",
  );
  for (const counts of [[], [2, 2], [3, 1]]) {
    assertThrows(
      () => iwaeSeries(line, lineQ, lineX, { counts, repeats: 2, random }),
      RangeError,
      "counts must ascend",
    );
  }
});
