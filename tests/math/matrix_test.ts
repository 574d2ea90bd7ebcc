import { dot, identity, matMul, type Matrix, matVec, transpose } from "elbo/math";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";

// Small integers: every sum of products is exact, so the laws hold to the last bit.
const entry = fc.integer({ min: -9, max: 9 });
const vector = (n: number) => fc.array(entry, { minLength: n, maxLength: n });
const matrix = (rows: number, columns: number) =>
  fc.array(vector(columns), { minLength: rows, maxLength: rows });
const size = fc.integer({ min: 1, max: 5 });

Deno.test("dot: sums products, symmetric and linear", () => {
  assertEquals(dot([1, 2, 3], [4, 5, 6]), 32);
  assertEquals(dot([], []), 0);
  fc.assert(fc.property(size.chain((n) => fc.tuple(vector(n), vector(n), vector(n))), (
    [a, b, c],
  ) => {
    assertEquals(dot(a, b), dot(b, a));
    assertEquals(dot(a.map((x, i) => x + 2 * c[i]), b), dot(a, b) + 2 * dot(c, b));
  }));
});

Deno.test("matVec, matMul: worked by hand", () => {
  const a = [[1, 2, 3], [4, 5, 6]];
  assertEquals(matVec(a, [1, 0, -1]), [-2, -2]);
  assertEquals(matMul(a, [[1, 4], [2, 5], [3, 6]]), [[14, 32], [32, 77]]);
  assertEquals(transpose(a), [[1, 4], [2, 5], [3, 6]]);
});

Deno.test("matMul: associative, also with a vector", () => {
  const chains = fc.tuple(size, size, size, size).chain(([n, m, k, l]) =>
    fc.tuple(matrix(n, m), matrix(m, k), matrix(k, l), vector(k))
  );
  fc.assert(fc.property(chains, ([a, b, c, x]) => {
    assertEquals(matMul(matMul(a, b), c), matMul(a, matMul(b, c)));
    assertEquals(matVec(matMul(a, b), x), matVec(a, matVec(b, x)));
  }));
});

Deno.test("transpose: undoes itself, and reverses a product", () => {
  const pairs = fc.tuple(size, size, size).chain(([n, m, k]) =>
    fc.tuple(matrix(n, m), matrix(m, k))
  );
  fc.assert(fc.property(pairs, ([a, b]) => {
    assertEquals(transpose(transpose(a)), a);
    assertEquals(transpose(matMul(a, b)), matMul(transpose(b), transpose(a)));
  }));
});

Deno.test("identity: changes nothing", () => {
  fc.assert(fc.property(size.chain((n) => matrix(n, n)), (a) => {
    assertEquals(matMul(identity(a.length), a), a);
    assertEquals(matMul(a, identity(a.length)), a);
  }));
});

Deno.test("matrices: arguments stay as they were", () => {
  const a: Matrix = Object.freeze([Object.freeze([1, 2]), Object.freeze([3, 4])]);
  transpose(a)[0][0] = 9;
  matMul(a, a);
  matVec(a, Object.freeze([1, 2]));
  assertEquals(a, [[1, 2], [3, 4]]);
});

Deno.test("matrices: shapes that do not fit are refused with both shapes", () => {
  const cases: [() => unknown, string][] = [
    [() => dot([1], [1, 2]), "same length: they have 1 and 2"],
    [() => matVec([[1, 2]], [1]), "same length: they have 2 and 1"],
    [() => matMul([[1, 2]], [[1, 2]]), "they are [1, 2] and [1, 2]"],
    [() => matMul([], [[1]]), "must have rows and columns: it is [0, 0]"],
    [() => matMul([[1]], []), "must have rows and columns: it is [0, 0]"],
    [() => transpose([]), "Cannot transpose as the matrix must have rows and columns"],
    [() => transpose([[], []]), "it is [2, 0]"],
    [() => transpose([[1, 2], [3]]), "the same length: row 0 has 2, row 1 has 1"],
    [() => identity(0), "n must be a positive integer: it is 0"],
    [() => identity(1.5), "n must be a positive integer: it is 1.5"],
  ];
  for (const [act, message] of cases) assertThrows(act, RangeError, message);
});
