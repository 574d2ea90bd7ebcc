import { categorical } from "elbo/distributions";
import { createRandom, STREAMS } from "elbo/math";
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
import { categoricals } from "./fixtures/densities.ts";
import { averageOverDraws } from "./witnesses.ts";

const logits = fc.array(fc.double({ min: -700, max: 700, noNaN: true }), {
  minLength: 1,
  maxLength: 6,
});

Deno.test("categorical: logProb and entropy equal the fixtures", () => {
  for (const { logits, x, logProb, entropy } of categoricals) {
    const p = categorical({ logits });
    const tolerance = float64Tolerance(...logits);
    assertAlmostEquals(p.logProb(x), logProb, tolerance);
    assertAlmostEquals(p.entropy(), entropy, tolerance);
  }
});

Deno.test("categorical: probabilities add up to 1, logProb is their logarithm", () => {
  fc.assert(fc.property(logits, (logits) => {
    const p = categorical({ logits });
    assertAlmostEquals(p.probs.reduce((sum, prob) => sum + prob, 0), 1, 1e-12);
    p.probs.forEach((prob, k) => assertEquals(Math.exp(p.logProb(k)), prob));
  }));
});

Deno.test("categorical: adding a constant to all logits changes nothing", () => {
  fc.assert(
    fc.property(logits, fc.integer({ min: -500, max: 500 }), (logits, shift) => {
      const [p, moved] = [logits, logits.map((l) => l + shift)]
        .map((logits) => categorical({ logits }));
      p.logits.forEach((l, k) =>
        assertAlmostEquals(moved.logits[k], l, float64Tolerance(700, shift))
      );
    }),
  );
});

Deno.test("categorical: the entropy lies between 0 and ln of the outcomes", () => {
  fc.assert(fc.property(logits, (logits) => {
    const entropy = categorical({ logits }).entropy();
    // ln n is reached at equal logits, up to the rounding of n terms.
    const excess = entropy - Math.log(logits.length);
    assertEquals(entropy >= 0 && excess <= float64Tolerance(2), true);
  }));
  assertAlmostEquals(categorical({ logits: [7, 7, 7] }).entropy(), Math.log(3), 1e-14);
});

Deno.test("categorical: the entropy of one sure outcome is 0, not -0", () => {
  for (const logits of [[0], [-Infinity, 3]]) {
    assertEquals(Object.is(categorical({ logits }).entropy(), 0), true);
  }
});

Deno.test("categorical: draws come as often as they should", () => {
  const seed = testSeed(131);
  const p = categorical({ logits: [0, 1, -1, -Infinity] });
  p.probs.forEach((prob, k) => {
    const frequency = averageOverDraws(p, (x) => x === k ? 1 : 0, { seed });
    assertMonteCarlo(frequency, { exact: prob, resolution: 0.005, seed });
  });
  const frequency = averageOverDraws(p, (x) => x === 0 ? 1 : 0, { seed });
  assertThrows(
    // Control: draws that take every possible outcome alike.
    () => assertMonteCarlo(frequency, { exact: 1 / 3, resolution: 0.005, seed }),
    AssertionError,
  );
});

Deno.test("categorical: an impossible outcome has probability 0 and is never drawn", () => {
  const p = categorical({ logits: [-Infinity, 3, -Infinity] });
  assertEquals([p.probs, p.logProb(0), p.entropy()], [[0, 1, 0], -Infinity, 0]);
  assertEquals(p.sample(createRandom({ seed: 0, stream: STREAMS.test })), 1);
  // A generator at its very end: what rounding leaves goes to a possible outcome.
  const last = { uniform: () => 1, normal: () => 0, integer: () => 0 };
  assertEquals(p.sample(last), 1);
});

Deno.test("categorical: no outcome, no possible one, or a logit too large is refused", () => {
  assertThrows(() => categorical({ logits: [] }), RangeError, "must be possible");
  assertThrows(
    () => categorical({ logits: [-Infinity] }),
    RangeError,
    "must be possible",
  );
  assertThrows(
    () => categorical({ logits: [0, NaN] }),
    RangeError,
    "logits must be finite or -Infinity: NaN at index 1",
  );
  assertThrows(
    () => categorical({ logits: [Infinity] }),
    RangeError,
    "Infinity at index 0",
  );
  const p = categorical({ logits: [0, 0] });
  for (const bad of [-1, 2, 0.5, NaN]) {
    assertThrows(() => p.logProb(bad), RangeError, `index below 2: ${bad}`);
  }
});
