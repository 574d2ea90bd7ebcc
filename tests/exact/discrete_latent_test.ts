import { bernoulli, categorical, normal } from "elbo/distributions";
import { discreteLatent } from "elbo/exact";
import { createRandom, STREAMS, summarize } from "elbo/math";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";
import { TABLE } from "./models.ts";

const { model } = TABLE;

Deno.test("discreteLatent: p(x) adds up to 1 over all x", () => {
  const mass = TABLE.xs.reduce((sum, x) => sum + Math.exp(model.logMarginal(x)), 0);
  assertAlmostEquals(mass, 1, float64Tolerance(1));
});

Deno.test("discreteLatent: posterior probabilities equal frequencies in draws with that x", () => {
  const seed = testSeed(421);
  const random = createRandom({ seed, stream: STREAMS.test });
  const pairs = Array.from({ length: 30_000 }, () => {
    const z = model.prior.sample(random);
    return { z, x: model.likelihood(z).sample(random) };
  });
  for (const x of TABLE.xs) {
    const hits = pairs.filter((pair) => pair.x === x).map(({ z }) => z);
    const exact = Math.exp(model.exactPosterior(x).logProb(1));
    assertMonteCarlo(summarize(hits), { exact, resolution: 0.01, seed });
  }
});

Deno.test("discreteLatent: far data keep their posterior, which a plain sum loses", () => {
  const far = discreteLatent({
    prior: categorical({ logits: [0, 0] }),
    components: [0, 1].map((m) => normal({ mean: [m], scale: [1] })),
  });
  // exp(-x^2 / 2) is 0 in float64 at 1000; the odds are exp(x - 1/2).
  const odds = far.exactPosterior([1000]).logits;
  assertAlmostEquals(odds[1] - odds[0], 999.5, float64Tolerance(1e6));
  assertEquals(Number.isFinite(far.logMarginal([1000])), true);
});

Deno.test("discreteLatent: an impossible x has -Infinity, and no posterior", () => {
  const certain = discreteLatent({
    prior: categorical({ logits: [0, 0] }),
    components: [bernoulli({ logits: [Infinity] }), bernoulli({ logits: [Infinity] })],
  });
  assertEquals(certain.logMarginal([0]), -Infinity);
  assertThrows(() => certain.exactPosterior([0]), RangeError, "must be possible");
});

Deno.test("discreteLatent: components that do not fit, and a z that is none, are refused", () => {
  const prior = categorical({ logits: [0, 0] });
  const coin = bernoulli({ logits: [0] });
  assertThrows(
    () => discreteLatent({ prior, components: [coin] }),
    RangeError,
    "there are 1",
  );
  assertThrows(
    () => discreteLatent({ prior, components: [coin, bernoulli({ logits: [0, 0] })] }),
    RangeError,
    "one dimension: 1 and 2",
  );
  const pair = discreteLatent({ prior, components: [coin, coin] });
  for (const z of [2, -1, 0.5, NaN]) {
    assertThrows(() => pair.likelihood(z), RangeError, `index below 2: ${z}`);
  }
});
