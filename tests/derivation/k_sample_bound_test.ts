import { assertAlmostEquals, assertLess, assertThrows } from "@std/assert";
import { kSampleBound } from "elbo/derivation";
import { gaussHermite, logMeanExp } from "elbo/math";

const probs = [0.5, 0.2, 0.3];
const logWeights = [-2.1, 0.4, 1.3];

/** By enumeration of the tuples. */
function enumerated(numSamples: number): number {
  let tuples = [{ prob: 1, logs: [] as number[] }];
  for (let k = 0; k < numSamples; k++) {
    tuples = tuples.flatMap(({ prob, logs }) =>
      probs.map((p, i) => ({ prob: prob * p, logs: [...logs, logWeights[i]] }))
    );
  }
  return tuples.reduce((sum, { prob, logs }) => sum + prob * logMeanExp(logs), 0);
}

Deno.test("kSampleBound: is the enumerated bound for K from 1 to 7", () => {
  for (let numSamples = 1; numSamples <= 7; numSamples++) {
    const bound = kSampleBound(probs, logWeights, numSamples);
    assertAlmostEquals(bound, enumerated(numSamples), 1e-13, `K = ${numSamples}`);
  }
});

Deno.test("kSampleBound: K = 1 under a normal is E ln w, to 1e-12", () => {
  const { nodes, weights } = gaussHermite(64);
  // ln w = 1 - z^2 has the mean 0.
  const bound = kSampleBound(weights, nodes.map((z) => 1 - z * z), 1);
  assertAlmostEquals(bound, 0, 1e-12);
});

Deno.test("kSampleBound: adding a constant to ln w adds it to the bound", () => {
  const moved = kSampleBound(probs, logWeights.map((log) => log - 700), 3);
  assertAlmostEquals(moved, enumerated(3) - 700, 1e-11);
});

Deno.test("kSampleBound: rises to ln E w as K grows", () => {
  const logMean = Math.log(
    probs.reduce((sum, prob, i) => sum + prob * Math.exp(logWeights[i]), 0),
  );
  const gaps = [1, 10, 100, 1000, 10_000].map((count) =>
    logMean - kSampleBound(probs, logWeights, count)
  );
  gaps.slice(1).forEach((gap, i) => assertLess(gap, gaps[i]));
  assertLess(gaps[4], 1e-4);
  assertLess(0, gaps[4]);
});

Deno.test("kSampleBound: masses need not sum to 1", () => {
  const doubled = kSampleBound(probs.map((prob) => 2 * prob), logWeights, 4);
  assertAlmostEquals(doubled, enumerated(4), 1e-13);
});

Deno.test("kSampleBound: refuses another K than 1, 2, ..., and lengths that differ", () => {
  for (const numSamples of [0, -1, 1.5, NaN, Infinity]) {
    const bound = () => kSampleBound(probs, logWeights, numSamples);
    assertThrows(bound, RangeError, `must be a positive integer: ${numSamples}`);
  }
  assertThrows(() => kSampleBound([1], logWeights, 1), RangeError, "length: 1 and 3");
  assertThrows(() => kSampleBound([], [], 1), RangeError, "finite sum: 0");
});
