import { logMeanExp, logSumExp } from "elbo/math";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { float64Tolerance } from "../helpers/tolerance.ts";

const logarithms = fc.array(fc.double({ min: -700, max: 700, noNaN: true }), {
  minLength: 1,
  maxLength: 20,
});

Deno.test("logSumExp: equals the logarithm of the sum where that can be computed", () => {
  assertEquals(logSumExp([0, 0]), Math.LN2);
  // ln(e + e^2 + e^3), mpmath 1.3 with 50 digits.
  assertAlmostEquals(logSumExp([1, 2, 3]), 3.4076059644443803, 1e-15);
  fc.assert(fc.property(
    fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1 }),
    (values) => {
      const direct = Math.log(values.reduce((sum, x) => sum + Math.exp(x), 0));
      // The rounding of each exp is relative, so it is absolute in the logarithm.
      assertAlmostEquals(logSumExp(values), direct, float64Tolerance(1, direct));
    },
  ));
});

Deno.test("logSumExp: keeps a term far below machine precision of the largest", () => {
  assertEquals(logSumExp([0, -50]), Math.exp(-50));
  assertEquals(logSumExp([-50, 0, -50]), 2 * Math.exp(-50));
});

Deno.test("logSumExp: neither overflows nor underflows", () => {
  assertEquals(logSumExp([1e308, 1e308]), 1e308);
  assertEquals(logSumExp([1e308, -1e308]), 1e308);
  assertEquals(logSumExp([-1e308, -1e308]), -1e308);
  assertAlmostEquals(logSumExp([1000, 1000]), 1000 + Math.LN2, 1e-12);
  assertAlmostEquals(logSumExp([-1000, -1000, -1000]), -1000 + Math.log(3), 1e-12);
});

Deno.test("logSumExp: infinities, NaN and nothing", () => {
  assertEquals(logSumExp([]), -Infinity);
  assertEquals(logSumExp([-Infinity]), -Infinity);
  assertEquals(logSumExp([-Infinity, -Infinity]), -Infinity);
  assertEquals(logSumExp([-Infinity, 2]), 2);
  assertEquals(logSumExp([0, Infinity, -Infinity]), Infinity);
  assertEquals(logSumExp([Infinity, Infinity]), Infinity);
  assertEquals(logSumExp([Infinity, NaN]), NaN);
  assertEquals(logSumExp([NaN, -Infinity]), NaN);
  assertEquals(logSumExp([0, NaN]), NaN);
});

Deno.test("logSumExp: a constant moves out of the sum", () => {
  fc.assert(fc.property(
    logarithms,
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    (values, shift) => {
      const left = logSumExp(values.map((x) => x + shift));
      const right = logSumExp(values) + shift;
      assertAlmostEquals(left, right, float64Tolerance(1, left, shift, 700));
    },
  ));
});

Deno.test("logSumExp: parts can be summed first, in any order", () => {
  fc.assert(fc.property(logarithms, logarithms, (left, right) => {
    const whole = logSumExp([...left, ...right]);
    const parts = logSumExp([logSumExp(right), logSumExp(left)]);
    assertAlmostEquals(parts, whole, float64Tolerance(1, whole));
  }));
});

Deno.test("logSumExp: lies between the largest value and that plus ln n", () => {
  fc.assert(fc.property(logarithms, (values) => {
    const max = Math.max(...values);
    const excess = logSumExp(values) - max;
    return excess >= 0 && excess <= Math.log(values.length) + float64Tolerance(1, max);
  }));
});

Deno.test("logSumExp: takes typed arrays", () => {
  assertEquals(logSumExp(Float64Array.of(0, 0)), Math.LN2);
  assertEquals(logSumExp(Float32Array.of(0, 0)), Math.LN2);
});

Deno.test("logMeanExp: the mean of equal values is the value", () => {
  fc.assert(fc.property(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.integer({ min: 1, max: 50 }),
    (value, n) => {
      const mean = logMeanExp(new Float64Array(n).fill(value));
      assertAlmostEquals(mean, value, float64Tolerance(Math.log(n), value));
    },
  ));
});

Deno.test("logMeanExp: equals the logarithm of the mean", () => {
  const thirds = [Math.log(1), Math.log(2), Math.log(6)];
  assertAlmostEquals(logMeanExp(thirds), Math.log(3), 1e-15);
  assertEquals(logMeanExp([-Infinity, -Infinity]), -Infinity);
  assertAlmostEquals(logMeanExp([-Infinity, 0]), -Math.LN2, 1e-15);
  assertEquals(logMeanExp([Infinity, 0]), Infinity);
  assertEquals(logMeanExp([NaN]), NaN);
});

Deno.test("logMeanExp: nothing has no mean", () => {
  assertThrows(() => logMeanExp([]), RangeError, "must hold at least one number");
});
