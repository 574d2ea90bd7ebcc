import { createRandom, normals, STREAMS, summarize, uniforms } from "elbo/math";
import { assertEquals, AssertionError, assertThrows } from "@std/assert";
import fc from "fast-check";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { assertEquallyLikely, countSquares, normalCdf } from "./statistics.ts";

const addressOf = () => ({ seed: testSeed(2), stream: STREAMS.test });
const repeat = <T>(n: number, draw: () => T): T[] => Array.from({ length: n }, draw);

Deno.test("createRandom: uniforms alone are the row of uniforms", () => {
  const address = addressOf();
  const random = createRandom({ ...address, step: 3, row: 4 });
  const row = uniforms({ ...address, step: 3, firstRow: 4, rows: 1, columns: 11 });
  assertEquals(repeat(11, random.uniform), [...row]);
});

Deno.test("createRandom: normals alone are the row of normals", () => {
  const address = addressOf();
  const random = createRandom({ ...address, step: 3, row: 4 });
  const row = normals({ ...address, step: 3, firstRow: 4, rows: 1, columns: 11 });
  assertEquals(repeat(11, random.normal), [...row]);
});

Deno.test("createRandom: step and row are 0 if left out", () => {
  const address = addressOf();
  const whole = createRandom({ ...address, step: 0, row: 0 });
  assertEquals(createRandom(address).uniform(), whole.uniform());
});

Deno.test("createRandom: uniforms and normals never share a block", () => {
  const address = addressOf();
  const random = createRandom(address);
  const columns = 16;
  const u = [...uniforms({ ...address, rows: 1, columns })];
  const eps = [...normals({ ...address, rows: 1, columns })];
  // Block 0 to the first uniform, 1 to the first normal, 2 to the fifth uniform.
  const drawn = [random.uniform(), random.normal(), ...repeat(4, random.uniform)];
  assertEquals(drawn, [u[0], eps[4], u[1], u[2], u[3], u[8]]);
  assertEquals(repeat(4, random.normal), [eps[5], eps[6], eps[7], eps[12]]);
});

Deno.test("createRandom: two readers do not disturb each other", () => {
  const script = fc.array(fc.constantFrom("uniform", "normal", "integer"), {
    maxLength: 40,
  });
  fc.assert(fc.property(script, (kinds) => {
    const left = createRandom({ seed: 1, stream: 2 });
    const right = createRandom({ seed: 3, stream: 4 });
    const alone = createRandom({ seed: 1, stream: 2 });
    for (const kind of kinds) {
      const draw = kind === "integer"
        ? (random: typeof left) => random.integer(1000)
        : (random: typeof left) => random[kind as "uniform" | "normal"]();
      const value = draw(left);
      draw(right);
      assertEquals(value, draw(alone));
    }
  }));
});

Deno.test("createRandom: a uniform and a normal drawn in turn are independent", () => {
  const address = addressOf();
  const { seed } = address;
  const random = createRandom(address);
  const n = 40_000;
  const left = new Float64Array(n);
  const right = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    left[i] = random.uniform();
    right[i] = normalCdf(random.normal());
  }
  assertEquallyLikely(countSquares({ left, right, cells: 16 }), { seed });
  // The control: the same numbers read from one address depend on each other.
  const u = uniforms({ ...address, rows: n, columns: 1 });
  const eps = normals({ ...address, rows: n, columns: 1 }).map(normalCdf);
  assertThrows(
    () =>
      assertEquallyLikely(countSquares({ left: u, right: eps, cells: 16 }), { seed }),
    AssertionError,
  );
});

Deno.test("integer: stays below n and reaches every value", () => {
  const address = addressOf();
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (n) => {
    const random = createRandom({ seed: n % 2 ** 32, stream: 7 });
    for (let i = 0; i < 20; i++) {
      const k = random.integer(n);
      if (!(Number.isInteger(k) && k >= 0 && k < n)) return false;
    }
    return true;
  }));
  const random = createRandom(address);
  assertEquals(new Set(repeat(200, () => random.integer(5))).size, 5);
});

Deno.test("integer: every value is equally likely", () => {
  const address = addressOf();
  const { seed } = address;
  const random = createRandom(address);
  for (const n of [2, 3, 10, 100]) {
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < 20_000; i++) counts[random.integer(n)]++;
    assertEquallyLikely(counts, { seed });
  }
});

Deno.test("integer: no value is favoured where n is no divisor of 2^32", () => {
  const address = addressOf();
  const { seed } = address;
  // Of words modulo 3 * 2^30, those below 2^30 would come up twice as often.
  const n = 3 * 2 ** 30;
  const random = createRandom(address);
  const low = (k: number) => k < 2 ** 30 ? 1 : 0;
  const draws = 10_000;
  const claim = { exact: 1 / 3, resolution: 0.005, seed };
  assertMonteCarlo(summarize(repeat(draws, () => low(random.integer(n)))), claim);
  const biased = repeat(draws, () => low(Math.floor(random.uniform() * 2 ** 32) % n));
  assertThrows(() => assertMonteCarlo(summarize(biased), claim), AssertionError);
});

Deno.test("integer: n is checked", () => {
  const address = addressOf();
  const random = createRandom(address);
  assertEquals(random.integer(1), 0);
  const word = createRandom(address).uniform() * 2 ** 32 - 0.5;
  assertEquals(createRandom(address).integer(2 ** 32), word);
  for (const n of [0, -1, 1.5, 2 ** 32 + 1, NaN]) {
    assertThrows(
      () => random.integer(n),
      RangeError,
      `n must be an integer in 1 .. 4294967296: it is ${n}`,
    );
  }
});

Deno.test("createRandom: the address is checked at once", () => {
  for (const part of ["seed", "stream", "step", "row"]) {
    assertThrows(
      () => createRandom({ seed: 0, stream: 0, [part]: -1 }),
      RangeError,
      `${part} must be an integer`,
    );
  }
});
