import { join } from "node:path";
import { fileError, readFile, sha256 } from "../files/mod.ts";
import { type IdxArray, parseIdx, unpackIdx } from "./idx.ts";
import type { Dataset, ImageSet } from "./image_set.ts";

/** The usual names of a data set's four files; each may also be spelt with a dot. */
export const FOLDER_FILES = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
] as const;

/** The usual name of one of the files. */
export type FolderFile = (typeof FOLDER_FILES)[number];

interface FoundFile {
  readonly path: string;
  readonly name: string;
  readonly idx: IdxArray;
  readonly sha256: string;
}

/** Throws unless the unpacked bytes of a file may be used. */
export type FileCheck = (found: { path: string; name: string; sha256: string }) => void;

async function namesIn(dir: string): Promise<Set<string>> {
  try {
    return new Set(await Array.fromAsync(Deno.readDir(dir), ({ name }) => name));
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) {
      throw new Deno.errors.NotADirectory(
        `Cannot read ${dir} as it must be a folder: it is a file; name its folder`,
        { cause: error },
      );
    }
    throw fileError(error, { action: "read", path: dir });
  }
}

/** `a-idx3-ubyte`, `a.idx3-ubyte`, and both with .gz; plain files load faster. */
function spellings(name: FolderFile): string[] {
  const dotted = name.replace("-idx", ".idx");
  return [name, dotted, `${name}.gz`, `${dotted}.gz`];
}

/** A folder with its listing, read once. */
class Folder {
  constructor(readonly dir: string, readonly names: ReadonlySet<string>) {}

  has(file: FolderFile): boolean {
    return spellings(file).some((name) => this.names.has(name));
  }

  async read(file: FolderFile, check?: FileCheck): Promise<FoundFile> {
    const name = spellings(file).find((name) => this.names.has(name)) ?? file;
    const path = join(this.dir, name);
    const raw = unpackIdx(await readFile(path), path);
    const digest = await sha256(raw);
    check?.({ path, name: file, sha256: digest });
    checkMagic(raw, { file, path });
    return { path, name: file, idx: parseIdx(raw, path), sha256: digest };
  }

  checkComplete(): void {
    const missing = FOLDER_FILES.filter((name) =>
      name.includes("images") && !this.has(name)
    );
    if (missing.length === 0) return;
    const found = this.names.size === 0 ? "the folder is empty" : "it does not";
    throw new Deno.errors.NotFound(
      `Cannot read ${this.dir} as it must hold ${missing.join(" and ")}: ${found}; ` +
        `put IDX files there, named ${
          FOLDER_FILES.join(", ")
        } (labels may be missing; ` +
        ".idx for -idx and .gz are understood)",
    );
  }
}

/** Before the lengths are judged: a wrong number of them would look like a cut. */
function checkMagic(
  raw: Uint8Array,
  { file, path }: { file: FolderFile; path: string },
): void {
  const [, kind, numDims] = file.match(/(images|labels)-idx(\d)/)!;
  const isIdx = raw.length >= 4 && raw[0] === 0 && raw[1] === 0 && raw[2] === 8;
  if (!isIdx || raw[3] === Number(numDims)) return;
  throw new SyntaxError(
    `Cannot read ${path} as ${kind} must have ${numDims} at offset 3, their number of ` +
      `dimensions: it has ${raw[3]}; it may be another file under this name`,
  );
}

function imagesOf({ path, idx }: FoundFile): Omit<ImageSet, "name"> {
  const [count, height, width] = idx.shape;
  if (idx.values.length === 0) {
    throw new SyntaxError(
      `Cannot read ${path} as its shape must be count x height x width, none of them ` +
        `0: it is ${idx.shape.join(" x ")}`,
    );
  }
  return { images: idx.values, count, height, width, dataDim: height * width };
}

function labelsOf({ path, idx }: FoundFile, images: FoundFile): Uint8Array {
  if (idx.shape[0] !== images.idx.shape[0]) {
    throw new RangeError(
      `Cannot use ${path} as it must hold a label for each of the ` +
        `${images.idx.shape[0]} images of ${images.path}: it holds ${idx.shape[0]}; ` +
        "take it away to go without labels",
    );
  }
  return idx.values;
}

function checkSameSize(train: ImageSet, test: ImageSet, dir: string): void {
  if (train.height === test.height && train.width === test.width) return;
  throw new RangeError(
    `Cannot use ${dir} as its test images must be of the training images' size ` +
      `${train.height} x ${train.width}: they are ${test.height} x ${test.width}`,
  );
}

/**
 * Reads a folder of IDX files: training and test images, labels where there are some.
 *
 * The names are those of `FOLDER_FILES`, with `-idx` or `.idx`, with or without `.gz`;
 * of several spellings the uncompressed one is read. Images of any height and width.
 *
 * @param dir The folder. Needs read permission for it.
 * @param options `name`: what to call the data set, default the folder's path.
 * `check`: called with each file's digest before the file is used.
 * @returns All training and all test images, and the digests.
 * @throws {Error} If files are missing, malformed, or do not belong together; the
 * message names the file and what to do.
 *
 * @example A folder that is not there (needs read permission, else does nothing)
 * ```ts
 * import { readImageFolder } from "elbo/datasets";
 * import { assertRejects } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "read", path: "." });
 * if (state === "granted") {
 *   await assertRejects(() => readImageFolder("no/such/folder"), Deno.errors.NotFound);
 * }
 * ```
 */
export async function readImageFolder(
  dir: string,
  { name = dir, check }: { name?: string; check?: FileCheck } = {},
): Promise<Dataset> {
  const folder = new Folder(dir, await namesIn(dir));
  folder.checkComplete();
  const digests: Record<string, string> = {};

  async function readSet(setName: "train" | "test", prefix: "train" | "t10k") {
    const images = await folder.read(`${prefix}-images-idx3-ubyte`, check);
    digests[images.name] = images.sha256;
    const set: ImageSet = { name: setName, ...imagesOf(images) };
    if (!folder.has(`${prefix}-labels-idx1-ubyte`)) return set;
    const labels = await folder.read(`${prefix}-labels-idx1-ubyte`, check);
    digests[labels.name] = labels.sha256;
    return { ...set, labels: labelsOf(labels, images) };
  }

  const train = await readSet("train", "train");
  const test = await readSet("test", "t10k");
  checkSameSize(train, test, dir);
  return { name, train, test, sha256: digests };
}
