import { integrate, type IntegrateOptions } from "elbo/math";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLessOrEqual,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { float64Tolerance } from "../helpers/tolerance.ts";

const normal = (mean: number, scale: number) => (x: number) =>
  Math.exp(-0.5 * ((x - mean) / scale) ** 2) / (scale * Math.sqrt(2 * Math.PI));

/** The integral of |x - place|^(1/2) over [0, 1]. */
const rootIntegral = (place: number) => (place ** 1.5 + (1 - place) ** 1.5) / 1.5;

interface Known {
  name: string;
  f: (x: number) => number;
  options: IntegrateOptions;
  exact: number;
}

const LINE = { from: -Infinity, to: Infinity };
const known: Known[] = [
  { name: "a constant", f: () => 3, options: { from: -1, to: 4 }, exact: 15 },
  {
    name: "the exponential",
    f: Math.exp,
    options: { from: -1, to: 2 },
    exact: Math.exp(2) - Math.exp(-1),
  },
  {
    name: "1 / (1 + x^2) on an interval",
    f: (x) => 1 / (1 + x * x),
    options: { from: 0, to: 1 },
    exact: Math.PI / 4,
  },
  {
    name: "a kink",
    f: (x) => Math.abs(x - 0.3),
    options: { from: 0, to: 1 },
    exact: 0.29,
  },
  {
    name: "a singular end, ln x",
    f: Math.log,
    options: { from: 0, to: 1 },
    exact: -1,
  },
  {
    name: "a singular end, x^(-1/2)",
    f: (x) => 1 / Math.sqrt(x),
    options: { from: 0, to: 1 },
    exact: 2,
  },
  { name: "an odd function", f: Math.sin, options: { from: -3, to: 3 }, exact: 0 },
  {
    name: "many oscillations",
    f: (x) => Math.sin(50 * x) ** 2,
    options: { from: 0, to: Math.PI },
    exact: Math.PI / 2,
  },
  { name: "a normal density", f: normal(0, 1), options: LINE, exact: 1 },
  { name: "a shifted, narrow one", f: normal(5, 0.1), options: LINE, exact: 1 },
  {
    name: "its variance",
    f: (x) => (x - 3) ** 2 * normal(3, 2)(x),
    options: LINE,
    exact: 4,
  },
  {
    name: "a Cauchy density",
    f: (x) => 1 / (Math.PI * (1 + x * x)),
    options: LINE,
    exact: 1,
  },
  {
    name: "a tiny density",
    f: (x) => 1e-300 * normal(0, 1)(x),
    options: LINE,
    exact: 1e-300,
  },
  {
    name: "a half line up",
    f: (x) => Math.exp(-x),
    options: { from: 1, to: Infinity },
    exact: Math.exp(-1),
  },
  {
    name: "a half line down",
    f: Math.exp,
    options: { from: -Infinity, to: 2 },
    exact: Math.exp(2),
  },
  {
    name: "a half line with a slow tail",
    f: (x) => x ** -2,
    options: { from: 2, to: Infinity },
    exact: 0.5,
  },
];

for (const { name, f, options, exact } of known) {
  for (const tolerance of [1e-6, 1e-10, 1e-12]) {
    Deno.test(`integrate: ${name}, tolerance ${tolerance}`, () => {
      const magnitude = integrate((x) => Math.abs(f(x)), options).value;
      const { value, error } = integrate(f, { ...options, tolerance });
      // The estimate is kept and honest; 1e-15 is the rounding of the exact value.
      assertLessOrEqual(error, 1.001 * tolerance * magnitude);
      assertLessOrEqual(Math.abs(value - exact), error + 1e-15 * magnitude);
    });
  }
}

Deno.test("integrate: the estimate is no more than careful on a smooth function", () => {
  const { value, error } = integrate(Math.exp, { from: 0, to: 1 });
  // Eight intervals of a rule of degree 23: rounding alone is left.
  assertAlmostEquals(value, Math.E - 1, float64Tolerance(1));
  assertLessOrEqual(error, 1e-13);
  // Nor does it promise more than rounding allows.
  assertLessOrEqual(1e-15, error);
});

Deno.test("integrate: the estimate holds at any tolerance", () => {
  for (let k = 1; k <= 60; k++) {
    const place = (k * (Math.sqrt(5) - 1) / 2) % 1;
    const w = 400 * place;
    const cases: [string, (x: number) => number, number][] = [
      ["wave", (x) => 2 + Math.cos(w * x), 2 + Math.sin(w) / w],
      ["root", (x) => Math.sqrt(Math.abs(x - place)), rootIntegral(place)],
    ];
    for (const [name, f, exact] of cases) {
      const splitAt = name === "root" ? [place] : [];
      for (const tolerance of [1e-2, 1e-4, 1e-6, 1e-8, 1e-10]) {
        const { value, error } = integrate(f, { from: 0, to: 1, tolerance, splitAt });
        const off = Math.abs(value - exact);
        assertLessOrEqual(off, error, `${name} at ${place}, tolerance ${tolerance}`);
      }
    }
  }
});

Deno.test("integrate: the estimate does not mind a constant that is added", () => {
  const peak = (x: number) => 1 / (1 + 1000 * x * x);
  const estimate = (constant: number) =>
    integrate((x) => peak(x) + constant, { from: -1, to: 1, tolerance: 1 }).error;
  for (const constant of [-0.5, 1, 7]) {
    assertAlmostEquals(estimate(constant), estimate(0), 1e-12);
  }
});

Deno.test("integrate: the estimate is the power 3/2 of a small difference", () => {
  // A line is exact for both rules, so that they differ by the kink's part alone.
  const estimate = (size: number) => {
    const f = (x: number) => x + size * Math.abs(x - 0.3);
    return integrate(f, { from: 0, to: 1, tolerance: 1 }).error;
  };
  assertAlmostEquals(estimate(1e-4) / estimate(1e-6), 1000, 1);
});

Deno.test("integrate: a polynomial of degree 22 is exact", () => {
  const coefficient = fc.double({ min: -1, max: 1, noNaN: true });
  const polynomials = fc.array(coefficient, { minLength: 1, maxLength: 23 });
  fc.assert(fc.property(polynomials, (coefficients) => {
    const f = (x: number) => coefficients.reduceRight((sum, c) => sum * x + c, 0);
    const exact = coefficients.reduce((sum, c, k) => {
      return sum + c * (1 - (-1) ** (k + 1)) / (k + 1);
    }, 0);
    const { value } = integrate(f, { from: -1, to: 1, tolerance: 1e-12 });
    assertAlmostEquals(value, exact, float64Tolerance(coefficients.length));
  }));
});

Deno.test("integrate: exchanged ends change the sign, equal ends give 0", () => {
  const there = integrate(Math.exp, { from: 0, to: 1 });
  const back = integrate(Math.exp, { from: 1, to: 0 });
  assertEquals(back, { value: -there.value, error: there.error });
  for (const place of [2, Infinity]) {
    // Nor is f asked there.
    assertEquals(integrate(() => NaN, { from: place, to: place }), {
      value: 0,
      error: 0,
    });
  }
  const infinite = integrate(normal(0, 1), { from: Infinity, to: -Infinity });
  assertAlmostEquals(infinite.value, -1, 1e-12);
});

Deno.test("integrate: a function that is 0 has an integral of 0", () => {
  assertEquals(integrate(() => 0, LINE), { value: 0, error: 0 });
});

Deno.test("integrate: the interval can be cut anywhere", () => {
  const ends = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(ends, ends, ends, (from, middle, to) => {
      const part = (from: number, to: number) =>
        integrate((x) => Math.cos(3 * x) + x, { from, to }).value;
      const sum = part(from, middle) + part(middle, to);
      assertAlmostEquals(part(from, to), sum, 1e-8);
    }),
    { numRuns: 50 },
  );
});

Deno.test("integrate: splitAt shows a peak that is missed without it", () => {
  const f = normal(3, 1e-3);
  const seen = integrate(f, { ...LINE, splitAt: [2.995, 3, 3.005] });
  assertAlmostEquals(seen.value, 1, 1e-11);
  const far = integrate(normal(1e6, 1), { ...LINE, splitAt: [1e6] });
  assertAlmostEquals(far.value, 1, 1e-8);
  assertEquals(integrate(f, LINE).value < 0.5, true);
});

Deno.test("integrate: splitAt saves evaluations at a kink, in any order, twice over", () => {
  let calls = 0;
  const f = (x: number) => {
    calls++;
    return Math.abs(x - 0.3) + Math.abs(x - 0.6);
  };
  integrate(f, { from: 0, to: 1 });
  const without = calls;
  calls = 0;
  const { value } = integrate(f, { from: 0, to: 1, splitAt: [0.6, 0.3, 0.6] });
  assertAlmostEquals(value, 0.29 + 0.26, 1e-14);
  assert(calls < without, `${calls} < ${without}`);
});

Deno.test("integrate: the order of splitAt does not matter", () => {
  const f = (x: number) => Math.abs(x - 2) + Math.abs(x - 10) + Math.abs(x + 1);
  const split = (splitAt: number[]) => integrate(f, { from: -3, to: 20, splitAt });
  // As words 10 would come before 2, and -1 before -3.
  for (const splitAt of [[10, 2, -1], [2, 10, -1], [-1, 10, 2]]) {
    assertEquals(split(splitAt), split([-1, 2, 10]));
  }
});

Deno.test("integrate: the ends are not asked", () => {
  const f = (x: number) => {
    assert(x > 0 && x < 1);
    return 1;
  };
  integrate(f, { from: 0, to: 1 });
});

Deno.test("integrate: what does not converge throws", () => {
  let calls = 0;
  const noise = (x: number) => {
    calls++;
    return Math.abs(Math.sin(1e9 * x));
  };
  assertThrows(
    () => integrate(noise, { from: 0, to: 1 }),
    RangeError,
    "after 2000 intervals; split at the peaks or kinks of f, or raise the tolerance",
  );
  // Fifteen for each of the first 8 intervals, and for both halves of those cut.
  assertEquals(calls, 15 * (8 + 2 * (2000 - 8)));
});

Deno.test("integrate: what diverges or is not finite throws", () => {
  const cases: [string, (x: number) => number, IntegrateOptions][] = [
    ["1 / x at 0", (x) => 1 / x, { from: 0, to: 1 }],
    ["1 on the line", () => 1, LINE],
    ["NaN", () => NaN, { from: 0, to: 1 }],
    ["Infinity", () => Infinity, { from: 0, to: 1 }],
    ["a logarithm below 0", Math.log, { from: -1, to: 1 }],
  ];
  for (const [name, f, options] of cases) {
    const message = "Cannot integrate as f must be finite inside the interval: at ";
    assertThrows(() => integrate(f, options), RangeError, message, name);
  }
});

Deno.test("integrate: the options are checked", () => {
  for (const ends of [{ from: NaN, to: 1 }, { from: 0, to: NaN }]) {
    assertThrows(() => integrate(Math.exp, ends), RangeError, "must be numbers");
  }
  integrate(Math.exp, { from: 0, to: 1, tolerance: 1e-13 });
  for (const tolerance of [0, 1e-14, -1, NaN]) {
    assertThrows(
      () => integrate(Math.exp, { from: 0, to: 1, tolerance }),
      RangeError,
      `tolerance must be at least 1e-13: it is ${tolerance}`,
    );
  }
  for (const outside of [0, 1, -2, NaN, Infinity]) {
    assertThrows(
      () => integrate(Math.exp, { from: 0, to: 1, splitAt: [0.5, outside] }),
      RangeError,
      `splitAt must lie between 0 and 1: it is ${outside}`,
    );
  }
});
