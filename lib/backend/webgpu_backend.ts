import { BackendObstacle } from "./obstacle.ts";

/**
 * Readies the webgpu backend, on a graphics processor only.
 *
 * @returns the adapter's description of itself
 * @throws {BackendObstacle} if there is no adapter, or only one in software
 */
export async function prepareWebgpu(): Promise<string> {
  // The backend asks for its adapter with the same preference.
  const adapter = await navigator.gpu?.requestAdapter({
    powerPreference: "high-performance",
  });
  const description = requireHardware(adapter ?? null);
  await import("@tensorflow/tfjs-backend-webgpu");
  return description;
}

/**
 * Refuses an adapter that renders in software.
 *
 * Where there is no graphics processor the engine may hand out such a one without a
 * word. It computes right and is slower than wasm, so nobody who asks for webgpu can
 * mean it.
 *
 * @returns the adapter's description of itself
 */
export function requireHardware(adapter: GPUAdapter | null): string {
  if (!adapter) {
    throw new BackendObstacle(
      "webgpu",
      "this machine must have a graphics adapter: none was found",
      "ask for wasm instead",
    );
  }
  const { description, isFallbackAdapter } = adapter.info;
  const software = /llvmpipe|lavapipe|softpipe|swiftshader|basic render/i;
  if (isFallbackAdapter || software.test(description)) {
    throw new BackendObstacle(
      "webgpu",
      `its adapter must be a graphics processor: ${description}`,
      "ask for wasm instead",
    );
  }
  return description || "a graphics processor without a name";
}
