import {
  fillNormals,
  fillUniforms,
  normalAt,
  normals,
  philox4x32,
  type RandomAddress,
  STREAMS,
  uniformAt,
  uniforms,
} from "elbo/math";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { draws } from "./fixtures/random_numbers.ts";

const word = fc.integer({ min: 0, max: 0xffffffff });
const addresses = fc.record({
  seed: word,
  stream: word,
  step: word,
  row: word,
  column: word,
});

Deno.test("STREAMS: no two purposes share a stream", () => {
  const streams = Object.values(STREAMS);
  assertEquals(new Set(streams).size, streams.length);
});

for (const { at, uniform, normal } of draws) {
  Deno.test(`uniformAt, normalAt: the numbers computed outside, at ${at}`, () => {
    const [seed, stream, step, row, column] = at;
    const address = { seed, stream, step, row, column };
    assertEquals(uniformAt(address), uniform);
    // cos and sin of an angle up to 2 pi, itself rounded: 4 eps of the radius, 7.
    assertAlmostEquals(normalAt(address), normal, 4 * 7 * Number.EPSILON);
  });
}

Deno.test("uniformAt: is its word of the documented Philox block, centred", () => {
  fc.assert(fc.property(addresses, (address) => {
    const { seed, stream, step, row, column } = address;
    const block = philox4x32([Math.floor(column / 4), row, step, 0], [seed, stream]);
    const u = uniformAt(address);
    assertEquals(u * 2 ** 32, block[column % 4] + 0.5);
    assert(u > 0 && u < 1);
  }));
});

Deno.test("normalAt: pairs of columns are one point of the plane, by Box and Muller", () => {
  fc.assert(fc.property(addresses, (address) => {
    const even = { ...address, column: address.column - address.column % 2 };
    const odd = { ...even, column: even.column + 1 };
    const [x, y] = [normalAt(even), normalAt(odd)];
    const [u, v] = [uniformAt(even), uniformAt(odd)];
    assertAlmostEquals(x * x + y * y, -2 * Math.log(u), 1e-13);
    assertAlmostEquals((Math.atan2(y, x) / (2 * Math.PI) + 1) % 1, v, 1e-10);
  }));
});

Deno.test("uniformAt, normalAt: parts left out of an address are 0", () => {
  const whole = { seed: 3, stream: 2, step: 0, row: 0, column: 0 };
  assertEquals(uniformAt({ seed: 3, stream: 2 }), uniformAt(whole));
  assertEquals(normalAt({ seed: 3, stream: 2 }), normalAt(whole));
  assertEquals(
    [...uniforms({ seed: 3, stream: 2, rows: 2, columns: 3 })],
    [...uniforms({ ...whole, firstRow: 0, rows: 2, columns: 3 })],
  );
});

const blocks = fc.record({
  seed: word,
  stream: word,
  step: word,
  firstRow: fc.integer({ min: 0, max: 0xffffffff - 8 }),
  rows: fc.integer({ min: 0, max: 8 }),
  columns: fc.integer({ min: 0, max: 11 }),
});

for (
  const [all, fill, at] of [
    [uniforms, fillUniforms, uniformAt],
    [normals, fillNormals, normalAt],
  ] as const
) {
  Deno.test(`${all.name}, ${fill.name}: equal ${at.name} at each address`, () => {
    fc.assert(fc.property(blocks, (block) => {
      const { seed, stream, step, firstRow, rows, columns } = block;
      const expected: number[] = [];
      for (let row = firstRow; row < firstRow + rows; row++) {
        for (let column = 0; column < columns; column++) {
          expected.push(at({ seed, stream, step, row, column }));
        }
      }
      assertEquals([...all(block)], expected);
      const single = new Float32Array(rows * columns);
      fill(single, block);
      assertEquals([...single], expected.map(Math.fround));
    }));
  });

  Deno.test(`${all.name}: no rows or no columns are no numbers`, () => {
    assertEquals(all({ seed: 0, stream: 0, rows: 0, columns: 3 }).length, 0);
    assertEquals(all({ seed: 0, stream: 0, rows: 3, columns: 0 }).length, 0);
  });

  Deno.test(`${fill.name}: refuses an array of another length`, () => {
    const options = { seed: 0, stream: 0, rows: 2, columns: 3 };
    for (const length of [0, 5, 7]) {
      assertThrows(
        () => fill(new Float64Array(length), options),
        RangeError,
        `length must be rows * columns = 2 * 3: it is ${length}`,
      );
    }
  });

  Deno.test(`${fill.name}: refuses sizes that are none, though their product fits`, () => {
    for (const [rows, columns] of [[-1, -2], [0.5, 4], [4, 0.5]]) {
      assertThrows(
        () => fill(new Float64Array(2), { seed: 0, stream: 0, rows, columns }),
        RangeError,
        `${rows === 4 ? "columns" : "rows"} must be an integer`,
      );
    }
  });

  Deno.test(`${fill.name}: refuses rows that do not exist`, () => {
    const out = new Float64Array(2);
    const last = { seed: 0, stream: 0, rows: 1, columns: 2, firstRow: 0xffffffff };
    fill(out, last);
    assertThrows(
      () => fill(out, { ...last, rows: 2, columns: 1 }),
      RangeError,
      "the last row must be an integer in 0 .. 4294967295: it is 4294967296",
    );
  });

  Deno.test(`${all.name}: refuses a size that is none`, () => {
    for (const size of [-1, 1.5, NaN]) {
      for (const name of ["rows", "columns", "firstRow"]) {
        const options = { seed: 0, stream: 0, rows: 2, columns: 2, [name]: size };
        assertThrows(() => all(options), RangeError, `${name} must be an integer`);
      }
    }
  });
}

for (const name of ["seed", "stream", "step", "row", "column"] as const) {
  Deno.test(`uniformAt, normalAt: ${name} is checked`, () => {
    const good: RandomAddress = { seed: 0, stream: 0 };
    for (const value of [0, 0xffffffff]) {
      uniformAt({ ...good, [name]: value });
      normalAt({ ...good, [name]: value });
    }
    for (const value of [-1, 0.5, 2 ** 32, NaN, Infinity]) {
      for (const at of [uniformAt, normalAt]) {
        assertThrows(
          () => at({ ...good, [name]: value }),
          RangeError,
          `${name} must be an integer in 0 .. 4294967295: it is ${value}`,
        );
      }
    }
  });
}
