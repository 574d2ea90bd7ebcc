import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Comparison, MonteCarloComparison } from "elbo/derivation";
import { createRandom, type Estimate, STREAMS } from "elbo/math";
import { compareExact, compareMonteCarlo } from "../../lib/derivation/compare.ts";

const precision = { relative: 1e-10, reason: "made up for the test" };

function exact(sides: Partial<Comparison> & Pick<Comparison, "left" | "right">) {
  return compareExact({ relation: "=", precision, ...sides });
}

function verdictOf(left: number | number[], right: number | number[]) {
  return exact({ left: () => left, right: () => right }).verdict;
}

Deno.test("compareExact: equal within the tolerance, and not beyond it", () => {
  assertEquals(verdictOf(1, 1 + 2e-10), "holds");
  assertEquals(verdictOf(1, 1 + 4e-10), "fails");
  assertEquals(verdictOf([1, 2], [1, 2]), "holds");
  assertEquals(verdictOf([1, 2], [1, 2.1]), "fails");
});

Deno.test("compareExact: what is no number fails", () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    assertEquals(verdictOf(bad, 1), "fails");
    assertEquals(verdictOf(1, bad), "fails");
    assertEquals(verdictOf(bad, bad), "fails");
    assertEquals(verdictOf([1, bad], [1, 1]), "fails");
  }
});

Deno.test("compareExact: one number stands for many, other lengths fail", () => {
  assertEquals(verdictOf([3, 3, 3], 3), "holds");
  assertEquals(verdictOf([1, 2], [1, 2, 3]), "fails");
  assertEquals(verdictOf([], []), "fails");
});

Deno.test("compareExact: a side that throws fails and says why", () => {
  const { verdict, note, left } = exact({
    left: () => {
      throw new RangeError("Cannot go on");
    },
    right: () => 1,
  });
  assertEquals([verdict, note, left], ["fails", "Cannot go on", null]);
});

Deno.test("compareExact: shows the element that is nearest to failing, or fails", () => {
  const { left, error } = exact({ left: () => [1, 2, 3], right: () => [1, 2.5, 3.1] });
  assertEquals([left, error], [2, 0.5]);
});

Deno.test("compareExact: an inequality needs its margin, strictly below", () => {
  const below = (left: number, right: number) =>
    exact({ relation: "<", margin: 0.1, left: () => left, right: () => right });
  assertEquals(below(1, 1.2).verdict, "holds");
  assertEquals(below(1, 1.05).verdict, "fails");
  assertEquals(below(1, 1).verdict, "fails");
  assertEquals(below(1, 0).verdict, "fails");
  assertEquals(below(-Infinity, 0).verdict, "fails");
  assertEquals(below(1, NaN).verdict, "fails");
});

Deno.test("compareExact: a limit must come nearer at every step, and near", () => {
  const limit = (values: number[], relative = 0.01) =>
    exact({
      relation: "->",
      left: () => values,
      right: () => 1,
      precision: { ...precision, relative },
    });
  assertEquals(limit([2, 1.5, 1.1, 1.01]).verdict, "holds");
  assertEquals(limit([2, 1.5, 1.1]).verdict, "fails");
  assertEquals(limit([1.01, 1.5, 1.01]).verdict, "fails");
  assertStringIncludes(limit([1.01, 1.5, 1.01]).note!, "do not fall");
  assertEquals(limit([1.1, 1.01]).verdict, "fails");
  assertEquals(limit([2, 1.5, NaN]).verdict, "fails");
  // Once at rounding there is nothing left to fall.
  assertEquals(limit([2, 1.5, 1, 1 + 1e-15]).verdict, "holds");
});

function monteCarlo(
  estimate: Estimate | Estimate[],
  changes: Partial<MonteCarloComparison> = {},
) {
  return compareMonteCarlo({
    relation: "=",
    estimate: () => estimate,
    target: () => 1,
    resolution: 0.1,
    finiteVariance: "made up for the test",
    precision,
    ...changes,
  }, {
    numSamples: 10,
    random: createRandom({ seed: 0, stream: STREAMS.test }),
    key: "",
  });
}

const estimate = (mean: number, standardError: number): Estimate => {
  return { mean, standardError, numSamples: 10 };
};

Deno.test("compareMonteCarlo: within 5 standard errors, and not beyond", () => {
  assertEquals(monteCarlo(estimate(1.04, 0.01)).verdict, "holds");
  assertEquals(monteCarlo(estimate(0.96, 0.01)).verdict, "holds");
  assertEquals(monteCarlo(estimate(1.06, 0.01)).verdict, "fails");
  assertEquals(monteCarlo(estimate(0.94, 0.01)).verdict, "fails");
});

Deno.test("compareMonteCarlo: noise cannot pass, however near the mean", () => {
  const { verdict, note } = monteCarlo(estimate(1, 0.2));
  assertEquals(verdict, "fails");
  assertStringIncludes(note!, "resolution");
});

Deno.test("compareMonteCarlo: no spread at all passes at rounding alone", () => {
  assertEquals(monteCarlo(estimate(1 + 1e-14, 0)).verdict, "holds");
  assertEquals(monteCarlo(estimate(1 + 1e-14, 1e-18)).z, 0);
  assertEquals(monteCarlo(estimate(1.001, 0)).verdict, "fails");
  assertEquals(monteCarlo(estimate(1.001, 0)).z, undefined);
});

Deno.test("compareMonteCarlo: a mean or an error that is no number fails", () => {
  assertEquals(monteCarlo(estimate(NaN, 0.01)).verdict, "fails");
  assertEquals(monteCarlo(estimate(1, NaN)).verdict, "fails");
  assertEquals(monteCarlo(estimate(1, 0.01), { target: () => NaN }).verdict, "fails");
});

Deno.test("compareMonteCarlo: an inequality needs 5 standard errors of room", () => {
  const below = (mean: number) =>
    monteCarlo(estimate(mean, 0.01), { relation: "<" }).verdict;
  assertEquals([below(0.94), below(0.96), below(1.1)], ["holds", "fails", "fails"]);
});

Deno.test("compareMonteCarlo: of several estimates the worst decides and is shown", () => {
  const several = [estimate(1, 0.01), estimate(1.03, 0.01), estimate(1.01, 0.01)];
  const { verdict, left, z } = monteCarlo(several);
  assertEquals([verdict, left], ["holds", 1.03]);
  assert(Math.abs(z! - 3) < 1e-9);
  assertEquals(monteCarlo([...several, estimate(2, 0.01)]).verdict, "fails");
});
