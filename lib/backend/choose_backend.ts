import * as tf from "@tensorflow/tfjs";
import { prepareWasm } from "./wasm_backend.ts";
import { prepareWebgpu } from "./webgpu_backend.ts";

/** A backend that can train. */
export type BackendName = "cpu" | "wasm" | "webgpu";

/** What a user may ask for; "auto" is "wasm". */
export type BackendRequest = BackendName | "auto";

/** The backend in use. */
export interface Backend {
  /** What was asked for, with "auto" resolved. */
  readonly name: BackendName;
  /** What runs it, for a log: the adapter's own words on webgpu. */
  readonly description: string;
}

const preparations: Record<BackendName, () => Promise<string>> = {
  cpu: () => Promise.resolve("plain JavaScript, about 20 times slower than wasm"),
  wasm: prepareWasm,
  webgpu: prepareWebgpu,
};

let current: Backend | undefined;

/**
 * Makes a backend the one on which tensors live and operations run.
 *
 * "auto" is "wasm" on every machine: a run whose numbers depended on the hardware
 * that it happened to meet could not be repeated. A backend that cannot start is an
 * error, never silently another one. There is one backend in a process at a time;
 * tensors made on another one move when they are next used.
 *
 * cpu and webgpu need no permission, wasm reads its module from the installed
 * package (`--allow-read=.`).
 *
 * @param request The backend.
 * @returns Its name and what runs it.
 * @throws {RangeError} If there is no backend of that name.
 * @throws {Error} If the backend cannot run here; the message says what to do.
 *
 * @example The one that runs everywhere
 * ```ts
 * import { chooseBackend } from "elbo/backend";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = await chooseBackend("cpu");
 * assertEquals(backend.name, "cpu");
 * ```
 */
export async function chooseBackend(
  request: BackendRequest = "auto",
): Promise<Backend> {
  const name = request === "auto" ? "wasm" : request;
  if (!Object.hasOwn(preparations, name)) {
    throw new RangeError(
      `Cannot choose a backend as its name must be auto, cpu, wasm or webgpu: ${request}`,
    );
  }
  if (current?.name === name && tf.getBackend() === name) return current;

  const description = await preparations[name]();
  if (!await tf.setBackend(name)) {
    throw new Error(
      `Cannot use the ${name} backend as it must start: it did not; ask for cpu instead`,
    );
  }
  if (name === "cpu") silenceAdvertisement();
  current = { name, description };
  return current;
}

// On its first tensor the cpu backend prints a banner that recommends a package
// for Node. The flag is private to it, so that its type does not name it.
function silenceAdvertisement(): void {
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}
