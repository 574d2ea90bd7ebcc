import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { logTicks } from "../../lib/figures/log_ticks.ts";
import { fc } from "../helpers/fast_check.ts";

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

Deno.test("logTicks: the values where they fit, else fewer and fewer round numbers", () => {
  const powers = range(0, 20).map((k) => 2 ** k);
  const cases: [number[], number, number[] | undefined][] = [
    [[512, 8, 64, 8], 400, [8, 64, 512]],
    [[20, 21, 80], 400, [20, 30, 40, 50, 60, 70, 80]],
    [range(1, 50), 400, [1, 2, 5, 10, 20, 50]],
    [powers, 460, [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]],
    [powers, 170, [1, 1000, 1_000_000]],
    [[10], 400, [10]],
    [[-1, 0, NaN, 10], 400, [10]],
    [[], 400, undefined],
    [range(101, 120), 400, undefined],
    [range(2, 9), 10, undefined],
  ];
  for (const [values, width, ticks] of cases) {
    assertEquals(logTicks(values, { width }), ticks);
  }
});

Deno.test("logTicks: lie within the values, apart from each other, whatever they are", () => {
  const value = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  const values = fc.array(value, { maxLength: 20 });
  const width = fc.integer({ min: 1, max: 1000 });
  fc.assert(fc.property(values, width, (values, width) => {
    const ticks = logTicks(values, { width }) ?? [];
    const decades = Math.log10(Math.max(...values)) - Math.log10(Math.min(...values));
    for (const [i, tick] of ticks.entries()) {
      assert(Math.min(...values) <= tick && tick <= Math.max(...values));
      if (i === 0) continue;
      // Two labels of a digit, and the gap.
      const pixels = width * Math.log10(tick / ticks[i - 1]) / decades;
      assertGreaterOrEqual(pixels, 13 - 1e-9);
    }
  }));
});
