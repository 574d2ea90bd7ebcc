import type * as tf from "@tensorflow/tfjs";
import {
  advance,
  type Code,
  exp,
  f32x4,
  forSteps,
  forVectors,
  i32,
  log,
  type NewLocal,
  select,
  sigmoid,
  v128,
  type Variable,
} from "../simd/mod.ts";
import { addressOf, kernel } from "./wasm_tensors.ts";

const { add, sub, mul, abs, neg, pmax, splat } = f32x4;

/**
 * sum_j x_ij l_ij - ln(1 + exp(l_ij)) of every row i, written to `rows`.
 *
 * The sum of ln(1 + exp(-|l|)) is the logarithm of a product of factors from 1 to 2: one
 * logarithm for up to 64 of them, as 2^64 is far below the largest float32.
 */
export function bernoulliRows(
  { x, logits, rows }: { x: tf.Tensor2D; logits: tf.Tensor2D; rows: tf.TensorInfo },
): void {
  const [numRows, columns] = logits.shape;
  const name = `bernoulli rows ${columns}`;
  const { run } = kernel(name, () => ({
    params: ["i32", "i32", "i32", "i32"],
    body: ([x, logits, rows, end], newLocal) =>
      forSteps(rows, { to: end.get, step: 4 }, [
        sumRow({ x, logits, rows, columns, newLocal }),
      ]),
  }));
  const [at, to] = [addressOf(rows), addressOf(rows) + 4 * numRows];
  run(addressOf(x), addressOf(logits), at, to);
}

const VECTORS_IN_PRODUCT = 64;

function sumRow(
  { x, logits, rows, columns, newLocal }: {
    x: Variable;
    logits: Variable;
    rows: Variable;
    columns: number;
    newLocal: NewLocal;
  },
): Code {
  const [sum, factors, logit] = [0, 1, 2].map(() => newLocal("v128"));
  const [at, end] = [0, 1].map(() => newLocal("i32"));
  const whole = Math.floor(columns / 4);
  const rest = columns % 4;
  const one = f32x4.const(1);
  const takeVector = (load: (pointer: Variable) => Code, isLive: Code) => [
    logit.set(load(logits)),
    sum.set(
      add(sum.get, sub(mul(load(x), logit.get), pmax(logit.get, f32x4.const(0)))),
    ),
    factors.set(mul(
      factors.get,
      add(one, v128.and(exp(neg(abs(logit.get)), newLocal), isLive)),
    )),
  ];
  const closeProduct = [
    sum.set(sub(sum.get, log(factors.get, newLocal))),
    factors.set(one),
  ];
  const all = v128.const(-1, -1, -1, -1);
  const first = v128.const(-1, 0, 0, 0);
  const next = (bytes: number) => [x, logits].map((p) => advance(p, i32.const(bytes)));
  const blocks = Math.ceil(whole / VECTORS_IN_PRODUCT);
  const block = newLocal("i32");
  return [
    sum.set(f32x4.const(0)),
    factors.set(one),
    at.set(i32.const(0)),
    block.set(i32.const(0)),
    forSteps(block, { to: i32.const(blocks), step: 1 }, [
      end.set(i32.add(at.get, i32.const(VECTORS_IN_PRODUCT))),
      end.set(select(
        end.get,
        i32.const(whole),
        i32.lt_s(end.get, i32.const(whole)),
      )),
      forSteps(at, { to: end.get, step: 1 }, [
        takeVector(({ get }) => v128.load(get), all),
        next(16),
      ]),
      closeProduct,
    ]),
    Array.from({ length: rest }, () => [
      takeVector(({ get }) => v128.load32_zero(get), first),
      next(4),
    ]),
    rest > 0 ? closeProduct : [],
    // The four lanes as one.
    sum.set(add(sum.get, f32x4.shuffle(sum.get, sum.get, [2, 3, 0, 1]))),
    sum.set(add(sum.get, f32x4.shuffle(sum.get, sum.get, [1, 0, 3, 2]))),
    v128.store32_lane(rows.get, sum.get, { lane: 0 }),
  ];
}

/** (1 / (1 + exp(-l)) - x) scale, element by element, written to `gradient`. */
export function bernoulliSlope(
  { x, logits, gradient, scale }: {
    x: tf.Tensor2D;
    logits: tf.Tensor2D;
    gradient: tf.TensorInfo;
    scale: number;
  },
): void {
  const { run } = kernel("bernoulli slope", () => ({
    params: ["i32", "i32", "i32", "i32", "f32"],
    body: ([x, logits, gradient, count, scale], newLocal) =>
      forVectors(
        { pointers: [x, logits, gradient], count, newLocal },
        ({ load, store }) =>
          store(
            gradient,
            mul(sub(sigmoid(load(logits), newLocal), load(x)), splat(scale.get)),
          ),
      ),
  }));
  run(addressOf(x), addressOf(logits), addressOf(gradient), logits.size, scale);
}

/** by_i where y_i > 0, else 0, written to `gradient`. */
export function reluSlope(
  { y, by, gradient }: { y: tf.Tensor; by: tf.Tensor; gradient: tf.TensorInfo },
): void {
  const { run } = kernel("relu slope", () => ({
    params: ["i32", "i32", "i32", "i32"],
    body: ([y, by, gradient, count], newLocal) =>
      forVectors(
        { pointers: [y, by, gradient], count, newLocal },
        ({ load, store }) =>
          store(gradient, v128.and(load(by), f32x4.gt(load(y), f32x4.const(0)))),
      ),
  }));
  run(addressOf(y), addressOf(by), addressOf(gradient), y.size);
}

/** The sum over all rows of each column of x, written to `sums`. */
export function columnSums({ x, sums }: { x: tf.Tensor2D; sums: tf.TensorInfo }): void {
  const [rows, columns] = x.shape;
  const { run } = kernel(`column sums ${rows} ${columns}`, () => ({
    params: ["i32", "i32", "i32"],
    body: ([x, sums, count], newLocal) => {
      const row = newLocal("i32");
      const total = newLocal("v128");
      const at = newLocal("i32");
      // Each vector of columns goes down all rows.
      return forVectors(
        { pointers: [x, sums], count, newLocal },
        ({ load, store }) => [
          total.set(f32x4.const(0)),
          row.set(i32.const(0)),
          at.set(x.get),
          forSteps(row, { to: i32.const(rows), step: 1 }, [
            total.set(add(total.get, load(at))),
            advance(at, i32.const(4 * columns)),
          ]),
          store(sums, total.get),
        ],
      );
    },
  }));
  run(addressOf(x), addressOf(sums), columns);
}
