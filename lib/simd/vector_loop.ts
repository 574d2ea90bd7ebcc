import type { Code } from "./code.ts";
import { advance, forSteps, type Variable } from "./control.ts";
import { i32 } from "./scalar.ts";
import { v128 } from "./vector.ts";
import type { NewLocal } from "./wasm_module.ts";

/** How the body of `forVectors` reads and writes where its pointers stand. */
export interface Lanes {
  /** The numbers at a pointer. */
  readonly load: (pointer: Variable) => Code;
  /** Writes the numbers at a pointer. */
  readonly store: (pointer: Variable, value: Code) => Code;
}

/**
 * Runs `body` on each vector of some arrays of `count` float32 numbers, then on each
 * number that is left, alone in its vector: the same operations, so the same bits
 * wherever an array is cut. Other lanes are zero there.
 *
 * @param places The arrays, `pointers` to their first elements, which move to their
 *   ends; `count` (i32) is kept.
 * @param body The code for one vector of each; called twice.
 * @returns The code of the loops.
 */
export function forVectors(
  { pointers, count, newLocal }: {
    readonly pointers: readonly Variable[];
    readonly count: Variable;
    readonly newLocal: NewLocal;
  },
  body: (lanes: Lanes) => Code,
): Code {
  const at = newLocal("i32");
  const steps = (step: number, lanes: Lanes) =>
    forSteps(at, { to: count.get, step }, [
      body(lanes),
      pointers.map((pointer) => advance(pointer, i32.const(4 * step))),
    ]);
  return [
    at.set(i32.const(0)),
    steps(4, {
      load: ({ get }) => v128.load(get),
      store: ({ get }, value) => v128.store(get, value),
    }),
    steps(1, {
      load: ({ get }) => v128.load32_zero(get),
      store: ({ get }, value) => v128.store32_lane(get, value, { lane: 0 }),
    }),
  ];
}
