import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { normal } from "elbo/distributions";
import { elbo, importanceLogMarginal } from "elbo/estimators";
import { linearGaussian } from "elbo/exact";
import { summarize } from "elbo/math";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { coins, coinsQ, coinsX, line, lineQ, lineX } from "./models.ts";
import { plane, planeQ, planeX, seeded } from "./models.ts";

Deno.test("importanceLogMarginal: is ln p(x) on three exact models", () => {
  const { seed, random } = seeded(31);
  const options = { numSamples: 20_000, random };
  // Each q is wider than half the posterior's variance: E w^2 is finite. The bias,
  // half the squared standard error, is far below one standard error.
  const claim = { resolution: 0.02, seed };
  const onLine = importanceLogMarginal(line, lineQ, lineX, options);
  assertMonteCarlo(onLine, { exact: line.logMarginal(lineX), ...claim, label: "line" });
  const onPlane = importanceLogMarginal(plane, planeQ, planeX, options);
  assertMonteCarlo(onPlane, { exact: plane.logMarginal(planeX), ...claim });
  const onCoins = importanceLogMarginal(coins, coinsQ, coinsX, options);
  assertMonteCarlo(onCoins, { exact: coins.logMarginal(coinsX), ...claim });
});

Deno.test("importanceLogMarginal: -ELBO printed as the NLL is caught", () => {
  const { seed, random } = seeded(32);
  const bound = elbo(line, lineQ, lineX, { numSamples: 20_000, random });
  assertThrows(() =>
    assertMonteCarlo(bound.elbo, {
      exact: line.logMarginal(lineX),
      resolution: 0.02,
      seed,
    })
  );
});

Deno.test("importanceLogMarginal: the standard error is the spread of repeats", () => {
  const { random } = seeded(33);
  const repeats = Array.from(
    { length: 400 },
    () => importanceLogMarginal(line, lineQ, lineX, { numSamples: 200, random }),
  );
  const { standardError } = summarize(repeats.map(({ mean }) => mean));
  const spread = standardError * Math.sqrt(repeats.length);
  const stated = summarize(repeats.map((repeat) => repeat.standardError)).mean;
  // 400 repeats know a standard deviation to 3.5%; five of these are 18%.
  assertAlmostEquals(stated / spread, 1, 0.18);
});

Deno.test("importanceLogMarginal: the bias is of the stated sign and size", () => {
  const { seed, random } = seeded(34);
  const numSamples = 20;
  const repeats = Array.from(
    { length: 20_000 },
    () => importanceLogMarginal(line, lineQ, lineX, { numSamples, random }),
  );
  const logMarginal = line.logMarginal(lineX);
  const off = summarize(repeats.map(({ mean }) => mean - logMarginal));
  // Var(w) / p(x)^2 is 0.819 (see the ledger): -0.0205 to first order in 1 / 20.
  assertMonteCarlo(off, { exact: -0.8194 / 40, resolution: 0.002, seed });
  assertLess(off.mean, -5 * off.standardError);
  const stated = summarize(repeats.map(({ bias }) => bias));
  // It spreads far less than the error that it is about, and is off by one in numSamples.
  assertAlmostEquals(stated.mean, -0.8194 / 40, 0.002);
});

Deno.test("importanceLogMarginal: equal weights have no error and all count", () => {
  const { random } = seeded(35);
  const posterior = line.exactPosterior(lineX);
  const estimate = importanceLogMarginal(line, posterior, lineX, {
    numSamples: 30,
    random,
  });
  assertAlmostEquals(estimate.mean, line.logMarginal(lineX), 1e-13);
  assertLess(estimate.standardError, 1e-14);
  assertAlmostEquals(estimate.effectiveSampleSize, 30, 1e-10);
});

Deno.test("importanceLogMarginal: a q in the wrong place shows in its sample size", () => {
  const { random } = seeded(36);
  const far = normal({ mean: [-3], scale: [0.6] });
  const options = { numSamples: 2000, random };
  const poor = importanceLogMarginal(line, far, lineX, options);
  assertLess(poor.effectiveSampleSize, 50);
  const good = importanceLogMarginal(line, lineQ, lineX, options);
  assertGreater(good.effectiveSampleSize, 500);
});

Deno.test("importanceLogMarginal: weights of exp(-1000) do not underflow", () => {
  const { random } = seeded(37);
  const tiny = linearGaussian({ weight: [[1]], bias: [0], scale: 0.01 });
  const x = [1];
  const q = normal({ mean: [1.45], scale: [0.01] });
  const { mean } = importanceLogMarginal(tiny, q, x, { numSamples: 100, random });
  assert(mean < -700 && Number.isFinite(mean), `${mean}`);
});

Deno.test("importanceLogMarginal: counts its draws and refuses none", () => {
  const { random } = seeded(38);
  const estimate = importanceLogMarginal(line, lineQ, lineX, { numSamples: 5, random });
  assertEquals(estimate.numSamples, 5);
  assertThrows(
    () => importanceLogMarginal(line, lineQ, lineX, { numSamples: 0, random }),
    RangeError,
    "numSamples must be a positive integer",
  );
});
