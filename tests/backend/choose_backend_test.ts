import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { type BackendName, type BackendRequest, chooseBackend } from "elbo/backend";
import { hasRelaxed } from "elbo/simd";
import { firstThatRuns } from "../../lib/backend/choose_backend.ts";
import { BackendObstacle } from "../../lib/backend/obstacle.ts";
import { requireHardware } from "../../lib/backend/webgpu_backend.ts";
import { granted } from "../helpers/permissions.ts";

// First in this file: once the module is loaded, wasm needs no permission.
Deno.test({
  name: "chooseBackend: wasm without read permission says what to grant",
  permissions: "none",
  fn: async () => {
    await assertRejects(
      () => chooseBackend("wasm"),
      Error,
      "pass --allow-read=. or ask for cpu",
    );
  },
});

Deno.test("chooseBackend: refuses a name that it does not know", async () => {
  await assertRejects(
    () => chooseBackend("cuda" as BackendRequest),
    RangeError,
    "must be auto, cpu, wasm, wasm-relaxed, webgpu: cuda",
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
  name: "chooseBackend: wasm has SIMD and one thread (reads its module)",
  ignore: !granted("read"),
  fn: async () => {
    const backend = await chooseBackend("wasm");
    assertEquals(backend.name, "wasm");
    assertEquals(backend.why, "");
    assertEquals(tf.getBackend(), "wasm");
    assertEquals(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"), true);
    assertEquals(await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT"), false);
    assertStrictEquals(await chooseBackend("wasm"), backend);
  },
});

Deno.test({
  name:
    "chooseBackend: auto is webgpu on a graphics processor, else wasm, and says why",
  ignore: !granted("read"),
  fn: async () => {
    const adapter = await navigator.gpu?.requestAdapter({
      powerPreference: "high-performance",
    }) ?? null;
    const { name, why } = await chooseBackend("auto");
    assertEquals(tf.getBackend(), name);
    let obstacle = "";
    try {
      requireHardware(adapter);
    } catch (error) {
      ({ obstacle } = error as BackendObstacle);
    }
    assertEquals(name, obstacle ? "wasm" : "webgpu");
    assertEquals(why, obstacle && `webgpu cannot run, as ${obstacle}`);
  },
});

Deno.test({
  name: "chooseBackend: wasm-relaxed may round a product once, wasm may not (reads)",
  ignore: !granted("read") || !hasRelaxed(),
  fn: async () => {
    // (1 + e)(1 - e) - 1 = -e^2, lost if the product is rounded first.
    const e = 2 ** -13;
    const product = async (name: BackendName) => {
      const backend = await chooseBackend(name);
      assertEquals(backend.name, name);
      assertEquals(tf.getBackend(), "wasm");
      const x = tf.tensor2d([[-1, 1 + e]]);
      return tf.matMul(x, tf.tensor2d([[1], [1 - e]])).dataSync()[0];
    };
    assertEquals(await product("wasm"), 0);
    const relaxed = await product("wasm-relaxed");
    assert(relaxed === 0 || relaxed === -(e ** 2), `${relaxed}`);
    assertEquals(await product("wasm"), 0);
  },
});

Deno.test("auto: takes the first that runs, and says what kept the others", async () => {
  const runs = () => Promise.resolve("");
  const lacks = (name: BackendName, what: string) => () =>
    Promise.reject(new BackendObstacle(name, what, "do something else"));
  const order = ["webgpu", "wasm", "cpu"] as const;
  const all = { webgpu: runs, wasm: runs, "wasm-relaxed": runs, cpu: runs };
  assertEquals(await firstThatRuns(order, all), { name: "webgpu", why: "" });
  const noGpu = { ...all, webgpu: lacks("webgpu", "there is none") };
  assertEquals(await firstThatRuns(order, noGpu), {
    name: "wasm",
    why: "webgpu cannot run, as there is none",
  });
  const neither = { ...noGpu, wasm: lacks("wasm", "it is not readable") };
  assertEquals(await firstThatRuns(order, neither), {
    name: "cpu",
    why: "webgpu cannot run, as there is none; wasm cannot run, as it is not readable",
  });
  // What is no obstacle is a mistake, and must show.
  const broken = { ...all, webgpu: () => Promise.reject(new TypeError("a mistake")) };
  await assertRejects(() => firstThatRuns(order, broken), TypeError, "a mistake");
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
