import {
  cholesky,
  identity,
  inverse,
  logDet,
  matMul,
  type Matrix,
  matVec,
  solve,
  symmetricEigen,
  transpose,
} from "elbo/math";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { float64Tolerance } from "../helpers/tolerance.ts";

const entry = fc.double({ min: -2, max: 2, noNaN: true });
const square = (n: number) =>
  fc.array(fc.array(entry, { minLength: n, maxLength: n }), {
    minLength: n,
    maxLength: n,
  });
const anySquare = fc.integer({ min: 1, max: 6 }).chain(square);
/** G G^T + I: eigenvalues of at least 1 and at most 1 + 4 n^2, so well conditioned. */
const positive = anySquare.map((g) => {
  const eye = identity(g.length);
  return matMul(g, transpose(g)).map((row, i) => row.map((x, j) => x + eye[i][j]));
});
// Condition number 145 at n = 6, times the growth of n operations.
const TOLERANCE = 145 * 6 * Number.EPSILON * 10;

function assertClose(actual: Matrix, expected: Matrix, tolerance: number) {
  assertEquals(actual.length, expected.length);
  actual.forEach((row, i) => {
    assertEquals(row.length, expected[i].length);
    row.forEach((x, j) => assertAlmostEquals(x, expected[i][j], tolerance));
  });
}

/** The determinant by Laplace's expansion: slow, and nothing like Cholesky. */
function determinant(a: Matrix): number {
  if (a.length === 0) return 1;
  return a[0].reduce((sum, x, j) => {
    const minor = a.slice(1).map((row) => row.filter((_, k) => k !== j));
    return sum + (-1) ** j * x * determinant(minor);
  }, 0);
}

Deno.test("cholesky: worked by hand", () => {
  assertEquals(cholesky([[9]]), [[3]]);
  assertEquals(
    cholesky([[4, 12, -16], [12, 37, -43], [-16, -43, 98]]),
    [[2, 0, 0], [6, 1, 0], [-8, 5, 3]],
  );
});

Deno.test("cholesky: lower triangular, positive diagonal, multiplies back", () => {
  fc.assert(fc.property(positive, (a) => {
    const lower = cholesky(a);
    lower.forEach((row, i) => {
      assert(row[i] > 0);
      assert(row.slice(i + 1).every((x) => x === 0));
    });
    assertClose(matMul(lower, transpose(lower)), a, TOLERANCE);
  }));
});

Deno.test("cholesky: what is not positive definite is refused by its pivot", () => {
  const cases: [Matrix, string][] = [
    [[[-1]], "pivot 0 is -1"],
    [[[1, 2], [2, 1]], "pivot 1 is -3"],
    [[[1, 1], [1, 1]], "pivot 1 is 0"],
    [[[0]], "pivot 0 is 0"],
  ];
  for (const [a, message] of cases) {
    assertThrows(() => cholesky(a), RangeError, message);
    assertThrows(() => logDet(a), RangeError, message);
  }
});

Deno.test("cholesky: symmetric up to rounding is symmetric", () => {
  const a = [[2, 0.1 + 0.2], [0.3, 1]];
  assertAlmostEquals(cholesky(a)[1][0], 0.3 / Math.SQRT2, 1e-15);
  // Whatever the size of its elements.
  for (const unit of [1e-9, 1, 1e9]) {
    const off = (by: number) => [[2 * unit, unit + by * unit], [unit, 2 * unit]];
    assertEquals(cholesky(off(1e-12))[0][0], Math.sqrt(2 * unit));
    assertThrows(() => cholesky(off(1e-11)), RangeError, "must be symmetric");
  }
});

Deno.test("solve: worked by hand, one right side and several", () => {
  const a = [[2, 1], [1, 3]];
  const close = (actual: Matrix, expected: Matrix) =>
    assertClose(actual, expected, 1e-14);
  close([solve(a, [3, 5])], [[0.8, 1.4]]);
  close(solve(a, [[3, 2], [5, 1]]), [[0.8, 1], [1.4, 0]]);
  // A zero on the diagonal needs an exchange of rows.
  close([solve([[0, 1], [2, 0]], [3, 4])], [[2, 3]]);
});

Deno.test("solve: the solution gives the right side back", () => {
  const systems = positive.chain((a) =>
    fc.tuple(
      fc.constant(a),
      fc.array(entry, { minLength: a.length, maxLength: a.length }),
    )
  );
  fc.assert(fc.property(systems, ([a, x]) => {
    assertClose([solve(a, matVec(a, x))], [x], TOLERANCE * 10);
  }));
});

Deno.test("inverse: is one on both sides", () => {
  fc.assert(fc.property(positive, (a) => {
    assertClose(matMul(a, inverse(a)), identity(a.length), TOLERANCE);
    assertClose(matMul(inverse(a), a), identity(a.length), TOLERANCE);
  }));
});

Deno.test("solve, inverse: a singular matrix is refused", () => {
  const singular = [[1, 2], [2, 4]];
  assertThrows(() => solve(singular, [1, 2]), RangeError, "must not be singular");
  assertThrows(() => inverse(singular), RangeError, "must not be singular");
});

Deno.test("logDet: is the logarithm of the determinant", () => {
  fc.assert(fc.property(positive, (a) => {
    assertAlmostEquals(logDet(a), Math.log(determinant(a)), TOLERANCE);
  }));
});

Deno.test("logDet: neither overflows nor underflows", () => {
  const scaled = (scale: number) =>
    identity(100).map((row) => row.map((x) => x * scale));
  const exact = 100 * Math.log(1e-10);
  assertAlmostEquals(logDet(scaled(1e-10)), exact, float64Tolerance(exact));
  assertAlmostEquals(logDet(scaled(1e10)), -exact, float64Tolerance(exact));
});

Deno.test("symmetricEigen: worked by hand", () => {
  const { values, vectors } = symmetricEigen([[2, 1], [1, 2]]);
  assertClose([values], [[1, 3]], 1e-15);
  assertAlmostEquals(vectors[0][0] * vectors[1][0], -0.5, 1e-15);
  assertAlmostEquals(vectors[0][1] * vectors[1][1], 0.5, 1e-15);
});

Deno.test("symmetricEigen: ascending, orthonormal, multiplies back", () => {
  fc.assert(fc.property(anySquare, (g) => {
    const a = g.map((row, i) => row.map((x, j) => x + g[j][i]));
    const { values, vectors } = symmetricEigen(a);
    assert(values.every((value, i) => i === 0 || values[i - 1] <= value));
    const scaled = vectors.map((row) => row.map((x, j) => x * values[j]));
    // Backward stable: eps times the norm, at most 24, times a small multiple of n.
    const tolerance = float64Tolerance(24);
    assertClose(matMul(scaled, transpose(vectors)), a, tolerance);
    const gram = matMul(transpose(vectors), vectors);
    assertClose(gram, identity(a.length), tolerance);
  }));
});

Deno.test("symmetricEigen: the size of the numbers does not matter", () => {
  const tiny = symmetricEigen([[0, 3e-323], [3e-323, 0]]);
  assertEquals(tiny.values, [-3e-323, 3e-323]);
  assertAlmostEquals(Math.abs(tiny.vectors[0][0]), Math.SQRT1_2, 1e-15);
  const huge = symmetricEigen([[1e308, 0], [0, -1e308]]);
  assertEquals(huge.values, [-1e308, 1e308]);
  const zero = symmetricEigen([[0, 0], [0, 0]]);
  assertEquals(zero.values, [0, 0]);
  for (const [near, far] of [[0, 1e-320], [-2e-314, -3e-323], [1e-312, 0.35]]) {
    for (const between of [0, far]) {
      const matrix = [[1, near, far], [near, 0, between], [far, between, 0]];
      const { vectors } = symmetricEigen(matrix);
      assertClose(matMul(vectors, transpose(vectors)), identity(3), 1e-14);
    }
  }
});

Deno.test("symmetricEigen: symmetric up to rounding is symmetric", () => {
  // As two equal eigenvalues of any other matrix their vectors would be one.
  const { values, vectors } = symmetricEigen([[1, 1e-13], [0, 1]]);
  assertEquals(values, [1, 1]);
  assertClose(matMul(vectors, transpose(vectors)), identity(2), 1e-14);
});

Deno.test("symmetricEigen: the log determinant is the sum of log eigenvalues", () => {
  fc.assert(fc.property(positive, (a) => {
    const sum = symmetricEigen(a).values.reduce(
      (sum, value) => sum + Math.log(value),
      0,
    );
    assertAlmostEquals(sum, logDet(a), TOLERANCE);
  }));
});

Deno.test("linear algebra: what is no square matrix is refused", () => {
  const acts: [string, (a: Matrix) => unknown][] = [
    ["Cannot factorise", cholesky],
    ["Cannot factorise", logDet],
    ["Cannot solve", (a) => solve(a, [1, 2])],
    ["Cannot invert", inverse],
    ["Cannot decompose", symmetricEigen],
  ];
  for (const [act, f] of acts) {
    const refuses = (a: Matrix, message: string) =>
      assertThrows(() => f(a), RangeError, `${act} as ${message}`);
    refuses([[1, 2]], "the matrix must be square: it is [1, 2]");
    refuses([[1, 2], [3]], "all rows of the matrix must have the same length");
    refuses([[1, 0], [0, NaN]], "the matrix must be finite: [1][1] is NaN");
    refuses([[1, Infinity], [0, 1]], "the matrix must be finite: [0][1] is Infinity");
    refuses([[1, 0], [NaN, 1]], "the matrix must be finite: [1][0] is NaN");
    refuses([], "the matrix must have rows and columns: it is [0, 0]");
  }
  for (const f of [cholesky, logDet, symmetricEigen]) {
    assertThrows(
      () => f([[1, 2], [3, 9]]),
      RangeError,
      "the matrix must be symmetric: [1][0] is 3, [0][1] is 2",
    );
  }
  assertThrows(
    () => solve([[1, 0], [0, 1]], [1, 2, 3]),
    RangeError,
    "as many rows as the matrix: they have 3 and 2",
  );
  assertThrows(
    () => solve([[1, 0], [0, 1]], [[1, 2], [3]]),
    RangeError,
    "must have the same length: row 0 has 2, row 1 has 1",
  );
});
