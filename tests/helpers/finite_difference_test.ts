import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { finiteDifferenceGradient } from "./finite_difference.ts";

Deno.test("finiteDifferenceGradient: agrees with a gradient worked out by hand", () => {
  const f = ([x, y]: number[]) => Math.sin(x) * Math.exp(y) + y ** 3;
  const [x, y] = [0.7, -1.3];
  const exact = [Math.cos(x) * Math.exp(y), Math.sin(x) * Math.exp(y) + 3 * y * y];
  const gradient = finiteDifferenceGradient(f, [x, y]);
  // h^2 |f'''| / 6 + eps |f| / h is about 1e-10 here, with h = 6e-6.
  gradient.forEach((value, i) => assertAlmostEquals(value, exact[i], 1e-9));
});

Deno.test("finiteDifferenceGradient: tells a planted error of one part in 1e6", () => {
  const [gradient] = finiteDifferenceGradient(([x]) => x ** 3, [2]);
  assertAlmostEquals(gradient, 12, 1e-8);
  assertGreater(Math.abs(gradient - 12 * (1 + 1e-6)), 1e-8);
});

Deno.test("finiteDifferenceGradient: large points, none at all, and x left alone", () => {
  const x = new Float64Array([1e8]);
  assertAlmostEquals(finiteDifferenceGradient(([v]) => v * v, x)[0], 2e8, 1e-2);
  assertEquals(x, new Float64Array([1e8]));
  assertEquals(finiteDifferenceGradient(() => 1, []), []);
});
