import * as tf from "@tensorflow/tfjs";
import { type Exports, type FunctionSource, instantiate } from "../simd/mod.ts";

/** What a kernel of the wasm backend is called with. */
export interface KernelArguments {
  readonly inputs: Record<string, tf.TensorInfo>;
  readonly attrs: Record<string, unknown>;
}

/** The tfjs name of the backend whose kernels are replaced here. */
export const WASM = "wasm";

interface WasmBackend {
  readonly wasm: { readonly asm: { readonly memory: WebAssembly.Memory } };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: "float32"): tf.TensorInfo;
  disposeData(dataId: object): void;
}

// tfjs does not export the type of its backend.
function wasmBackend(): WasmBackend {
  return tf.backend() as unknown as WasmBackend;
}

/** The memory in which the wasm backend keeps its tensors; it grows, never moves. */
export function wasmMemory(): WebAssembly.Memory {
  return wasmBackend().wasm.asm.memory;
}

/** The byte address of a tensor, for as long as it lives. */
export function addressOf({ dataId }: tf.TensorInfo): number {
  return wasmBackend().dataIdMap.get(dataId).memoryOffset;
}

/** A tensor for a kernel to fill; its values are whatever lay there. */
export function makeOutput(shape: number[]): tf.TensorInfo {
  return wasmBackend().makeOutput(shape, "float32");
}

/** Runs a computation with some bytes of the backend's memory. */
export function withScratch<T>(bytes: number, compute: (address: number) => T): T {
  const scratch = makeOutput([Math.ceil(bytes / 4)]);
  try {
    return compute(addressOf(scratch));
  } finally {
    free(scratch);
  }
}

/** Frees what no tensor holds yet. */
export function free({ dataId }: tf.TensorInfo): void {
  wasmBackend().disposeData(dataId);
}

/** Runs another kernel of the backend. */
export function runKernel(
  name: string,
  inputs: Record<string, tf.TensorInfo>,
  attrs: Record<string, unknown> = {},
): tf.TensorInfo {
  const { kernelFunc } = tf.getKernel(name, WASM);
  const args = { inputs, attrs, backend: tf.backend() };
  return kernelFunc(args as Parameters<tf.KernelFunc>[0]) as tf.TensorInfo;
}

/** Puts a kernel in the place of the one of this name, if there is one. */
export function replaceKernel(
  kernelName: string,
  kernelFunc: (args: KernelArguments) => tf.TensorInfo,
): void {
  if (tf.getKernel(kernelName, WASM)) tf.unregisterKernel(kernelName, WASM);
  const run = kernelFunc as unknown as tf.KernelFunc;
  tf.registerKernel({ kernelName, backendName: WASM, kernelFunc: run });
}

const kept = new WeakMap<WebAssembly.Memory, Map<string, Exports>>();

/** The function `run` of a name, compiled for the backend's memory at its first use. */
export function kernel(name: string, source: () => FunctionSource): Exports {
  const memory = wasmMemory();
  const ofMemory = kept.get(memory) ?? new Map<string, Exports>();
  kept.set(memory, ofMemory);
  const made = ofMemory.get(name) ?? instantiate({ run: source() }, memory);
  ofMemory.set(name, made);
  return made;
}
