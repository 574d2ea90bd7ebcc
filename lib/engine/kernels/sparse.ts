import {
  advance,
  type Code,
  f32,
  f32x4,
  type FunctionSource,
  i32,
  multiplyAddOf,
  repeatWhile,
  v128,
  when,
} from "../../simd/mod.ts";
import { ENTRY_BYTES } from "../layout.ts";

// An entry of a list: the offset of a row of 16 numbers in a panel, in bytes, and the
// number that the row is multiplied by.
const OFFSET = 0;
const VALUE = 4;
const PANEL_ROW_BYTES = 64;

/**
 * (matrix, stride, end, lengths, lists, slot): lists the numbers that are not zero of each
 * row of a matrix, rows being `stride` bytes apart, from the one at `matrix` up to `end`.
 *
 * Column k of the matrix stands for row k of a panel, 64 k bytes from its start. Four
 * zeros in a row cost one look.
 */
export const listRows: FunctionSource = {
  params: ["i32", "i32", "i32", "i32", "i32", "i32"],
  body: ([at, stride, end, lengths, lists, slot], newLocal) => {
    const rowEnd = newLocal("i32");
    const offset = newLocal("i32");
    const entry = newLocal("i32");
    const append = (lane: number): Code => {
      const value = f32.load(at.get, 4 * lane);
      return [
        i32.store(
          entry.get,
          i32.add(offset.get, i32.const(lane * PANEL_ROW_BYTES)),
          OFFSET,
        ),
        f32.store(entry.get, value, VALUE),
        advance(
          entry,
          i32.mul(f32.ne(value, f32.const(0)), i32.const(ENTRY_BYTES)),
        ),
      ];
    };
    const four: Code = [
      when(
        v128.any_true(f32x4.ne(v128.load(at.get), f32x4.const(0))),
        [0, 1, 2, 3].map(append),
      ),
      advance(at, i32.const(16)),
      advance(offset, i32.const(4 * PANEL_ROW_BYTES)),
    ];
    const row: Code = [
      entry.set(lists.get),
      offset.set(i32.const(0)),
      rowEnd.set(i32.add(at.get, stride.get)),
      repeatWhile(four, i32.lt_u(at.get, rowEnd.get)),
      i32.store(lengths.get, i32.sub(entry.get, lists.get)),
      advance(lengths, i32.const(4)),
      advance(lists, slot.get),
    ];
    return repeatWhile(row, i32.lt_u(at.get, end.get));
  },
};

/**
 * (lengths, lists, slot, rows, byColumnLengths, byColumnLists, columnSlot, from, to): turns
 * the lists of the rows of a matrix into lists of its columns `from` to `to`, whose
 * lengths must be zero before.
 */
export const listColumns: FunctionSource = {
  params: Array.from({ length: 9 }, () => "i32" as const),
  body: (params, newLocal) => {
    const [lengths, lists, slot, rows, byColumnLengths] = params;
    const [, , , , , byColumnLists, columnSlot, from, to] = params;
    const row = newLocal("i32");
    const entry = newLocal("i32");
    const end = newLocal("i32");
    const column = newLocal("i32");
    const length = newLocal("i32");
    const place = newLocal("i32");
    const lengthOf = i32.add(
      byColumnLengths.get,
      i32.mul(column.get, i32.const(4)),
    );
    const append: Code = [
      length.set(i32.load(lengthOf)),
      place.set(
        i32.add(
          i32.add(byColumnLists.get, i32.mul(column.get, columnSlot.get)),
          length.get,
        ),
      ),
      i32.store(
        place.get,
        i32.mul(row.get, i32.const(PANEL_ROW_BYTES)),
        OFFSET,
      ),
      f32.store(place.get, f32.load(entry.get, VALUE), VALUE),
      i32.store(lengthOf, i32.add(length.get, i32.const(ENTRY_BYTES))),
    ];
    const one: Code = [
      column.set(
        i32.div_u(i32.load(entry.get, OFFSET), i32.const(PANEL_ROW_BYTES)),
      ),
      when(
        i32.and(
          i32.ge_u(column.get, from.get),
          i32.lt_u(column.get, to.get),
        ),
        append,
      ),
      advance(entry, i32.const(ENTRY_BYTES)),
    ];
    return repeatWhile([
      entry.set(lists.get),
      end.set(i32.add(lists.get, i32.load(lengths.get))),
      when(
        i32.lt_u(entry.get, end.get),
        repeatWhile(one, i32.lt_u(entry.get, end.get)),
      ),
      advance(lengths, i32.const(4)),
      advance(lists, slot.get),
      advance(row, i32.const(1)),
    ], i32.lt_u(row.get, rows.get));
  },
};

/**
 * (lengths, lists, slot, panel, nextPanel, start, c, nextC, stride, rows): rows of C in one
 * panel of 16 columns or in two, C[i, :] = start + sum over the list of row i of value *
 * panel row. The second panel lies `nextPanel` bytes behind the first, and its rows of C
 * `nextC` bytes behind the first's.
 *
 * The sums run in the order of the lists, one chain for each element. A list leaves out
 * zeros, and a zero times a finite number, added to a sum that began at 0, changes no
 * bit: so these are the bits of the dense product, `relaxed` like it.
 */
export function multiplyLists(
  { panels, hasStart, relaxed }: {
    panels: number;
    hasStart: boolean;
    relaxed: boolean;
  },
): FunctionSource {
  return {
    params: Array.from({ length: 10 }, () => "i32" as const),
    body: (params, newLocal) => {
      const [lengths, lists, slot, panel, nextPanel, start, c, nextC] = params;
      const [, , , , , , , , stride, rows] = params;
      const entry = newLocal("i32");
      const end = newLocal("i32");
      const value = newLocal("v128");
      const parts = Array.from({ length: panels }, () => ({
        from: newLocal("i32"),
        to: newLocal("i32"),
        sums: [0, 1, 2, 3].map(() => newLocal("v128")),
      }));
      const multiplyAdd = multiplyAddOf({ relaxed });
      // A pointer of its own for each panel: see the tile of a dense product.
      const [first, ...others] = parts;
      const term: Code = [
        first.from.set(i32.add(panel.get, i32.load(entry.get, OFFSET))),
        others.map(({ from }) => from.set(i32.add(first.from.get, nextPanel.get))),
        value.set(v128.load32_splat(entry.get, VALUE)),
        parts.map(({ from, sums }) =>
          sums.map((sum, i) =>
            sum.set(multiplyAdd(value.get, v128.load(from.get, 16 * i), sum.get))
          )
        ),
        advance(entry, i32.const(ENTRY_BYTES)),
      ];
      return repeatWhile([
        parts.map(({ sums }, part) =>
          sums.map((sum, i) =>
            sum.set(
              hasStart
                ? v128.load(start.get, PANEL_ROW_BYTES * part + 16 * i)
                : f32x4.const(0),
            )
          )
        ),
        entry.set(lists.get),
        end.set(i32.add(lists.get, i32.load(lengths.get))),
        when(
          i32.lt_u(entry.get, end.get),
          repeatWhile(term, i32.lt_u(entry.get, end.get)),
        ),
        first.to.set(c.get),
        others.map(({ to }) => to.set(i32.add(c.get, nextC.get))),
        parts.map(({ to, sums }) =>
          sums.map((sum, i) => v128.store(to.get, sum.get, 16 * i))
        ),
        advance(c, stride.get),
        advance(lengths, i32.const(4)),
        advance(lists, slot.get),
        rows.set(i32.sub(rows.get, i32.const(1))),
      ], rows.get);
    },
  };
}
