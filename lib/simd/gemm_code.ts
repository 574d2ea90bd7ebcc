import type { Code } from "./code.ts";
import { advance, forSteps, repeatWhile, type Variable } from "./control.ts";
import { loadLanes, storeLanes, transpose4 } from "./lanes.ts";
import { i32 } from "./scalar.ts";
import { f32x4, v128 } from "./vector.ts";
import type { FunctionSource, NewLocal } from "./wasm_module.ts";

/** Columns of a panel: four vectors. */
export const PANEL_COLUMNS = 16;

/** Steps of the inner sum in one turn of its loop. */
const UNROLL = 8;

/** Pointers to rows of a tile; a third row lies at an offset from the first. */
const POINTERS = 2;

/** Rows of a tile by the number of vectors in one: what 15 registers hold. */
const TILE_ROWS = [0, 8, 4, 2, 2];

/** What the code of a panel depends on; strides in elements. */
export interface PanelShape {
  /** Columns of C in this panel, 1 to 16. */
  readonly columns: number;
  /** Terms of each sum. */
  readonly k: number;
  /** From one row of op(A) to the next, and from one term to the next. */
  readonly strideA: { readonly row: number; readonly term: number };
  /** From one row of C to the next. */
  readonly strideC: number;
  /** What a sum begins with. */
  readonly start: "zero" | "c" | "bias";
  /** Whether x y + z may be rounded once. */
  readonly relaxed: boolean;
}

/**
 * x y + z on vectors.
 *
 * @param options `relaxed`: rounded as the machine likes, not twice.
 * @returns Writes the code for x, y and z.
 */
export function multiplyAddOf(
  { relaxed }: { relaxed: boolean },
): (x: Code, y: Code, z: Code) => Code {
  return (x, y, z) =>
    relaxed ? f32x4.relaxed_madd(x, y, z) : f32x4.add(z, f32x4.mul(x, y));
}

/** Vectors that hold some columns. */
export function vectorsOf(columns: number): number {
  return Math.ceil(columns / 4);
}

/**
 * Function (b, packed): copies a panel of op(B) to `packed` as k rows of whole
 * vectors; columns beyond the edge are zeros.
 */
export function packSource(
  { columns, k, strideB, transposeB }: {
    readonly columns: number;
    readonly k: number;
    readonly strideB: number;
    readonly transposeB: boolean;
  },
): FunctionSource {
  const vectors = vectorsOf(columns);
  const shape = { columns, k, strideB, vectors };
  return {
    params: ["i32", "i32"],
    body: ([b, packed], newLocal) =>
      transposeB
        ? packTransposed(shape, { b, packed, newLocal })
        : packRows(shape, { b, packed, newLocal }),
  };
}

type PackShape = {
  columns: number;
  k: number;
  strideB: number;
  vectors: number;
};
type PackPlace = { b: Variable; packed: Variable; newLocal: NewLocal };

function packRows(
  { columns, k, strideB, vectors }: PackShape,
  { b, packed, newLocal }: PackPlace,
): Code {
  const term = newLocal("i32");
  const copies = range(vectors).map((v) =>
    v128.store(packed.get, loadLanes(b.get, 16 * v, columns - 4 * v), 16 * v)
  );
  return forSteps(term, { to: i32.const(k), step: 1 }, [
    copies,
    advance(b, i32.const(4 * strideB)),
    advance(packed, i32.const(16 * vectors)),
  ]);
}

// B lies with its columns as rows: four of them by four terms are turned at a time.
function packTransposed(
  { columns, k, strideB, vectors }: PackShape,
  { b, packed, newLocal }: PackPlace,
): Code {
  const term = newLocal("i32");
  const rows = range(4).map(() => newLocal("v128"));
  const turn = (terms: number) =>
    range(vectors).map((v) => [
      rows.map((row, i) => {
        const column = 4 * v + i;
        const lanes = column < columns ? terms : 0;
        return row.set(loadLanes(b.get, 4 * strideB * column, lanes));
      }),
      transpose4(rows).slice(0, terms).map((column, i) =>
        v128.store(packed.get, column, 16 * (vectors * i + v))
      ),
    ]);
  return [
    forSteps(term, { to: i32.const(k), step: 4 }, [
      turn(4),
      advance(b, i32.const(16)),
      advance(packed, i32.const(64 * vectors)),
    ]),
    k % 4 === 0 ? [] : turn(k % 4),
  ];
}

/**
 * Function (a, packed, c, bias, rows): rows of C in one panel. Every element is summed
 * in the order of its terms, one chain for each, so that its bits depend neither on
 * the tile that it falls into nor on where a range of rows begins.
 */
export function multiplySource(shape: PanelShape): FunctionSource {
  const { columns, strideA, strideC } = shape;
  const vectors = vectorsOf(columns);
  return {
    params: ["i32", "i32", "i32", "i32", "i32"],
    body: ([a, packed, c, bias, rows], newLocal) => {
      const row = newLocal("i32");
      const registers: Registers = {
        a: range(POINTERS).map(() => newLocal("i32")),
        b: newLocal("i32"),
        end: newLocal("i32"),
        sums: range(TILE_ROWS[vectors] * vectors).map(() => newLocal("v128")),
        right: range(vectors).map(() => newLocal("v128")),
        left: newLocal("v128"),
        fours: range(POINTERS).map(() => newLocal("v128")),
      };
      const tiles: Code[] = [];
      for (let height = TILE_ROWS[vectors]; height >= 1; height /= 2) {
        const tile = [
          registers.a.map((row, i) =>
            row.set(i32.add(a.get, i32.const(4 * strideA.row * i)))
          ),
          registers.b.set(packed.get),
          tileCode(shape, { registers, c, bias, height, vectors }),
          advance(a, i32.const(4 * height * strideA.row)),
          advance(c, i32.const(4 * height * strideC)),
        ];
        tiles.push(forSteps(row, { to: rows.get, step: height }, tile));
      }
      return tiles;
    },
  };
}

type Registers = {
  /** Where the first rows of a tile are read. */
  a: Variable[];
  b: Variable;
  end: Variable;
  sums: Variable[];
  right: Variable[];
  left: Variable;
  /** Four terms of each of those rows. */
  fours: Variable[];
};

function tileCode(
  { columns, k, strideA, strideC, start, relaxed }: PanelShape,
  { registers, c, bias, height, vectors }: {
    registers: Registers;
    c: Variable;
    bias: Variable;
    height: number;
    vectors: number;
  },
): Code {
  const { a, b, end, right, left } = registers;
  const places = range(height).flatMap((row) =>
    range(vectors).map((v) => ({
      sum: registers.sums[row * vectors + v],
      offset: 4 * strideC * row + 16 * v,
      count: columns - 4 * v,
      v,
    }))
  );
  const begin = places.map(({ sum, offset, count, v }) =>
    sum.set(
      start === "c"
        ? loadLanes(c.get, offset, count)
        : start === "bias"
        ? loadLanes(bias.get, 16 * v, count)
        : f32x4.const(0),
    )
  );
  const multiplyAdd = multiplyAddOf({ relaxed });
  // Pointers move at every term, so that few different offsets occur: where the engine
  // checks each access, it then computes few different limits.
  const oneTerm = (leftOf: (row: number) => Code): Code => [
    right.map((vector, v) => vector.set(v128.load(b.get, 16 * v))),
    range(height).map((row) => [
      left.set(leftOf(row)),
      right.map((factor, v) => {
        const sum = registers.sums[row * vectors + v];
        return sum.set(multiplyAdd(left.get, factor.get, sum.get));
      }),
    ]),
    advance(b, i32.const(16 * vectors)),
  ];
  const moveA = (count: number) =>
    a.map((pointer) => advance(pointer, i32.const(4 * strideA.term * count)));
  const loadOne = (row: number) => {
    const pointer = row % POINTERS;
    return v128.load32_splat(a[pointer].get, 4 * strideA.row * (row - pointer));
  };
  const terms = (count: number) => range(count).map(() => [oneTerm(loadOne), moveA(1)]);
  // Fused, a term leaves the units that shuffle idle: they spread four numbers of a row
  // that one access, with one check, has loaded.
  const spreads = relaxed && strideA.term === 1 && vectors === 4;
  const fourTerms = (): Code => [
    range(height).map((row) => registers.fours[row].set(v128.load(a[row].get))),
    range(4).map((lane) =>
      oneTerm((row) => {
        const { get } = registers.fours[row];
        return f32x4.shuffle(get, get, [lane, lane, lane, lane]);
      })
    ),
    moveA(4),
  ];
  const turn = spreads ? range(UNROLL / 4).map(fourTerms) : terms(UNROLL);
  const turns = Math.floor(k / UNROLL);
  const loop = [
    end.set(i32.add(b.get, i32.const(turns * UNROLL * 16 * vectors))),
    repeatWhile(turn, i32.ne(b.get, end.get)),
  ];
  return [
    begin,
    turns > 0 ? loop : [],
    terms(k % UNROLL),
    places.map(({ sum, offset, count }) => storeLanes(c.get, sum, { offset, count })),
  ];
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
