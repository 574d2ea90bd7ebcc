import { normal } from "elbo/distributions";
import { optimalVariance, VARIANCE_FLOOR } from "elbo/networks";
import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertThrows,
} from "@std/assert";
import { fc } from "../helpers/fast_check.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";

/** ln p of errors under one variance, by the distribution. */
function logProb(errors: readonly number[], variance: number): number {
  return normal({
    mean: errors.map(() => 0),
    scale: errors.map(() => Math.sqrt(variance)),
  }).logProb(errors);
}

const errors = fc.array(
  fc.double({ min: -3, max: 3, noNaN: true }).filter((e) => Math.abs(e) > 0.1),
  { minLength: 1, maxLength: 8 },
);
const otherThanOne = fc.double({ min: 0.2, max: 5, noNaN: true })
  .filter((factor) => Math.abs(Math.log(factor)) > 1e-3);

function assertBest(of: (squares: number[]) => number): void {
  fc.assert(fc.property(errors, otherThanOne, (e, factor) => {
    const best = of(e.map((value) => value ** 2));
    assertGreater(logProb(e, best), logProb(e, factor * best));
  }));
}

Deno.test("optimalVariance: no other variance gives the batch more", () => {
  assertBest(optimalVariance);
  // Control: twice the best.
  assertThrows(
    () => assertBest((squares) => 2 * optimalVariance(squares)),
    Error,
  );
});

Deno.test("optimalVariance: the batch's own bound is D (ln(2 pi v) + 1) / 2", () => {
  fc.assert(fc.property(errors, (e) => {
    const best = optimalVariance(e.map((value) => value ** 2));
    const expected = -e.length / 2 * (Math.log(2 * Math.PI * best) + 1);
    assertAlmostEquals(logProb(e, best), expected, float64Tolerance(10, expected));
  }));
});

Deno.test("optimalVariance: stops at the floor, and nothing is no batch", () => {
  assertEquals(optimalVariance([0, 0, 1e-9]), VARIANCE_FLOOR);
  assertEquals(optimalVariance(Float32Array.of(0.5, 0.25)), 0.375);
  assertThrows(() => optimalVariance([]), RangeError, "there is none");
});
