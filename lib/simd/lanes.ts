import type { Code } from "./code.ts";
import type { Variable } from "./control.ts";
import { f32x4, v128 } from "./vector.ts";

/** The first `count` of four lanes from memory, zeros in the others. */
export function loadLanes(address: Code, offset: number, count: number): Code {
  if (count >= 4) return v128.load(address, offset);
  if (count <= 0) return f32x4.const(0);
  if (count === 1) return v128.load32_zero(address, offset);
  const pair = v128.load64_zero(address, offset);
  return count === 2
    ? pair
    : v128.load32_lane(address, pair, { lane: 2, offset: offset + 8 });
}

/** Writes the first `count` of four lanes of a variable. */
export function storeLanes(
  address: Code,
  value: Variable,
  { offset, count }: { readonly offset: number; readonly count: number },
): Code {
  if (count >= 4) return v128.store(address, value.get, offset);
  if (count <= 0) return [];
  if (count === 1) return v128.store32_lane(address, value.get, { lane: 0, offset });
  const pair = v128.store64_lane(address, value.get, { lane: 0, offset });
  const third = v128.store32_lane(address, value.get, { lane: 2, offset: offset + 8 });
  return count === 2 ? pair : [pair, third];
}

/** The columns of the four by four block whose rows are given, as code. */
export function transpose4(rows: readonly Variable[]): Code[] {
  const [a, b, c, d] = rows.map((row) => row.get);
  // Pairs of rows are interleaved, then their halves joined.
  const low = (x: Code, y: Code) => f32x4.shuffle(x, y, [0, 4, 1, 5]);
  const high = (x: Code, y: Code) => f32x4.shuffle(x, y, [2, 6, 3, 7]);
  const first = (x: Code, y: Code) => f32x4.shuffle(x, y, [0, 1, 4, 5]);
  const last = (x: Code, y: Code) => f32x4.shuffle(x, y, [2, 3, 6, 7]);
  return [
    first(low(a, b), low(c, d)),
    last(low(a, b), low(c, d)),
    first(high(a, b), high(c, d)),
    last(high(a, b), high(c, d)),
  ];
}
