import * as tf from "@tensorflow/tfjs";
import { hasRelaxed } from "../simd/mod.ts";
import { registerFusedKernels } from "./fused_kernels.ts";
import { BackendObstacle } from "./obstacle.ts";
import { registerConvolutions } from "./wasm_convolution.ts";
import { registerMatMuls } from "./wasm_mat_mul.ts";

const moduleName = "tfjs-backend-wasm-simd.wasm";

let prepared = false;

/**
 * Readies the wasm backend: finds its module, refuses early what would fail inside
 * it, and replaces its matrix products.
 *
 * @returns what runs it
 * @throws {BackendObstacle} if SIMD or the permission to read the module is missing
 */
export async function prepareWasm(): Promise<string> {
  const description = "WebAssembly with SIMD, one thread";
  if (prepared) return description;

  const folder = packageFolder();
  requireRead(`${folder}${moduleName}`);
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  if (!await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) {
    throw new BackendObstacle(
      "wasm",
      "this engine must have WebAssembly SIMD: it has none",
      "ask for cpu instead",
    );
  }
  // The threaded build gains nothing and needs workers; never let it be chosen.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(folder);
  registerMatMuls();
  registerConvolutions();
  registerFusedKernels();
  prepared = true;
  return description;
}

/**
 * Readies the wasm backend for products that may round once.
 *
 * @returns what runs it
 * @throws {BackendObstacle} if the instruction is missing, or what wasm needs
 */
export async function prepareRelaxed(): Promise<string> {
  if (!hasRelaxed()) {
    throw new BackendObstacle(
      "wasm-relaxed",
      "this engine must have the relaxed instructions of WebAssembly: it has none",
      "ask for wasm instead",
    );
  }
  return `${await prepareWasm()}, products rounded as the machine likes`;
}

// The package's main file lies beside its modules.
function packageFolder(): string {
  const main = import.meta.resolve("@tensorflow/tfjs-backend-wasm");
  if (!main.startsWith("file:")) {
    throw new BackendObstacle(
      "wasm",
      `its package must be installed in node_modules: ${main}`,
      'set "nodeModulesDir": "auto" in deno.json',
    );
  }
  const { pathname } = new URL(".", main);
  const path = decodeURIComponent(pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

// Emscripten answers a missing permission with a screen of aborts.
function requireRead(path: string): void {
  const { state } = Deno.permissions.querySync({ name: "read", path });
  if (state !== "granted") {
    throw new BackendObstacle(
      "wasm",
      `its module must be readable: ${path}`,
      "pass --allow-read=. or ask for cpu",
    );
  }
}
