// Not by mod.ts: no public surface needs it.
import { transpose4 } from "../../simd/lanes.ts";
import {
  advance,
  type Code,
  f32x4,
  type FunctionSource,
  i32,
  repeatWhile,
  v128,
  type Variable,
  type VectorFunction,
} from "../../simd/mod.ts";

const VECTOR = 16;

/** (at, end): replaces the numbers from `at` to `end` by their images under f. */
export function eachVector(f: VectorFunction): FunctionSource {
  return {
    params: ["i32", "i32"],
    body: ([at, end], newLocal) =>
      repeatWhile([
        v128.store(at.get, f(v128.load(at.get), newLocal)),
        advance(at, i32.const(VECTOR)),
      ], i32.lt_u(at.get, end.get)),
  };
}

/** (at, end, other): the same with a second operand, which lies at `other`. */
export function eachPair(
  f: (x: Code, y: Variable) => Code,
): FunctionSource {
  return {
    params: ["i32", "i32", "i32"],
    body: ([at, end, other], newLocal) => {
      const y = newLocal("v128");
      return repeatWhile([
        y.set(v128.load(other.get)),
        v128.store(at.get, f(v128.load(at.get), y)),
        advance(at, i32.const(VECTOR)),
        advance(other, i32.const(VECTOR)),
      ], i32.lt_u(at.get, end.get));
    },
  };
}

/** max(x, 0). */
export const relu: FunctionSource = eachVector((x) => f32x4.max(x, f32x4.const(0)));

/** The gradient by y, where x = relu(y) is above 0; 0 elsewhere. */
export const throughRelu: FunctionSource = eachPair((gradient, x) =>
  v128.and(gradient, f32x4.gt(x.get, f32x4.const(0)))
);

/** The gradient by y, where x = tanh(y): times 1 - x^2. */
export const throughTanh: FunctionSource = eachPair((gradient, x) =>
  f32x4.mul(gradient, f32x4.sub(f32x4.const(1), f32x4.mul(x.get, x.get)))
);

/**
 * (from, stride, to, step, rows, panels): copies rows of a matrix into panels of 16
 * columns, `step` bytes from one panel to the next; `to` is the first row's place in the
 * first panel.
 */
export const packRows: FunctionSource = {
  params: ["i32", "i32", "i32", "i32", "i32", "i32"],
  body: ([from, stride, to, step, rows, panels], newLocal) => {
    const panel = newLocal("i32");
    const source = newLocal("i32");
    const target = newLocal("i32");
    return repeatWhile([
      source.set(from.get),
      target.set(to.get),
      panel.set(panels.get),
      repeatWhile([
        [0, 1, 2, 3].map((i) =>
          v128.store(
            target.get,
            v128.load(source.get, VECTOR * i),
            VECTOR * i,
          )
        ),
        advance(source, i32.const(4 * VECTOR)),
        advance(target, step.get),
        panel.set(i32.sub(panel.get, i32.const(1))),
      ], panel.get),
      advance(from, stride.get),
      advance(to, i32.const(4 * VECTOR)),
      rows.set(i32.sub(rows.get, i32.const(1))),
    ], rows.get);
  },
};

/** (at, stride, factors, rows): multiplies each row, `stride` bytes long, by its factor. */
export const scaleRows: FunctionSource = {
  params: ["i32", "i32", "i32", "i32"],
  body: ([at, stride, factors, rows], newLocal) => {
    const end = newLocal("i32");
    const factor = newLocal("v128");
    return repeatWhile([
      factor.set(v128.load32_splat(factors.get)),
      end.set(i32.add(at.get, stride.get)),
      repeatWhile([
        v128.store(at.get, f32x4.mul(v128.load(at.get), factor.get)),
        advance(at, i32.const(VECTOR)),
      ], i32.lt_u(at.get, end.get)),
      advance(factors, i32.const(4)),
      rows.set(i32.sub(rows.get, i32.const(1))),
    ], rows.get);
  },
};

/** (panel, rows, to): the sums of the 16 columns of a panel, from its first row on. */
export const sumColumns: FunctionSource = {
  params: ["i32", "i32", "i32"],
  body: ([panel, rows, to], newLocal) => {
    const sums = [0, 1, 2, 3].map(() => newLocal("v128"));
    return [
      repeatWhile([
        sums.map((sum, i) =>
          sum.set(f32x4.add(sum.get, v128.load(panel.get, VECTOR * i)))
        ),
        advance(panel, i32.const(4 * VECTOR)),
        rows.set(i32.sub(rows.get, i32.const(1))),
      ], rows.get),
      sums.map((sum, i) => v128.store(to.get, sum.get, VECTOR * i)),
    ];
  },
};

/**
 * (from, row, rows, to, step): turns rows `row` to `row + rows` of a panel around; both
 * are multiples of four. Sixteen rows become the sixteen columns of a panel at `to`,
 * `step` bytes from one to the next.
 */
export const transposeRows: FunctionSource = {
  params: ["i32", "i32", "i32", "i32", "i32"],
  body: ([from, row, rows, to, step], newLocal) => {
    const end = newLocal("i32");
    const target = newLocal("i32");
    const four = [0, 1, 2, 3].map(() => newLocal("v128"));
    const place = i32.add(
      i32.add(to.get, i32.mul(i32.shr_u(row.get, i32.const(4)), step.get)),
      i32.mul(i32.and(row.get, i32.const(12)), i32.const(4)),
    );
    return [
      advance(from, i32.mul(row.get, i32.const(64))),
      end.set(i32.add(row.get, rows.get)),
      repeatWhile([
        target.set(place),
        [0, 1, 2, 3].map((quarter) => [
          four.map((vector, i) =>
            vector.set(v128.load(from.get, 64 * i + VECTOR * quarter))
          ),
          transpose4(four).map((column, i) =>
            v128.store(target.get, column, 64 * (4 * quarter + i))
          ),
        ]),
        advance(from, i32.const(256)),
        advance(row, i32.const(4)),
      ], i32.lt_u(row.get, end.get)),
    ];
  },
};
