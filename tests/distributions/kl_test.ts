import {
  bernoulli,
  categorical,
  type Distribution,
  kl,
  mixture,
  multivariateNormal,
  normal,
  standardNormal,
} from "elbo/distributions";
import { matMul, matVec, transpose, type Vector } from "elbo/math";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertThrows,
} from "@std/assert";
import { fc } from "../helpers/fast_check.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";
import { bernoulliKls, categoricalKls, normalKls } from "./fixtures/densities.ts";
import {
  averageOverDraws,
  binaryVectors,
  expectOnPlane,
  integrateLine,
} from "./witnesses.ts";

type Kl = typeof kl;

/** Pairs whose KL takes each of the closed forms. */
const pairs: Record<string, [Distribution<Vector>, Distribution<Vector>]> = {
  "normal and normal": [
    normal({ mean: [1, -2], scale: [0.5, 2] }),
    normal({ mean: [0, -1], scale: [1, 1.5] }),
  ],
  "normal and multivariateNormal": [
    normal({ mean: [0.5, 1], scale: [0.7, 1.2] }),
    multivariateNormal({ mean: [0, 0], covariance: [[2, 0.8], [0.8, 1]] }),
  ],
  "multivariateNormal and normal": [
    multivariateNormal({ mean: [0, 1], covariance: [[2, -0.8], [-0.8, 1]] }),
    normal({ mean: [0, 0], scale: [1.1, 1.3] }),
  ],
  "multivariateNormal and multivariateNormal": [
    multivariateNormal({ mean: [1, 1], covariance: [[1, 0.5], [0.5, 2]] }),
    multivariateNormal({ mean: [0, 2], covariance: [[2, -0.4], [-0.4, 1.5]] }),
  ],
  "bernoulli and bernoulli": [
    bernoulli({ logits: [1, -2, 0.5] }),
    bernoulli({ logits: [0, -1, 3] }),
  ],
};

/** E_q[ln q - ln p] by quadrature in the plane, or over all outcomes. */
function klByDefinition(q: Distribution<Vector>, p: Distribution<Vector>): number {
  const excess = (x: Vector) => q.logProb(x) - p.logProb(x);
  if (q.kind === "bernoulli") {
    return binaryVectors(q.dim).reduce(
      (sum, x) => sum + Math.exp(q.logProb(x)) * excess(x),
      0,
    );
  }
  return expectOnPlane((x) => q.logProb(x), {
    mean: [0, 0],
    scale: [1.5, 1.5],
    f: excess,
  });
}

function assertHolds(klUnderTest: Kl, name: string): void {
  const [q, p] = pairs[name];
  // 241 nodes over 36: a spacing of 0.15, a third of the least scale, exact to 1e-30.
  assertAlmostEquals(klUnderTest(q, p), klByDefinition(q, p), 1e-11);
}

for (const name of Object.keys(pairs)) {
  Deno.test(`kl: ${name}: equals its definition by quadrature or enumeration`, () => {
    assertHolds(kl, name);
  });

  Deno.test(`kl: ${name}: equals the average of ln q - ln p over draws`, () => {
    const seed = testSeed(161);
    const [q, p] = pairs[name];
    const estimate = averageOverDraws(q, (x) => q.logProb(x) - p.logProb(x), { seed });
    assertMonteCarlo(estimate, { exact: kl(q, p), resolution: 0.02, seed });
    assertThrows(
      // Control: the arguments in the other order.
      () => assertMonteCarlo(estimate, { exact: kl(p, q), resolution: 0.02, seed }),
      AssertionError,
    );
  });

  Deno.test(`kl: ${name}: the definition catches planted errors`, () => {
    const planted: Kl[] = [
      (q, p) => -kl(q, p),
      (q, p) => kl(p, q),
      (q, p) => kl(q, p) / q.dim, // a mean over dimensions
    ];
    for (const wrong of planted) {
      assertThrows(() => assertHolds(wrong, name), AssertionError);
    }
  });
}

Deno.test("kl: logVar taken for the scale does not pass", () => {
  const logVar = [0.5, 1];
  const right = normal({ mean: [1, 0], scale: logVar.map((l) => Math.exp(l / 2)) });
  const wrong = normal({ mean: [1, 0], scale: logVar });
  const expected = klByDefinition(right, standardNormal(2));
  assertAlmostEquals(kl(right, standardNormal(2)), expected, 1e-11);
  assert(Math.abs(kl(wrong, standardNormal(2)) - expected) > 0.1);
});

Deno.test("kl: equals the fixtures, to relative precision also near 0", () => {
  for (const { q, p, kl: expected } of normalKls) {
    const [left, right] = [q, p].map(([mean, scale]) =>
      normal({ mean: [mean], scale: [scale] })
    );
    // The scales' excess of 1e-6 is squared, and what cancels before is linear in it.
    assertAlmostEquals(kl(left, right), expected, float64Tolerance(expected, 1e-6));
  }
  for (const { q, p, kl: expected } of bernoulliKls) {
    const found = kl(bernoulli({ logits: q }), bernoulli({ logits: p }));
    assertAlmostEquals(found, expected, float64Tolerance(expected));
  }
  for (const { q, p, kl: expected } of categoricalKls) {
    const found = kl(categorical({ logits: q }), categorical({ logits: p }));
    assertAlmostEquals(found, expected, float64Tolerance(1, expected));
  }
});

Deno.test("kl: keeps its digits near 0 in any unit", () => {
  const inUnits = (unit: number) => {
    const [q, p] = [1 + 1e-6, 1].map((s) => normal({ mean: [0], scale: [unit * s] }));
    return kl(q, p);
  };
  // Powers of two change no digit.
  for (const power of [-30, 1, 10]) assertEquals(inUnits(2 ** power), inUnits(1));
});

Deno.test("kl: to N(0, I) it is sum (mean^2 + variance - ln variance - 1) / 2", () => {
  const mean = [0.3, -2, 0], scale = [0.1, 1, 4];
  const expected = mean.reduce(
    (sum, m, i) => sum + (m ** 2 + scale[i] ** 2 - Math.log(scale[i] ** 2) - 1) / 2,
    0,
  );
  assertAlmostEquals(
    kl(normal({ mean, scale }), standardNormal(3)),
    expected,
    float64Tolerance(30),
  );
});

Deno.test("kl: categoricals by their definition and by draws", () => {
  const seed = testSeed(162);
  const q = categorical({ logits: [0, 1, 2] }), p = categorical({ logits: [1, 1, 0] });
  const expected = q.probs.reduce((sum, w, k) => sum + w * Math.log(w / p.probs[k]), 0);
  assertAlmostEquals(kl(q, p), expected, float64Tolerance(3));
  const estimate = averageOverDraws(q, (k) => q.logProb(k) - p.logProb(k), { seed });
  assertMonteCarlo(estimate, { exact: expected, resolution: 0.02, seed });
});

const mean = fc.double({ min: -20, max: 20, noNaN: true });
const scale = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
const logit = fc.double({ noNaN: true });
const rows = fc.array(
  fc.record({ m1: mean, m2: mean, s1: scale, s2: scale, l1: logit, l2: logit }),
  { minLength: 1, maxLength: 4 },
);
type Row = { m1: number; m2: number; s1: number; s2: number; l1: number; l2: number };
const normalsOf = (list: readonly Row[]) =>
  [
    normal({ mean: list.map((r) => r.m1), scale: list.map((r) => r.s1) }),
    normal({ mean: list.map((r) => r.m2), scale: list.map((r) => r.s2) }),
  ] as const;
/** A categorical refuses Infinity, which a Bernoulli takes. */
const bounded = (logit: number) => Math.max(-1e3, Math.min(1e3, logit));
const fullOf = ({ mean, variance }: { mean: Vector; variance: Vector }) =>
  multivariateNormal({
    mean,
    covariance: variance.map((v, i) => variance.map((_, j) => i === j ? v : 0)),
  });

Deno.test("kl: is never negative, and 0 from a distribution to itself", () => {
  fc.assert(fc.property(rows, (list) => {
    const [q, p] = normalsOf(list);
    const [a, b] = [list.map((r) => r.l1), list.map((r) => r.l2)];
    const found: [number, number][] = [
      [kl(q, p), kl(q, q)],
      [kl(fullOf(q), fullOf(p)), kl(fullOf(q), fullOf(q))],
      [kl(bernoulli({ logits: a }), bernoulli({ logits: b })), 0],
      [
        kl(
          categorical({ logits: a.map(bounded) }),
          categorical({ logits: b.map(bounded) }),
        ),
        0,
      ],
    ];
    for (const [apart, same] of found) {
      assert(apart >= 0);
      // The trace of a matrix with its inverse is the dimension, but for rounding.
      assertAlmostEquals(same, 0, float64Tolerance(list.length));
    }
    assertEquals(kl(q, q), 0);
    assertEquals(kl(bernoulli({ logits: a }), bernoulli({ logits: a })), 0);
  }));
});

Deno.test("kl: of distributions a rounding apart is not negative", () => {
  const near = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(fc.property(near, fc.integer({ min: -4, max: 4 }), (value, ulps) => {
    const moved = value * (1 + ulps * Number.EPSILON);
    const [q, p] = [value, moved].map((l) => bernoulli({ logits: [l, -l] }));
    assert(kl(q, p) >= 0);
    const [a, b] = [value, moved].map((l) => categorical({ logits: [l, 1, -l] }));
    assert(kl(a, b) >= 0);
    const [c, d] = [value, moved].map((l) =>
      normal({ mean: [0, l], scale: [Math.exp(l / 10), 1] })
    );
    assert(kl(c, d) >= 0 && kl(fullOf(c), d) >= 0);
  }));
});

Deno.test("kl: is 0 only where the distributions are equal", () => {
  const q = standardNormal(2);
  for (const delta of [1e-3, -1e-3]) {
    assert(kl(q, normal({ mean: [0, delta], scale: [1, 1] })) > 1e-8);
    assert(kl(q, normal({ mean: [0, 0], scale: [1, 1 + delta] })) > 1e-8);
  }
});

Deno.test("kl: adds over independent dimensions, and diagonal agrees with full", () => {
  fc.assert(fc.property(rows, (list) => {
    const [q, p] = normalsOf(list);
    const parts = list.map((row) => kl(...normalsOf([row])));
    const sum = parts.reduce((total, part) => total + part, 0);
    const tolerance = float64Tolerance(20 * list.length, sum);
    assertAlmostEquals(kl(q, p), sum, tolerance);
    for (
      const found of [kl(fullOf(q), p), kl(q, fullOf(p)), kl(fullOf(q), fullOf(p))]
    ) {
      assertAlmostEquals(found, sum, tolerance);
    }
  }));
});

Deno.test("kl: does not change when space is moved and stretched", () => {
  const number = fc.double({ min: -2, max: 2, noNaN: true });
  fc.assert(fc.property(number, number, (shear, shift) => {
    const map = [[2, shear], [0, 0.5]];
    const moved = (name: "mean" | "other") => {
      const base = name === "mean"
        ? { mean: [1, 1], covariance: [[1, 0.5], [0.5, 2]] }
        : { mean: [0, 2], covariance: [[2, -0.4], [-0.4, 1.5]] };
      return [
        multivariateNormal(base),
        multivariateNormal({
          mean: matVec(map, base.mean).map((m) => m + shift),
          covariance: matMul(matMul(map, base.covariance), transpose(map)),
        }),
      ];
    };
    const [[q, qMoved], [p, pMoved]] = [moved("mean"), moved("other")];
    // Condition numbers up to about 100 multiply the rounding.
    assertAlmostEquals(kl(qMoved, pMoved), kl(q, p), float64Tolerance(1000));
  }));
});

Deno.test("kl: by quadrature on the line, with q far narrower than p and wider", () => {
  for (
    const [q, p] of [[1e-3, 10], [10, 0.5], [1, 1 + 1e-7]].map((pair) =>
      pair.map((s, i) => normal({ mean: [i], scale: [s] }))
    )
  ) {
    const integrand = (x: number) =>
      Math.exp(q.logProb([x])) * (q.logProb([x]) - p.logProb([x]));
    const found = integrateLine(integrand, { mean: q.mean[0], scale: q.scale[0] });
    assertAlmostEquals(kl(q, p), found, 1e-9 * Math.max(1, found));
  }
});

Deno.test("kl: extreme scales neither overflow nor lose the sign", () => {
  const [tiny, huge] = [1e-200, 1e200].map((s) => normal({ mean: [0], scale: [s] }));
  assertAlmostEquals(kl(tiny, huge), 400 * Math.LN10 - 0.5, float64Tolerance(1000));
  assertEquals(kl(huge, tiny), Infinity); // 1e800 / 2 is beyond float64
});

Deno.test("kl: where q puts mass and p none it is infinite, and not otherwise", () => {
  const [certain, fair] = [Infinity, 0].map((l) => bernoulli({ logits: [l] }));
  assertEquals(kl(fair, certain), Infinity);
  assertAlmostEquals(kl(certain, fair), Math.LN2, float64Tolerance(1));
  assertEquals(kl(certain, certain), 0);
  const [one, two] = [[0, -Infinity], [0, 0]].map((logits) => categorical({ logits }));
  assertEquals(kl(two, one), Infinity);
  assertAlmostEquals(kl(one, two), Math.LN2, float64Tolerance(1));
  assertEquals(kl(one, one), 0);
  assertEquals(kl(standardNormal(0), standardNormal(0)), 0);
});

Deno.test("kl: unknown closed forms and shapes that do not fit are refused", () => {
  const q = standardNormal(1);
  const mixed = mixture({ logits: [0], components: [q] });
  assertThrows(() => kl(mixed, q), TypeError, "mixture and normal");
  assertThrows(
    () => kl(q, bernoulli({ logits: [0] })),
    TypeError,
    "normal and bernoulli",
  );
  // Both hold numbers that are called logits.
  assertThrows(
    () => kl<unknown>(categorical({ logits: [0] }), bernoulli({ logits: [0] })),
    TypeError,
    "categorical and bernoulli",
  );
  assertThrows(() => kl(q, standardNormal(2)), RangeError, "length must be 1: 2");
  assertThrows(
    () => kl(fullOf(q), standardNormal(2)),
    RangeError,
    "length must be 1: 2",
  );
  assertThrows(
    () => kl(bernoulli({ logits: [0, 0] }), bernoulli({ logits: [0] })),
    RangeError,
    "length must be 2: 1",
  );
  assertThrows(
    () => kl(categorical({ logits: [0, 0] }), categorical({ logits: [0] })),
    RangeError,
    "length must be 2: 1",
  );
});
