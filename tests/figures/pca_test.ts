import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { pca } from "elbo/figures";
import { fc } from "../helpers/fast_check.ts";

/** Four points whose covariance has the axes (c, s), (-s, c) and variances a^2, b^2. */
function cross({ a, b, angle }: { a: number; b: number; angle: number }): number[][] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  // Divisor 3: two points at +-r on an axis have the variance 2 r^2 / 3.
  const [r, t] = [a * Math.sqrt(1.5), b * Math.sqrt(1.5)];
  return [[r * c, r * s], [-r * c, -r * s], [-t * s, t * c], [t * s, -t * c]]
    .map(([x, y]) => [x + 7, y - 2]);
}

Deno.test("pca: finds the axes and variances of a covariance that is known", () => {
  const { mean, components, variances, explained } = pca(
    cross({ a: 3, b: 1, angle: 0.4 }),
    2,
  );
  // Four points, each of a few units: rounding of a few 1e-16 a term.
  assertAlmostEquals(mean[0], 7, 1e-13);
  assertAlmostEquals(mean[1], -2, 1e-13);
  assertAlmostEquals(variances[0], 9, 1e-12);
  assertAlmostEquals(variances[1], 1, 1e-12);
  assertAlmostEquals(explained[0], 0.9, 1e-13);
  assertAlmostEquals(components[0][0], Math.cos(0.4), 1e-13);
  assertAlmostEquals(components[0][1], Math.sin(0.4), 1e-13);
});

Deno.test("pca: an axis points where its largest coordinate is positive", () => {
  for (const angle of [0.1, 2, 3.5, 5]) {
    for (const axis of pca(cross({ a: 3, b: 1, angle }), 2).components) {
      const largest = axis.reduce((x, y) => Math.abs(y) > Math.abs(x) ? y : x);
      assert(largest > 0, `${axis}`);
    }
  }
});

const clouds = fc.array(
  fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
    minLength: 3,
    maxLength: 3,
  }),
  { minLength: 2, maxLength: 12 },
);

Deno.test("pca: all axes together give the points back and lose no variance", () => {
  fc.assert(fc.property(clouds, (points) => {
    const { mean, components, scores, variances, explained } = pca(points, 3);
    points.forEach((point, i) =>
      point.forEach((value, j) => {
        const back = mean[j] +
          scores[i].reduce((sum, score, k) => sum + score * components[k][j], 0);
        // An eigenvector solver is right to some 1e-13 of the largest entry, here 10.
        assertAlmostEquals(back, value, 1e-10);
      })
    );
    const total = mean.reduce((sum, middle, j) =>
      sum + points.reduce((part, point) =>
        part + (point[j] - middle) ** 2, 0), 0) /
      (points.length - 1);
    assertAlmostEquals(
      variances.reduce((a, b) =>
        a + b
      ),
      total,
      1e-9,
    );
    if (total > 1e-6) {
      assertAlmostEquals(
        explained.reduce((a, b) =>
          a + b
        ),
        1,
        1e-9,
      );
    }
    assert(variances[0] >= variances[1] && variances[1] >= variances[2]);
  }));
});

Deno.test("pca: the scores are uncorrelated", () => {
  fc.assert(fc.property(clouds, (points) => {
    const { scores } = pca(points, 2);
    const product = scores.reduce((sum, [x, y]) => sum + x * y, 0);
    assertAlmostEquals(product, 0, 1e-9);
  }));
});

Deno.test("pca: one dimension kept gives one score a point", () => {
  assertEquals(pca([[0, 0], [2, 0]], 1).scores.map((row) => row.length), [1, 1]);
});

Deno.test("pca: points that are all one have no variance to explain", () => {
  const { explained, variances } = pca([[1, 2], [1, 2]], 2);
  assertEquals(explained, [0, 0]);
  assertEquals(variances, [0, 0]);
});

Deno.test("pca: coordinates that all but vanish do no harm", () => {
  // Squares of the small ones underflow; the solver alone answers NaN.
  const tiny = pca([[0, 0, 0], [0, 5e-324, 1]], 3);
  assertEquals(tiny.components[0], [0, 0, 1]);
  assertEquals(tiny.explained[0], 1);
  const all = pca([[0, 0], [1e-170, 0]], 2);
  assertEquals(all.explained, [1, 0]);
});

Deno.test("pca: refuses one point, no axis and too many axes", () => {
  assertThrows(() => pca([[1, 2]], 1), RangeError, "two or more: 1");
  assertThrows(() => pca([], 1), RangeError, "two or more: 0");
  assertThrows(() => pca([[1, 2], [3, 4]], 3), RangeError, "within 1 and 2: 3");
  assertThrows(() => pca([[1, 2], [3, 4]], 0), RangeError, "within 1 and 2: 0");
});
