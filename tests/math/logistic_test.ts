import { log1mExp, logit, logSigmoid, sigmoid, softplus } from "elbo/math";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { float64Tolerance } from "../helpers/tolerance.ts";
import * as fixtures from "./fixtures/special_functions.ts";

const anyNumber = fc.double({ min: -750, max: 750, noNaN: true });

/**
 * Each function is a handful of exp and log calls good to one unit in the last place,
 * so 3 eps relative; 5e-324 is the spacing where a result is subnormal.
 */
function assertRelative(
  f: (x: number) => number,
  pairs: readonly (readonly [number, number])[],
) {
  for (const [x, expected] of pairs) {
    const actual = f(x);
    const error = Math.abs(actual - expected);
    assert(
      error <= 3 * Number.EPSILON * Math.abs(expected) + 5e-324,
      `${f.name}(${x}): ${actual}, expected ${expected}`,
    );
  }
}

for (const f of [sigmoid, softplus, logSigmoid, log1mExp, logit]) {
  Deno.test(`${f.name}: every digit of the fixture, both ends included`, () => {
    assertRelative(f, fixtures[f.name as keyof typeof fixtures]);
  });

  Deno.test(`${f.name}: NaN stays NaN`, () => assertEquals(f(NaN), NaN));
}

Deno.test("assertRelative: the formulas that lose digits do not pass", () => {
  const naive = {
    softplus: (x: number) => Math.log(1 + Math.exp(x)),
    logSigmoid: (x: number) => Math.log(1 / (1 + Math.exp(-x))),
    log1mExp: (x: number) => Math.log(1 - Math.exp(x)),
    logit: (p: number) => Math.log(p) - Math.log(1 - p),
  };
  for (const [name, f] of Object.entries(naive)) {
    const pairs = fixtures[name as keyof typeof naive];
    const failures = pairs.filter((pair) => {
      try {
        assertRelative(f, [pair]);
        return false;
      } catch {
        return true;
      }
    });
    assert(failures.length > 0, name);
  }
});

Deno.test("sigmoid: infinities and overflow", () => {
  assertEquals(sigmoid(Infinity), 1);
  assertEquals(sigmoid(-Infinity), 0);
  assertEquals(sigmoid(1e308), 1);
  assertEquals(sigmoid(-1e308), 0);
});

Deno.test("sigmoid: the two outcomes share all probability", () => {
  fc.assert(fc.property(anyNumber, (x) => {
    assertAlmostEquals(sigmoid(x) + sigmoid(-x), 1, float64Tolerance(1));
  }));
});

Deno.test("logit: ends, and NaN where there is no probability", () => {
  assertEquals(logit(0), -Infinity);
  assertEquals(logit(1), Infinity);
  assertEquals(logit(5e-324), Math.log(5e-324));
  for (const p of [-1e-300, -1, 1.5, Infinity]) assertEquals(logit(p), NaN);
});

Deno.test("logit: undoes sigmoid", () => {
  fc.assert(fc.property(fc.double({ min: -700, max: 2, noNaN: true }), (x) => {
    // Near 1 a probability holds few digits of its logit: so x stays below 2.
    assertAlmostEquals(logit(sigmoid(x)), x, float64Tolerance(1, x));
  }));
});

Deno.test("softplus: infinities and overflow", () => {
  assertEquals(softplus(Infinity), Infinity);
  assertEquals(softplus(-Infinity), 0);
  assertEquals(softplus(1e308), 1e308);
  assertEquals(softplus(-1e308), 0);
  // Past 88.7 the naive formula overflows in float32, past 709.8 in float64.
  assertEquals(softplus(89), 89);
  assertEquals(softplus(710), 710);
});

Deno.test("softplus: the difference of the two sides is the argument", () => {
  fc.assert(fc.property(anyNumber, (x) => {
    assertAlmostEquals(softplus(x) - softplus(-x), x, float64Tolerance(1, x));
  }));
});

Deno.test("logSigmoid: infinities and overflow", () => {
  assertEquals(logSigmoid(Infinity), 0);
  assertEquals(logSigmoid(-Infinity), -Infinity);
  assertEquals(logSigmoid(-1e308), -1e308);
  assertEquals(Math.abs(logSigmoid(1e308)), 0);
});

Deno.test("logSigmoid: is the logarithm of sigmoid, and minus softplus mirrored", () => {
  fc.assert(fc.property(fc.double({ min: -700, max: 30, noNaN: true }), (x) => {
    assertEquals(logSigmoid(x), -softplus(-x));
    const direct = Math.log(sigmoid(x));
    assertAlmostEquals(logSigmoid(x), direct, float64Tolerance(1, direct));
  }));
});

Deno.test("log1mExp: ends, and NaN where there is no probability", () => {
  assertEquals(log1mExp(0), -Infinity);
  assertEquals(log1mExp(-0), -Infinity);
  assertEquals(Math.abs(log1mExp(-Infinity)), 0);
  assertEquals(Math.abs(log1mExp(-1e308)), 0);
  assertEquals(log1mExp(-5e-324), Math.log(5e-324));
  for (const x of [1e-300, 1, Infinity]) assertEquals(log1mExp(x), NaN);
});

Deno.test("log1mExp: the complement of the complement is the event", () => {
  fc.assert(fc.property(fc.double({ min: -30, max: -1e-12, noNaN: true }), (x) => {
    const complement = log1mExp(x);
    // d ln(1 - e^x) / dx = -e^x / (1 - e^x) scales the rounding of the first step.
    const growth = Math.exp(complement - x) * Math.abs(complement);
    assertAlmostEquals(log1mExp(complement), x, float64Tolerance(x, growth));
  }));
});
