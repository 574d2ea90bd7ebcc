import type { Code } from "./code.ts";
import type { Variable } from "./control.ts";
import { f32x4, v128 } from "./vector.ts";
import { forVectors } from "./vector_loop.ts";
import { type Exports, instantiate } from "./wasm_module.ts";

/** Byte addresses of arrays that an update of Adam works on, and how long they are. */
export interface AdamPlaces {
  /** The weights. */
  readonly w: number;
  /** Their gradient; only read. */
  readonly g: number;
  /** The running mean of the gradient. */
  readonly m: number;
  /** The running mean of its square. */
  readonly v: number;
  /** Numbers in each. */
  readonly count: number;
}

/** Constants of an update, rounded to float32 in the kernel. */
export interface AdamConstants {
  /** 1 - beta1. */
  readonly shareM: number;
  /** 1 - beta2. */
  readonly shareV: number;
  /** The learning rate with both bias corrections. */
  readonly rate: number;
  /** Epsilon with the bias correction of v. */
  readonly epsilon: number;
}

/**
 * The kernel of one update of Adam (Kingma and Ba 2015, algorithm 1), in one pass over
 * memory.
 *
 * m <- m + (g - m) shareM, v <- v + (g^2 - v) shareV,
 * w <- w - m rate / (sqrt(v) + epsilon), each operation rounded to float32, so that
 * the bits do not depend on how the arrays are cut. A first moment below 2^-100 and a
 * second below 2^-115 in size become 0: means of gradients that have stopped would
 * decay into subnormal numbers and stay there, a hundred times slower.
 *
 * @param memory Where the arrays lie.
 * @returns The kernel; to share an update between threads, give each a part.
 *
 * @example The first step goes against the sign of the gradient
 * ```ts
 * import { createAdam } from "elbo/simd";
 * import { assertEquals } from "@std/assert";
 *
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * const view = new Float32Array(memory.buffer);
 * view.set([1, 0.5]); // w and g; m and v are zero
 * const update = createAdam(memory);
 * update({ w: 0, g: 4, m: 8, v: 12, count: 1 }, {
 *   shareM: 0.1,
 *   shareV: 0.001,
 *   rate: 0.25 * Math.sqrt(0.001) / 0.1,
 *   epsilon: 0,
 * });
 * assertEquals(Math.fround(view[0] - 0.75) < 1e-6, true);
 * ```
 */
export function createAdam(
  memory: WebAssembly.Memory,
): (places: AdamPlaces, constants: AdamConstants) => void {
  const kernel = kept.get(memory) ?? compile(memory);
  kept.set(memory, kernel);
  return ({ w, g, m, v, count }, { shareM, shareV, rate, epsilon }) => {
    // Short calls, as the engine moves to its optimised code between calls only.
    for (let from = 0; from < count; from += NUMBERS_IN_CALL) {
      const at = 4 * from;
      const numbers = Math.min(NUMBERS_IN_CALL, count - from);
      const places = [w + at, g + at, m + at, v + at, numbers];
      kernel.update(...places, shareM, shareV, rate, epsilon);
    }
  };
}

const NUMBERS_IN_CALL = 32768;
const SMALLEST_M = 2 ** -100;
const SMALLEST_V = 2 ** -115;
const kept = new WeakMap<WebAssembly.Memory, Exports>();

function compile(memory: WebAssembly.Memory): Exports {
  const { add, sub, mul, div, sqrt, abs, splat } = f32x4;
  // What is below a size becomes zero; a NaN stays, as it is not below anything.
  const flush = (x: Variable, smallest: number): Code =>
    v128.andnot(x.get, f32x4.lt(abs(x.get), f32x4.const(smallest)));
  return instantiate({
    update: {
      params: ["i32", "i32", "i32", "i32", "i32", "f32", "f32", "f32", "f32"],
      body: ([w, g, m, v, count, ...constants], newLocal) => {
        const vectors = constants.map(() => newLocal("v128"));
        const [shareM, shareV, rate, epsilon] = vectors;
        const [gradient, mean, square] = [0, 1, 2].map(() => newLocal("v128"));
        const towards = (mean: Variable, value: Code, share: Variable) =>
          mean.set(add(mean.get, mul(sub(value, mean.get), share.get)));
        return [
          vectors.map((vector, i) => vector.set(splat(constants[i].get))),
          forVectors({ pointers: [w, g, m, v], count, newLocal }, ({ load, store }) => [
            gradient.set(load(g)),
            mean.set(load(m)),
            towards(mean, gradient.get, shareM),
            store(m, mean.tee(flush(mean, SMALLEST_M))),
            square.set(load(v)),
            towards(square, mul(gradient.get, gradient.get), shareV),
            store(v, square.tee(flush(square, SMALLEST_V))),
            store(
              w,
              sub(
                load(w),
                div(mul(mean.get, rate.get), add(sqrt(square.get), epsilon.get)),
              ),
            ),
          ]),
        ];
      },
    },
  }, memory);
}
