/**
 * Readies the webgpu backend, on a graphics processor only.
 *
 * Where there is none the engine may hand out a renderer in software, llvmpipe or
 * SwiftShader, without a word: it works and is slower than wasm, so that nobody who
 * asks for webgpu can mean it.
 *
 * @returns the description of the adapter
 * @throws {Error} if there is no adapter, or only one in software
 */
export async function prepareWebgpu(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter({
    powerPreference: "high-performance",
  });
  if (!adapter) {
    throw new Error(
      "Cannot use the webgpu backend as this machine must have a graphics adapter: none was found; ask for wasm instead",
    );
  }
  const { description, isFallbackAdapter } = adapter.info;
  if (isFallbackAdapter || isSoftware(description)) {
    throw new Error(
      `Cannot use the webgpu backend as its adapter must be a graphics processor: ${description}; ask for wasm instead`,
    );
  }
  await import("@tensorflow/tfjs-backend-webgpu");
  return description || "an adapter without a description";
}

/** Whether an adapter's description is that of a renderer in software. */
export function isSoftware(description: string): boolean {
  return /llvmpipe|lavapipe|swiftshader|softpipe|basic render/i.test(description);
}
