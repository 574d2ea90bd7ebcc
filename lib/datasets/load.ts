import { loadFashionMnist } from "./fashion_mnist.ts";
import { readImageFolder } from "./folder.ts";
import { type Dataset, splitTrain } from "./image_set.ts";
import { loadMnist } from "./mnist.ts";

/** The data sets that are known by name; every other name is a folder. */
export const DATASET_NAMES = ["mnist", "fashion-mnist"] as const;

/** How much of the training images is used, and for what. */
export interface LoadOptions {
  /** The last so many training images validate; default none. */
  validation?: number;
  /** The first so many of the rest train; default all. The test set stays whole. */
  limit?: number;
}

async function readAll(name: string): Promise<Dataset> {
  if (name === "mnist") return await loadMnist();
  if (name === "fashion-mnist") return await loadFashionMnist();
  try {
    return await readImageFolder(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && error.cause !== undefined) {
      throw new Deno.errors.NotFound(
        `Cannot load a data set as its name must be ${DATASET_NAMES.join(", ")} or a ` +
          `folder of IDX files: there is no folder ${name}; check the name`,
        { cause: error },
      );
    }
    throw error;
  }
}

/**
 * Loads a data set by name, or from a folder of IDX files.
 *
 * Images stay bytes: 47 MB for MNIST. Known data sets are held to their SHA-256.
 *
 * @param name `mnist`, `fashion-mnist` or the path of a folder.
 * @param options `validation` and `limit`, see {@linkcode splitTrain}.
 * @returns Training, validation (if asked for) and test images, that share no image of a
 * file.
 * @throws {Error} If it cannot be found or read, with a remedy.
 * @throws {RangeError} If validation or limit do not fit the number of images.
 *
 * @example The last 10,000 of 60,000 validate (needs read permission)
 * ```ts
 * import { loadDataset } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "read", path: "." });
 * if (state === "granted") {
 *   const { train, validation } = await loadDataset("mnist", { validation: 10000 });
 *   assertEquals([train.count, validation?.count], [50000, 10000]);
 * }
 * ```
 */
export async function loadDataset(
  name: string,
  options: LoadOptions = {},
): Promise<Dataset> {
  const all = await readAll(name);
  return { ...all, ...splitTrain(all.train, options) };
}
