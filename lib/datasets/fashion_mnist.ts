import { readImageFolder } from "./folder.ts";
import type { Dataset } from "./image_set.ts";
import { verifier } from "./verify.ts";

/** The digests of the four files, unpacked: gzip may pack the same bytes in many ways. */
const SHA256 = {
  "train-images-idx3-ubyte":
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
  "train-labels-idx1-ubyte":
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
  "t10k-images-idx3-ubyte":
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
  "t10k-labels-idx1-ubyte":
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
};

/** Where Fashion-MNIST is looked for: this project's data folder, then Debian's. */
export const FASHION_MNIST_PLACES: readonly string[] = [
  "data/fashion-mnist",
  "/usr/share/datasets/fashion-mnist",
];

const HOW_TO_GET_IT =
  "on Debian and Ubuntu run `apt install dataset-fashion-mnist`; elsewhere put the " +
  "four .gz files of github.com/zalandoresearch/fashion-mnist (its folder " +
  "data/fashion) in data/fashion-mnist";

type Look = "there" | "missing" | "not allowed";

/** Looks without a prompt: a place that may not be read is reported, not asked for. */
async function look(place: string): Promise<Look> {
  const { state } = await Deno.permissions.query({ name: "read", path: place });
  if (state !== "granted") return "not allowed";
  try {
    return (await Deno.stat(place)).isDirectory ? "there" : "missing";
  } catch {
    return "missing";
  }
}

/**
 * Loads Fashion-MNIST: 60,000 and 10,000 pictures of clothes of 28 x 28 pixels, with
 * labels, from the first of some folders that exists.
 *
 * The files, raw or gzip, are held to their SHA-256. Source: Xiao, Rasul, Vollgraf 2017,
 * arXiv 1708.07747.
 *
 * @param places Folders to look in, default `FASHION_MNIST_PLACES`. Needs read
 * permission for the one that has it.
 * @returns All training and all test images.
 * @throws {Error} If it is nowhere: the message says how to get it.
 *
 * @example Where it is not
 * ```ts
 * import { loadFashionMnist } from "elbo/datasets";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(
 *   () => loadFashionMnist([]),
 *   Deno.errors.NotFound,
 *   "dataset-fashion-mnist",
 * );
 * ```
 */
export async function loadFashionMnist(
  places: readonly string[] = FASHION_MNIST_PLACES,
): Promise<Dataset> {
  const found: string[] = [];
  for (const place of places) {
    const state = await look(place);
    if (state === "there") {
      const check = verifier(SHA256, HOW_TO_GET_IT);
      return await readImageFolder(place, { name: "fashion-mnist", check });
    }
    found.push(`${place} (${state})`);
  }
  const closed = found.some((place) => place.endsWith("(not allowed)"));
  const allow = closed ? `allow reading with --allow-read=${places}, or ` : "";
  throw new Deno.errors.NotFound(
    `Cannot load Fashion-MNIST as its files must be in one of ${places.length} places: ` +
      `${found.join(", ") || "none was named"}; ${allow}${HOW_TO_GET_IT}`,
  );
}
