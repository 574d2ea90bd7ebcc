import type { Range } from "../simd/mod.ts";

/**
 * The part of `size` things that falls to a rank, in whole units where the size is a
 * multiple of one: the parts of all ranks are disjoint, as even as they can be, and
 * cover everything.
 */
export function partOf(
  size: number,
  { rank, ranks, unit }: { rank: number; ranks: number; unit: number },
): Range {
  const units = Math.ceil(size / unit);
  const at = (index: number) =>
    Math.min(size, unit * Math.floor(units * index / ranks));
  return { from: at(rank), to: at(rank + 1) };
}
