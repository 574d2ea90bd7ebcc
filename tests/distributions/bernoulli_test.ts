import { bernoulli } from "elbo/distributions";
import { createRandom, logit, STREAMS, type Vector } from "elbo/math";
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
import { bernoullis } from "./fixtures/densities.ts";
import { averageOverDraws, binaryVectors } from "./witnesses.ts";

const coins = bernoulli({ logits: [1.25, -2, 0.5] });

/** The sum of exp(logProb) f over all outcomes. */
function enumerate(
  logProb: (x: Vector) => number,
  { dim, f }: { dim: number; f: (x: Vector) => number },
): number {
  return binaryVectors(dim).reduce((sum, x) => sum + Math.exp(logProb(x)) * f(x), 0);
}

Deno.test("bernoulli: logProb and entropy equal the fixtures, to relative precision", () => {
  for (const { logits, x, logProb, entropy } of bernoullis) {
    const p = bernoulli({ logits });
    assertAlmostEquals(p.logProb(x), logProb, float64Tolerance(logProb));
    assertAlmostEquals(p.entropy(), entropy, float64Tolerance(entropy));
  }
});

function assertMass(logProb: (x: Vector) => number): void {
  const { dim } = coins;
  const tolerance = float64Tolerance(2 ** dim);
  assertAlmostEquals(enumerate(logProb, { dim, f: () => 1 }), 1, tolerance);
  coins.logits.forEach((l, i) => {
    const mean = enumerate(logProb, { dim, f: (x) => x[i] });
    assertAlmostEquals(mean, 1 / (1 + Math.exp(-l)), tolerance);
    const variance = enumerate(logProb, { dim, f: (x) => (x[i] - mean) ** 2 });
    assertAlmostEquals(coins.variance[i], variance, tolerance);
    assertAlmostEquals(coins.mean[i], mean, tolerance);
  });
  const entropy = -enumerate(logProb, { dim, f: logProb });
  assertAlmostEquals(coins.entropy(), entropy, tolerance);
}

Deno.test("bernoulli: mass, moments and entropy hold by enumeration", () => {
  assertMass((x) => coins.logProb(x));
});

Deno.test("bernoulli: enumeration catches planted errors of the mass", () => {
  const planted: ((x: Vector) => number)[] = [
    (x) => -coins.logProb(x), // the cross entropy itself
    (x) => coins.logProb(x) / coins.dim, // a mean over pixels
    (x) => coins.logProb(x.map((v) => 1 - v)), // the logit's sign
    (x) => x.reduce((sum, v, i) => sum + v * Math.log(coins.mean[i]), 0), // half of it
  ];
  for (const logProb of planted) {
    assertThrows(() => assertMass(logProb), AssertionError);
  }
});

Deno.test("bernoulli: draws have its mean and entropy", () => {
  const seed = testSeed(121);
  coins.mean.forEach((mean, i) => {
    const average = averageOverDraws(coins, (x) => x[i], { seed });
    assertMonteCarlo(average, { exact: mean, resolution: 0.005, seed });
    // Control: draws of the other face.
    assertThrows(
      () => assertMonteCarlo(average, { exact: 1 - mean, resolution: 0.005, seed }),
      AssertionError,
    );
  });
  assertMonteCarlo(averageOverDraws(coins, (x) => -coins.logProb(x), { seed }), {
    exact: coins.entropy(),
    resolution: 0.01,
    seed,
  });
});

Deno.test("bernoulli: of a grey x logProb is minus the cross entropy", () => {
  const probability = fc.double({ min: 0.001, max: 0.999, noNaN: true });
  const row = fc.record({
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    p: probability,
  });
  fc.assert(fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
    const terms = rows.map(({ x, p }) => x * Math.log(p) + (1 - x) * Math.log(1 - p));
    assertAlmostEquals(
      bernoulli({ logits: rows.map(({ p }) => logit(p)) }).logProb(
        rows.map(({ x }) => x),
      ),
      terms.reduce((sum, term) => sum + term, 0),
      // The condition number of ln(1 - p) at p = 0.999 is 1 / ln(1000).
      float64Tolerance(1, ...terms),
    );
  }));
});

Deno.test("bernoulli: the grey cross entropy is no density: it does not integrate to 1", () => {
  const numNodes = 1000;
  let mass = 0;
  for (let i = 0; i < numNodes; i++) {
    mass += Math.exp(bernoulli({ logits: [2] }).logProb([(i + 0.5) / numNodes])) /
      numNodes;
  }
  // The normaliser of the continuous Bernoulli (arXiv 1907.06845): (2 p - 1) / logit.
  assertAlmostEquals(mass, Math.tanh(1) / 2, 1e-6);
});

Deno.test("bernoulli: turning logits and x over changes nothing", () => {
  const row = fc.record({
    l: fc.double({ noNaN: true }),
    x: fc.integer({ min: 0, max: 1 }),
  });
  fc.assert(fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
    const logits = rows.map(({ l }) => l), x = rows.map(({ x }) => x);
    const turned = bernoulli({ logits: logits.map((l) => -l) });
    const p = bernoulli({ logits });
    assertEquals(turned.logProb(x.map((v) => 1 - v)), p.logProb(x));
    assertEquals(turned.entropy(), p.entropy());
  }));
});

Deno.test("bernoulli: infinite logits are certain outcomes", () => {
  const certain = bernoulli({ logits: [Infinity, -Infinity] });
  assertEquals(certain.logProb([1, 0]), 0);
  assertEquals(certain.logProb([1, 1]), -Infinity);
  assertEquals(certain.logProb([0.5, 0]), -Infinity);
  assertEquals([certain.mean, certain.variance], [[1, 0], [0, 0]]);
  assertEquals(certain.entropy(), 0);
  assertEquals(certain.sample(createRandom({ seed: 0, stream: STREAMS.test })), [1, 0]);
});

Deno.test("bernoulli: large logits keep their digits, without dimensions it is certain", () => {
  assertEquals(bernoulli({ logits: [1e300] }).logProb([0]), -1e300);
  assertEquals(bernoulli({ logits: [] }).logProb([]), 0);
  assertEquals(bernoulli({ logits: [] }).entropy(), 0);
});

Deno.test("bernoulli: NaN logits and x outside [0, 1] are refused by name and place", () => {
  assertThrows(
    () => bernoulli({ logits: [0, NaN] }),
    RangeError,
    "Cannot make a Bernoulli distribution as logits must be numbers: NaN at index 1",
  );
  const p = bernoulli({ logits: [0, 0] });
  for (const bad of [255, -1e-9, 1 + 1e-9, NaN, Infinity]) {
    assertThrows(() => p.logProb([0, bad]), RangeError, `[0, 1]: ${bad} at index 1`);
  }
  assertThrows(() => p.logProb([0]), RangeError, "length must be 2: 1");
});
