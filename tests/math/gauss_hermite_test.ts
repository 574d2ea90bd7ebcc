import { expectNormal, gaussHermite, integrate } from "elbo/math";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { float64Tolerance } from "../helpers/tolerance.ts";
import { rules } from "./fixtures/gauss_hermite.ts";

/** E[eps^power] under N(0, 1): (power - 1)!! for even powers. */
function normalMoment(power: number): number {
  if (power % 2 === 1) return 0;
  let moment = 1;
  for (let k = power - 1; k > 1; k -= 2) moment *= k;
  return moment;
}

for (const [n, pairs] of rules) {
  Deno.test(`gaussHermite: the ${n} nodes and weights computed outside`, () => {
    const { nodes, weights } = gaussHermite(n);
    const half = Math.floor(n / 2);
    pairs.forEach(([node, weight], i) => {
      // The tiny weights too are right to a relative, not an absolute, error.
      for (const [k, sign] of [[half + i, 1], [n - 1 - half - i, -1]]) {
        assertAlmostEquals(nodes[k], sign * node, float64Tolerance(node));
        assertAlmostEquals(weights[k], weight, float64Tolerance(weight));
      }
    });
  });
}

for (const n of [1, 2, 3, 4, 7, 16, 31, 64]) {
  Deno.test(`gaussHermite: ${n} nodes are exact to degree ${2 * n - 1}`, () => {
    const { nodes, weights } = gaussHermite(n);
    for (let power = 0; power <= 2 * n - 1; power++) {
      const terms = nodes.map((x, i) => weights[i] * x ** power);
      const magnitude = terms.reduce((sum, term) => sum + Math.abs(term), 0);
      const moment = terms.reduce((sum, term) => sum + term, 0);
      // The relative error of a node, eps, is multiplied by the power.
      const tolerance = float64Tolerance(magnitude) * Math.max(1, power / 10);
      assertAlmostEquals(moment, normalMoment(power), tolerance, `power ${power}`);
    }
  });

  Deno.test(`gaussHermite: ${n} nodes are not exact at degree ${2 * n}`, () => {
    const { nodes, weights } = gaussHermite(n);
    const moment = nodes.reduce((sum, x, i) => sum + weights[i] * x ** (2 * n), 0);
    // The error of the rule is n! (the norm of the Hermite polynomial).
    let factorial = 1;
    for (let k = 2; k <= n; k++) factorial *= k;
    const exact = normalMoment(2 * n);
    assertAlmostEquals((exact - moment) / factorial, 1, 1e-10 * exact / factorial);
  });
}

Deno.test("gaussHermite: nodes ascend, mirror each other, and weigh 1 in all", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 256 }), (n) => {
      const { nodes, weights } = gaussHermite(n);
      assertEquals(nodes.length, n);
      assertEquals(nodes.map((x) => 0 - x).reverse(), nodes);
      assertEquals([...weights].reverse(), weights);
      assert(n % 2 === 0 || Object.is(nodes[(n - 1) / 2], 0), "0, not -0");
      assert(nodes.every((x, i) => i === 0 || nodes[i - 1] < x));
      assert(weights.every((weight) => weight > 0));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      assertAlmostEquals(total, 1, float64Tolerance(1));
    }),
    { numRuns: 15, examples: [[1], [2], [255], [256]] },
  );
});

Deno.test("gaussHermite: what a caller does to a rule stays with the caller", () => {
  const rule = gaussHermite(3);
  rule.nodes[0] = 100;
  rule.weights[0] = 100;
  assertLess(gaussHermite(3).nodes[0], 0);
  assertLess(gaussHermite(3).weights[0], 1);
});

Deno.test("gaussHermite: numNodes is checked", () => {
  for (const n of [0, -1, 2.5, 257, NaN]) {
    assertThrows(
      () => gaussHermite(n),
      RangeError,
      `numNodes must be an integer in 1 .. 256: it is ${n}`,
    );
  }
});

Deno.test("expectNormal: mean, variance and log-normal mean in closed form", () => {
  const means = fc.double({ min: -5, max: 5, noNaN: true });
  const scales = fc.double({ min: 0, max: 2, noNaN: true });
  fc.assert(fc.property(means, scales, (mean, scale) => {
    const options = { mean, scale };
    const close = (actual: number, exact: number) =>
      assertAlmostEquals(
        actual,
        exact,
        float64Tolerance(exact, mean ** 2, scale ** 2, 1),
      );
    close(expectNormal((x) => x, options), mean);
    close(expectNormal((x) => (x - mean) ** 2, options), scale ** 2);
    close(expectNormal(Math.exp, options), Math.exp(mean + scale ** 2 / 2));
  }));
});

Deno.test("expectNormal: agrees with the adaptive integral on a non-linear function", () => {
  const f = (x: number) => Math.tanh(x) ** 2;
  for (const [mean, scale] of [[0, 1], [0.7, 0.3], [-2, 0.5]]) {
    const density = (x: number) =>
      Math.exp(-0.5 * ((x - mean) / scale) ** 2) / (scale * Math.sqrt(2 * Math.PI));
    const { value } = integrate((x) => f(x) * density(x), {
      from: -Infinity,
      to: Infinity,
      tolerance: 1e-12,
      splitAt: [mean],
    });
    // tanh has poles at i pi/2: at scale 1 the rule converges slowly, to 1e-7.
    const tolerance = scale === 1 ? 1e-6 : 1e-11;
    const expectation = expectNormal(f, { mean, scale, numNodes: 128 });
    assertAlmostEquals(expectation, value, tolerance);
  }
});

Deno.test("expectNormal: a scale of 0 is the value at the mean", () => {
  assertAlmostEquals(expectNormal(Math.cos, { mean: 1, scale: 0 }), Math.cos(1), 1e-15);
});

Deno.test("expectNormal: uses as many nodes as asked, 64 by default", () => {
  let calls = 0;
  const count = () => ++calls;
  expectNormal(count, { mean: 0, scale: 1 });
  assertEquals(calls, 64);
  expectNormal(count, { mean: 0, scale: 1, numNodes: 5 });
  assertEquals(calls, 69);
});

Deno.test("expectNormal: mean and scale are checked", () => {
  const f = (x: number) => x;
  for (const mean of [NaN, Infinity]) {
    assertThrows(() => expectNormal(f, { mean, scale: 1 }), RangeError, "mean must be");
  }
  for (const scale of [-1, NaN, Infinity]) {
    assertThrows(
      () => expectNormal(f, { mean: 0, scale }),
      RangeError,
      "scale must be",
    );
  }
});
