/**
 * WebAssembly written at run time: a small assembler, and kernels made with it.
 *
 * No build step and no binary: a kernel is a TypeScript function that returns the code
 * for exactly the shapes at hand, with sizes and strides as constants.
 *
 * - `instantiate` makes functions on a memory, which may be shared by threads; `i32`, `f32`, `v128`, `f32x4`, ... are the instructions, written as
 *   expressions; `when`, `repeatWhile` and `forSteps` are the control flow.
 * - `createGemm` makes the kernels of a matrix product: `pack` B (ranges of panels),
 *   then `multiply` (ranges of rows). Its bits do not depend on how rows are split.
 * - `forVectors` writes the loop of an elementwise kernel; `exp`, `log`, `log1p`,
 *   `sigmoid`, `softplus` and `tanh` are fragments for it. They use no library
 *   function of the machine, so their bits are the same everywhere.
 * - `createAdam` makes the update of Adam in one pass, for any part of the weights.
 *
 * Addresses are byte offsets into the memory; an aligned one is faster, none is needed.
 *
 * @module
 */
export type { Code, ValueType, VectorConstant } from "./code.ts";
export {
  type Access,
  type Binary,
  f32,
  f64,
  type FloatBinary,
  type FloatOperations,
  type FloatUnary,
  i32,
  i64,
  type IntegerBinary,
  type Load,
  type Operations,
  type Store,
  type Unary,
} from "./scalar.ts";
export { f32x4, f64x2, i32x4, type LaneAccess, v128 } from "./vector.ts";
export {
  advance,
  call,
  forSteps,
  repeatWhile,
  select,
  type Variable,
  when,
} from "./control.ts";
export {
  assemble,
  type Exports,
  type FunctionSource,
  instantiate,
  type NewLocal,
} from "./wasm_module.ts";
export { multiplyAddOf } from "./gemm_code.ts";
export {
  createGemm,
  type Gemm,
  type GemmPlaces,
  type GemmShape,
  hasRelaxed,
  type Range,
} from "./gemm.ts";
export { forVectors, type Lanes } from "./vector_loop.ts";
export {
  exp,
  log,
  log1p,
  sigmoid,
  softplus,
  tanh,
  type VectorFunction,
} from "./vector_math.ts";
export { clearUpperHalves } from "./registers.ts";
export { type AdamConstants, type AdamPlaces, createAdam } from "./adam.ts";
