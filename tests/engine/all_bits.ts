/** Prints what the vector code computes, to be compared between two processes. */
import { createRandom, STREAMS } from "elbo/math";
import { createGemm, type GemmShape } from "elbo/simd";
import { sixSteps, specs } from "./six_steps.ts";

const SIZES = [1, 3, 8, 16, 33, 50];

/** The bits of every network's state after six steps, and of products of many shapes. */
export async function allBits(): Promise<string[]> {
  const states = [];
  for (const spec of specs) {
    for (const sparseBelow of [0, 2]) {
      const { bits } = await sixSteps(spec, { threads: 1, sparseBelow });
      states.push(await digest(JSON.stringify([...bits])));
    }
  }
  return [...states, await digest(JSON.stringify(productBits()))];
}

function productBits(): string[] {
  const random = createRandom({ seed: 2, stream: STREAMS.test });
  const memory = new WebAssembly.Memory({ initial: 2 });
  const floats = new Float32Array(memory.buffer).map(() => random.normal());
  new Float32Array(memory.buffer).set(floats);
  const places = { a: 0, b: 16_384, c: 32_768, bias: 49_152, packed: 65_536 };
  const bits: string[] = [];
  for (const m of SIZES) {
    for (const n of SIZES) {
      for (const k of SIZES) {
        for (const transposed of [{}, { transposeA: true }, { transposeB: true }]) {
          const shape: GemmShape = { m, n, k, ...transposed, start: "bias" };
          const gemm = createGemm(memory, shape);
          gemm.pack(places);
          gemm.multiply(places);
          bits.push(new Uint8Array(memory.buffer, places.c, 4 * m * n).toHex());
        }
      }
    }
  }
  return bits;
}

async function digest(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

if (import.meta.main) console.log(JSON.stringify(await allBits()));
