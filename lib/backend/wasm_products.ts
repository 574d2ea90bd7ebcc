import { createGemm, type Gemm, type GemmShape } from "../simd/mod.ts";
import { wasmMemory } from "./wasm_tensors.ts";

let relaxed = false;

/** Whether the products to come may round x y + z once. */
export function relaxProducts(may: boolean): void {
  relaxed = may;
}

/** The kernels of a product in the memory of the wasm backend. */
export function createProduct(shape: GemmShape): Gemm {
  return createGemm(wasmMemory(), { ...shape, relaxed });
}
