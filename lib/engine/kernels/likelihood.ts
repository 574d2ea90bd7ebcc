import {
  advance,
  type Code,
  exp,
  f32,
  f32x4,
  type FunctionSource,
  i32,
  i32x4,
  log,
  type NewLocal,
  repeatWhile,
  v128,
  type Variable,
  when,
} from "../../simd/mod.ts";
import { type NetworkSpec, VARIANCE_FLOOR } from "../../networks/spec.ts";
import { sumLanes } from "./latent.ts";

/** Sizes of the matrices of the decoder's output: dataDim, and strides in bytes. */
export interface OutputShape {
  readonly dataDim: number;
  /** Of the output and of its gradient. */
  readonly output: number;
  /** Where logVar begins in a row of the output, in bytes. */
  readonly logVar: number;
}

const LOG_2_PI = Math.log(2 * Math.PI);
const VECTOR = 16;
const one = f32x4.const(1);
const zero = f32x4.const(0);

/** How many factors in (1, 2] are multiplied before the logarithm: 2^64 fits. */
const FACTORS = 64;

interface RowCode {
  /** Before a row. */
  readonly begin: Code;
  /** A vector of it; `isLast` says which lanes count. */
  readonly vector: (lanes: number) => Code;
  /** After a row: what is left on the stack is ln p(x|z). */
  readonly logLikelihood: Code;
}

/**
 * (images, nextImage, output, gradient, logLikelihood, rows, share, shared,
 * bySharedLogVar): ln p(x|z)
 * of each row, in nats, and the gradient of -share sum ln p(x|z) by the decoder's output,
 * share = 1 / batchSize. An image lies `nextImage` bytes behind the one before: 0 where all
 * rows are of one. `shared` is where a variance for all pixels has its logVar,
 * `bySharedLogVar` where the gradient by it goes, one a row of 16.
 *
 * Without a gradient `gradient` and `share` are not looked at.
 */
export function likelihoodRows(
  { likelihood }: NetworkSpec,
  shape: OutputShape,
  { withGradient }: { withGradient: boolean },
): FunctionSource {
  return {
    params: ["i32", "i32", "i32", "i32", "i32", "i32", "f32", "i32", "i32"],
    body: (params, newLocal) => {
      const [images, nextImage, output, gradient, logLikelihood, rows] = params;
      const [, , , , , , share, shared, byShared] = params;
      const end = newLocal("i32");
      const places = { images, output, gradient, shared, byShared };
      const scale = newLocal("v128");
      const context = { shape, places, scale, withGradient, newLocal };
      const row = likelihood.kind === "bernoulli"
        ? bernoulli(context)
        : gaussian(context, likelihood as GaussianSpec);
      const { dataDim } = shape;
      const whole = Math.floor(dataDim / 4);
      const next = [images, output, gradient].map((at) =>
        advance(at, i32.const(VECTOR))
      );
      const used = VECTOR * whole;
      return [
        scale.set(f32x4.splat(share.get)),
        repeatWhile([
          row.begin,
          end.set(i32.add(images.get, i32.const(used))),
          whole === 0 ? [] : repeatWhile(
            [row.vector(4), next],
            i32.lt_u(images.get, end.get),
          ),
          dataDim % 4 === 0 ? [] : row.vector(dataDim % 4),
          f32.store(logLikelihood.get, row.logLikelihood),
          advance(logLikelihood, i32.const(4)),
          advance(images, i32.sub(nextImage.get, i32.const(used))),
          advance(output, i32.const(shape.output - used)),
          advance(gradient, i32.const(shape.output - used)),
          advance(byShared, i32.const(64)),
          rows.set(i32.sub(rows.get, i32.const(1))),
        ], rows.get),
      ];
    },
  };
}

type GaussianSpec = Extract<NetworkSpec["likelihood"], { kind: "gaussian" }>;

interface Context {
  readonly shape: OutputShape;
  readonly places: Record<
    "images" | "output" | "gradient" | "shared" | "byShared",
    Variable
  >;
  /** share in all lanes. */
  readonly scale: Variable;
  readonly withGradient: boolean;
  readonly newLocal: NewLocal;
}

/** x in the first lanes, 0 in the others. */
function firstLanes(x: Code, lanes: number): Code {
  if (lanes === 4) return x;
  const zeros = i32x4.const(0);
  const ones = i32x4.const(-1);
  const chosen = [0, 1, 2, 3].map((lane) => lane < lanes ? lane : 4 + lane);
  return v128.and(x, f32x4.shuffle(ones, zeros, chosen));
}

/**
 * ln p(x|l) = sum of x l - softplus(l), softplus(l) = max(l, 0) + ln(1 + exp(-|l|)):
 * nothing overflows. The sum of the logarithms is the logarithm of the product, taken
 * every 64 factors. The gradient by l is sigmoid(l) - x.
 */
function bernoulli({ places, scale, withGradient, newLocal }: Context): RowCode {
  const { images, output, gradient } = places;
  const [sum, product, logs, x, l, e, inverse] = Array.from(
    { length: 7 },
    () => newLocal("v128"),
  );
  const factors = newLocal("i32");
  const takeLog: Code = [
    logs.set(f32x4.add(logs.get, log(product.get, newLocal))),
    product.set(one),
    factors.set(i32.const(0)),
  ];
  const sigmoid = f32x4.mul(
    inverse.get,
    v128.bitselect(one, e.get, f32x4.ge(l.get, zero)),
  );
  return {
    begin: [sum.set(zero), logs.set(zero), product.set(one), factors.set(i32.const(0))],
    vector: (lanes) => [
      l.set(v128.load(output.get)),
      x.set(v128.load(images.get)),
      e.set(exp(f32x4.neg(f32x4.abs(l.get)), newLocal)),
      sum.set(f32x4.add(
        sum.get,
        firstLanes(
          f32x4.sub(f32x4.mul(x.get, l.get), f32x4.max(l.get, zero)),
          lanes,
        ),
      )),
      product.set(
        f32x4.mul(product.get, f32x4.add(one, firstLanes(e.get, lanes))),
      ),
      !withGradient ? [] : [
        inverse.set(f32x4.div(one, f32x4.add(one, e.get))),
        v128.store(
          gradient.get,
          firstLanes(f32x4.mul(f32x4.sub(sigmoid, x.get), scale.get), lanes),
        ),
      ],
      advance(factors, i32.const(1)),
      when(i32.ge_u(factors.get, i32.const(FACTORS)), takeLog),
    ],
    logLikelihood: [
      takeLog,
      sum.set(f32x4.sub(sum.get, logs.get)),
      sumLanes(sum),
    ],
  };
}

/**
 * ln p(x|z) = -sum of ((x - mean)^2 / variance + ln variance + ln 2 pi) / 2, with
 * variance = VARIANCE_FLOOR + exp(logVar) where it is learnt. With
 * r = (x - mean)^2 / variance the gradient of its negative is (mean - x) / variance by
 * the mean, and (1 - r) / 2 * exp(logVar) / variance by logVar.
 */
function gaussian(
  { shape, places, scale, withGradient, newLocal }: Context,
  { variance: kind }: GaussianSpec,
): RowCode {
  const { images, output, gradient, shared, byShared } = places;
  const [sum, error, variance, expLogVar, scaled, logs, bySum] = Array.from(
    { length: 7 },
    () => newLocal("v128"),
  );
  const isFixed = typeof kind === "number";
  const ofLogVar = (logVar: Code): Code => [
    expLogVar.set(exp(logVar, newLocal)),
    variance.set(f32x4.add(expLogVar.get, f32x4.const(VARIANCE_FLOOR))),
    logs.set(f32x4.add(log(variance.get, newLocal), f32x4.const(LOG_2_PI))),
  ];
  const fixed: Code = isFixed
    ? [
      variance.set(f32x4.const(kind)),
      logs.set(f32x4.const(LOG_2_PI + Math.log(kind))),
    ]
    : [];
  const byLogVar = f32x4.mul(
    f32x4.mul(
      f32x4.sub(one, f32x4.mul(error.get, scaled.get)),
      f32x4.div(expLogVar.get, f32x4.mul(variance.get, f32x4.const(2))),
    ),
    scale.get,
  );
  return {
    begin: [
      sum.set(zero),
      bySum.set(zero),
      fixed,
      kind === "shared" ? ofLogVar(v128.load32_splat(shared.get)) : [],
    ],
    vector: (lanes) => [
      kind === "pixel" ? ofLogVar(v128.load(output.get, shape.logVar)) : [],
      error.set(f32x4.sub(v128.load(output.get), v128.load(images.get))),
      scaled.set(f32x4.div(error.get, variance.get)),
      sum.set(f32x4.add(
        sum.get,
        firstLanes(f32x4.add(f32x4.mul(error.get, scaled.get), logs.get), lanes),
      )),
      !withGradient ? [] : [
        v128.store(
          gradient.get,
          firstLanes(f32x4.mul(scaled.get, scale.get), lanes),
        ),
        kind === "pixel"
          ? v128.store(gradient.get, firstLanes(byLogVar, lanes), shape.logVar)
          : [],
        kind === "shared"
          ? bySum.set(f32x4.add(bySum.get, firstLanes(byLogVar, lanes)))
          : [],
      ],
    ],
    logLikelihood: [
      withGradient && kind === "shared" ? f32.store(byShared.get, sumLanes(bySum)) : [],
      f32.mul(sumLanes(sum), f32.const(-0.5)),
    ],
  };
}
