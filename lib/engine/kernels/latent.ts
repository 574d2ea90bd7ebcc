import {
  advance,
  type Code,
  exp,
  f32,
  f32x4,
  type FunctionSource,
  i32,
  repeatWhile,
  v128,
  type Variable,
} from "../../simd/mod.ts";

/** Strides of the matrices of a latent row, in bytes, and where logVar begins in it. */
export interface LatentShape {
  /** [mean | logVar]. */
  readonly heads: number;
  readonly logVar: number;
  /** z, eps, scale and the gradient by z. */
  readonly z: number;
}

const half = f32x4.const(0.5);
const one = f32x4.const(1);

/** The sum of the four lanes, always in the same order. */
export function sumLanes(x: Variable): Code {
  const lane = (i: number) => f32x4.extract_lane(x.get, i);
  return f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3)));
}

/** Code for each vector of each row; `offset` is of the vector in its row. */
export function eachRow(
  { rows, offset, bytes, begin = [], vector, end }: {
    readonly rows: Variable;
    readonly offset: Variable;
    readonly bytes: number;
    readonly begin?: Code;
    readonly vector: Code;
    readonly end: Code;
  },
): Code {
  return repeatWhile([
    begin,
    offset.set(i32.const(0)),
    repeatWhile(
      [vector, advance(offset, i32.const(16))],
      i32.lt_u(offset.get, i32.const(bytes)),
    ),
    end,
    rows.set(i32.sub(rows.get, i32.const(1))),
  ], rows.get);
}

/**
 * (heads, eps, scale, z, kl, rows): scale = exp(logVar / 2), z = mean + scale eps, and
 * KL(N(mean, scale^2) || N(0, I)) = sum of (mean^2 + scale^2 - 1 - logVar) / 2.
 *
 * Columns beyond latentDim are zeros in mean, logVar and eps: they stay zeros in z and
 * add nothing to the KL.
 */
export function drawLatent(shape: LatentShape): FunctionSource {
  return {
    params: ["i32", "i32", "i32", "i32", "i32", "i32"],
    body: ([heads, eps, scale, z, kl, rows], newLocal) => {
      const offset = newLocal("i32");
      const [mean, logVar, s, sum] = [0, 1, 2, 3].map(() => newLocal("v128"));
      const at = (row: Variable) => i32.add(row.get, offset.get);
      const excess = f32x4.sub(
        f32x4.sub(f32x4.mul(s.get, s.get), one),
        logVar.get,
      );
      return eachRow({
        ...{ rows, offset, bytes: shape.logVar },
        begin: sum.set(f32x4.const(0)),
        vector: [
          mean.set(v128.load(at(heads))),
          logVar.set(v128.load(at(heads), shape.logVar)),
          s.set(exp(f32x4.mul(logVar.get, half), newLocal)),
          v128.store(at(scale), s.get),
          v128.store(
            at(z),
            f32x4.add(mean.get, f32x4.mul(s.get, v128.load(at(eps)))),
          ),
          sum.set(
            f32x4.add(
              sum.get,
              f32x4.add(f32x4.mul(mean.get, mean.get), excess),
            ),
          ),
        ],
        end: [
          f32.store(kl.get, f32.mul(sumLanes(sum), f32.const(0.5))),
          advance(kl, i32.const(4)),
          advance(heads, i32.const(shape.heads)),
          [eps, scale, z].map((row) => advance(row, i32.const(shape.z))),
        ],
      });
    },
  };
}

/**
 * (heads, scale, to, rows): the mean over rows of each dimension's KL,
 * (mean^2 + scale^2 - 1 - logVar) / 2.
 */
export function klMeans(shape: LatentShape): FunctionSource {
  return {
    params: ["i32", "i32", "i32", "i32"],
    body: ([heads, scale, to, rows], newLocal) => {
      const [row, from, offset] = [0, 1, 2].map(() => newLocal("i32"));
      const at = newLocal("i32");
      const [mean, s, sum] = [0, 1, 2].map(() => newLocal("v128"));
      const excess = f32x4.sub(
        f32x4.sub(f32x4.mul(s.get, s.get), one),
        v128.load(from.get, shape.logVar),
      );
      const share = f32.div(f32.const(0.5), f32.convert_i32_u(rows.get));
      return repeatWhile([
        from.set(i32.add(heads.get, offset.get)),
        at.set(i32.add(scale.get, offset.get)),
        row.set(rows.get),
        sum.set(f32x4.const(0)),
        repeatWhile([
          mean.set(v128.load(from.get)),
          s.set(v128.load(at.get)),
          sum.set(f32x4.add(
            sum.get,
            f32x4.add(f32x4.mul(mean.get, mean.get), excess),
          )),
          advance(from, i32.const(shape.heads)),
          advance(at, i32.const(shape.z)),
          row.set(i32.sub(row.get, i32.const(1))),
        ], row.get),
        v128.store(
          i32.add(to.get, offset.get),
          f32x4.mul(sum.get, f32x4.splat(share)),
        ),
        advance(offset, i32.const(16)),
      ], i32.lt_u(offset.get, i32.const(shape.logVar)));
    },
  };
}

/**
 * (heads, eps, scale, byZ, byHeads, rows, shares): the gradient by mean and logVar.
 *
 * By z = mean + scale eps the gradient by z reaches both; the KL of a dimension, weighed
 * by its share, adds share mean and share (scale^2 - 1) / 2. A share is
 * beta / batchSize, or 0 where the dimension is free.
 */
export function latentGradient(shape: LatentShape): FunctionSource {
  return {
    params: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    body: ([heads, eps, scale, byZ, byHeads, rows, shares], newLocal) => {
      const offset = newLocal("i32");
      const [s, dz, weight] = [0, 1, 2].map(() => newLocal("v128"));
      const at = (row: Variable) => i32.add(row.get, offset.get);
      const throughScale = f32x4.mul(f32x4.mul(dz.get, v128.load(at(eps))), s.get);
      const ofKl = f32x4.mul(f32x4.sub(f32x4.mul(s.get, s.get), one), weight.get);
      return eachRow({
        ...{ rows, offset, bytes: shape.logVar },
        vector: [
          weight.set(v128.load(at(shares))),
          s.set(v128.load(at(scale))),
          dz.set(v128.load(at(byZ))),
          v128.store(
            at(byHeads),
            f32x4.add(dz.get, f32x4.mul(v128.load(at(heads)), weight.get)),
          ),
          v128.store(
            at(byHeads),
            f32x4.mul(f32x4.add(throughScale, ofKl), half),
            shape.logVar,
          ),
        ],
        end: [
          [heads, byHeads].map((row) => advance(row, i32.const(shape.heads))),
          [eps, scale, byZ].map((row) => advance(row, i32.const(shape.z))),
        ],
      });
    },
  };
}

/**
 * (eps, scale, z, byZ, shares, byHeads, rows, share): adds to the gradient by one image's
 * mean and logVar what each of its draws gives; share = 1 / batchSize. The algebra is in
 * `k_sample_pass.ts`.
 */
export function kSampleLatentGradient(
  shape: LatentShape,
  { doubly }: { doubly: boolean },
): FunctionSource {
  return {
    params: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "f32"],
    body: ([eps, scale, z, byZ, shares, byHeads, rows, share], newLocal) => {
      const offset = newLocal("i32");
      const [counts, weight, noise, s, slope] = Array.from(
        { length: 5 },
        () => newLocal("v128"),
      );
      const at = (row: Variable) => i32.add(row.get, offset.get);
      const add = (value: Code, to: number) =>
        v128.store(
          at(byHeads),
          f32x4.add(v128.load(at(byHeads), to), value),
          to,
        );
      const ofQ = f32x4.mul(f32x4.div(noise.get, s.get), weight.get);
      const along = f32x4.mul(f32x4.mul(slope.get, noise.get), s.get);
      return eachRow({
        ...{ rows, offset, bytes: shape.logVar },
        begin: [
          counts.set(v128.load32_splat(shares.get)),
          weight.set(f32x4.mul(counts.get, f32x4.splat(share.get))),
        ],
        vector: [
          noise.set(v128.load(at(eps))),
          s.set(v128.load(at(scale))),
          slope.set(f32x4.add(
            v128.load(at(byZ)),
            f32x4.mul(v128.load(at(z)), weight.get),
          )),
          doubly ? slope.set(f32x4.mul(f32x4.sub(slope.get, ofQ), counts.get)) : [],
          add(slope.get, 0),
          add(
            f32x4.mul(doubly ? along : f32x4.sub(along, weight.get), half),
            shape.logVar,
          ),
        ],
        end: [
          advance(shares, i32.const(4)),
          [eps, scale, z, byZ].map((row) => advance(row, i32.const(shape.z))),
        ],
      });
    },
  };
}

/**
 * (heads, eps, z, logRatio, rows): ln p(z) - ln q(z|x) = sum of
 * (eps^2 + logVar - z^2) / 2, as the constants of the two normals cancel.
 */
export function latentLogRatio(shape: LatentShape): FunctionSource {
  return {
    params: ["i32", "i32", "i32", "i32", "i32"],
    body: ([heads, eps, z, logRatio, rows], newLocal) => {
      const offset = newLocal("i32");
      const [noise, code, sum] = [0, 1, 2].map(() => newLocal("v128"));
      const at = (row: Variable) => i32.add(row.get, offset.get);
      return eachRow({
        ...{ rows, offset, bytes: shape.logVar },
        begin: sum.set(f32x4.const(0)),
        vector: [
          noise.set(v128.load(at(eps))),
          code.set(v128.load(at(z))),
          sum.set(f32x4.add(
            sum.get,
            f32x4.add(
              f32x4.sub(
                f32x4.mul(noise.get, noise.get),
                f32x4.mul(code.get, code.get),
              ),
              v128.load(at(heads), shape.logVar),
            ),
          )),
        ],
        end: [
          f32.store(logRatio.get, f32.mul(sumLanes(sum), f32.const(0.5))),
          advance(logRatio, i32.const(4)),
          advance(heads, i32.const(shape.heads)),
          [eps, z].map((row) => advance(row, i32.const(shape.z))),
        ],
      });
    },
  };
}
