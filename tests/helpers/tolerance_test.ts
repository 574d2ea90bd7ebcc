import { assertGreater, assertLess, assertStrictEquals } from "@std/assert";
import { float32Tolerance, float64Tolerance } from "./tolerance.ts";

Deno.test("float64Tolerance: 50 eps of the sum of magnitudes, whatever the signs", () => {
  assertStrictEquals(float64Tolerance(1, -3), 200 * Number.EPSILON);
  assertStrictEquals(float64Tolerance(), 0);
});

Deno.test("float64Tolerance: holds a rounded identity and refuses a planted error", () => {
  const terms = [1e3, Math.PI, -1e3, 0.1];
  const forward = terms.reduce((sum, x) => sum + x, 0);
  const backward = terms.toReversed().reduce((sum, x) => sum + x, 0);
  const tolerance = float64Tolerance(...terms);
  assertLess(Math.abs(forward - backward), tolerance);
  assertGreater(Math.abs(forward * (1 + 1e-10) - backward), tolerance);
});

Deno.test("float32Tolerance: holds float32 sums of any length, refuses 1 part in 1e3", () => {
  for (const length of [1, 10, 1000, 100000]) {
    let single = 0;
    let double = 0;
    for (let i = 0; i < length; i++) {
      const x = Math.fround(((i * 2654435761) % 1000) / 1000);
      single = Math.fround(single + x);
      double += x;
    }
    const tolerance = float32Tolerance(length, double);
    assertLess(Math.abs(single - double), tolerance + Number.MIN_VALUE);
    if (double > 0) assertGreater(Math.abs(double * 1.001 - double), tolerance);
  }
});
