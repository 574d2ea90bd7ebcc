import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { type BackendRequest, chooseBackend } from "elbo/backend";
import { requireHardware } from "../../lib/backend/webgpu_backend.ts";
import { granted } from "../helpers/permissions.ts";

// First in this file: once the module is loaded, wasm needs no permission.
Deno.test({
  name: "chooseBackend: wasm without read permission says what to grant",
  permissions: "none",
  fn: async () => {
    for (const request of ["wasm", "auto"] as const) {
      await assertRejects(
        () => chooseBackend(request),
        Error,
        "pass --allow-read=. or ask for cpu",
      );
    }
  },
});

Deno.test("chooseBackend: refuses a name that it does not know", async () => {
  await assertRejects(
    () => chooseBackend("cuda" as BackendRequest),
    RangeError,
    "must be auto, cpu, wasm or webgpu: cuda",
  );
  await assertRejects(() => chooseBackend("toString" as BackendRequest), RangeError);
});

Deno.test("chooseBackend: cpu prints no banner", async () => {
  const printed: unknown[] = [];
  const { warn } = console;
  console.warn = (...words) => printed.push(...words);
  try {
    assertEquals((await chooseBackend("cpu")).name, "cpu");
    tf.tensor1d([1]).dispose();
  } finally {
    console.warn = warn;
  }
  assertEquals(tf.getBackend(), "cpu");
  assertEquals(printed, []);
});

Deno.test({
  name: "chooseBackend: auto is wasm with SIMD and one thread (reads its module)",
  ignore: !granted("read"),
  fn: async () => {
    const backend = await chooseBackend("auto");
    assertEquals(backend.name, "wasm");
    assertEquals(tf.getBackend(), "wasm");
    assertEquals(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"), true);
    assertEquals(await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT"), false);
    assertStrictEquals(await chooseBackend("wasm"), backend);
  },
});

Deno.test({
  name: "chooseBackend: back and forth, tensors follow (reads the wasm module)",
  ignore: !granted("read"),
  fn: async () => {
    await chooseBackend("wasm");
    const x = tf.tensor1d([1, 2]);
    assertEquals((await chooseBackend("cpu")).name, "cpu");
    const y = tf.add(x, 1);
    assertEquals((await chooseBackend("wasm")).name, "wasm");
    assertEquals([...tf.mul(x, y).dataSync()], [2, 6]);
  },
});

Deno.test("webgpu: only a graphics processor will do", () => {
  const adapter = (description: string, isFallbackAdapter = false) =>
    ({ info: { description, isFallbackAdapter } }) as GPUAdapter;
  assertEquals(requireHardware(adapter("NVIDIA H100")), "NVIDIA H100");
  assertEquals(requireHardware(adapter("")), "a graphics processor without a name");
  for (
    const software of [
      adapter("llvmpipe (LLVM 15.0.6, 256 bits)"),
      adapter("SwiftShader Device (Subzero)"),
      adapter("Microsoft Basic Render Driver"),
      adapter("anything", true),
    ]
  ) {
    assertThrows(
      () => requireHardware(software),
      Error,
      `must be a graphics processor: ${software.info.description}`,
    );
  }
  assertThrows(() => requireHardware(null), Error, "none was found; ask for wasm");
});
