import * as tf from "@tensorflow/tfjs";
import { BackendObstacle } from "./obstacle.ts";
import { prepareRelaxed, prepareWasm } from "./wasm_backend.ts";
import { relaxProducts } from "./wasm_products.ts";
import { prepareWebgpu } from "./webgpu_backend.ts";

/**
 * A backend that can train. "wasm-relaxed" is wasm whose matrix products may round
 * x y + z once: faster on some machines, and other machines may then give other bits.
 */
export type BackendName = "cpu" | "wasm" | "wasm-relaxed" | "webgpu";

const BACKENDS = ["cpu", "wasm", "wasm-relaxed", "webgpu"] as const;

/** What a user may ask for; "auto" is the fastest that runs here. */
export type BackendRequest = BackendName | "auto";

/** The backend in use. */
export interface Backend {
  /** What was asked for, with "auto" resolved. */
  readonly name: BackendName;
  /** What runs it, for a log: the adapter's own words on webgpu. */
  readonly description: string;
  /** Why "auto" took none that it would rather have; of what was asked for, nothing. */
  readonly why: string;
}

/** What "auto" takes the first of that runs. */
const PREFERENCE: readonly BackendName[] = ["webgpu", "wasm", "cpu"];

const preparations: Record<BackendName, () => Promise<string>> = {
  cpu: () => Promise.resolve("plain JavaScript, about 20 times slower than wasm"),
  wasm: prepareWasm,
  "wasm-relaxed": prepareRelaxed,
  webgpu: prepareWebgpu,
};

let current: Backend | undefined;

/**
 * Makes a backend the one on which tensors live and operations run.
 *
 * "auto" takes webgpu where there is a graphics processor (an adapter in software is
 * slower than wasm and does not count), else wasm, else cpu, and says why. A backend
 * that is asked for by name and cannot start is an error, never silently another one:
 * backends round differently, so whoever repeats a run names the one that it had. There
 * is one backend in a process at a time; tensors made on another one move when they are
 * next used.
 *
 * cpu and webgpu need no permission, wasm reads its module from the installed
 * package (`--allow-read=.`).
 *
 * @param request The backend.
 * @returns Its name, what runs it, and why it was taken.
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
  if (request === "auto") {
    automatic ??= firstThatRuns(PREFERENCE);
    const { name, why } = await automatic;
    return { ...await useBackend(name), why };
  }
  if (!Object.hasOwn(preparations, request)) {
    throw new RangeError(
      `Cannot choose a backend as its name must be auto, ${
        BACKENDS.join(", ")
      }: ${request}`,
    );
  }
  return await useBackend(request);
}

// Looking for a graphics processor takes a tenth of a second: once is enough.
let automatic: Promise<{ name: BackendName; why: string }> | undefined;

/**
 * The first of some backends that can run here, and what kept those before it.
 *
 * @param prepare stands for the real preparations in a test
 */
export async function firstThatRuns(
  [name, ...others]: readonly BackendName[],
  prepare: Readonly<Record<BackendName, () => Promise<string>>> = preparations,
): Promise<{ name: BackendName; why: string }> {
  try {
    await prepare[name]();
    return { name, why: "" };
  } catch (error) {
    if (!(error instanceof BackendObstacle) || others.length === 0) throw error;
    const next = await firstThatRuns(others, prepare);
    const obstacle = `${name} cannot run, as ${error.obstacle}`;
    return { name: next.name, why: [obstacle, next.why].filter(Boolean).join("; ") };
  }
}

async function useBackend(name: BackendName): Promise<Backend> {
  const tfjsName = name === "wasm-relaxed" ? "wasm" : name;
  if (current?.name === name && tf.getBackend() === tfjsName) return current;

  const description = await preparations[name]();
  if (!await tf.setBackend(tfjsName)) {
    throw new Error(
      `Cannot use the ${name} backend as it must start: it did not; ask for cpu instead`,
    );
  }
  relaxProducts(name === "wasm-relaxed");
  if (name === "cpu") silenceAdvertisement();
  current = { name, description, why: "" };
  return current;
}

// On its first tensor the cpu backend prints a banner that recommends a package
// for Node. The flag is private to it, so that its type does not name it.
function silenceAdvertisement(): void {
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}
