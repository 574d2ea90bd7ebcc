import { gzipSync } from "node:zlib";

/** How {@linkcode idxBytes} writes. */
export interface IdxBytesOptions {
  shape: readonly number[];
  /** As many as the shape says; default all 0. */
  values?: ArrayLike<number>;
  gzip?: boolean;
}

/** An IDX file of unsigned bytes, written apart from the reader that it tests. */
export function idxBytes({ shape, values, gzip }: IdxBytesOptions): Uint8Array {
  const size = shape.reduce((product, length) => product * length, 1);
  const bigEndian = (n: number) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255);
  const header = [0, 0, 8, shape.length, ...shape.flatMap(bigEndian)];
  const bytes = new Uint8Array(header.length + size);
  bytes.set(header);
  if (values) bytes.set(values, header.length);
  return gzip ? new Uint8Array(gzipSync(bytes)) : bytes;
}

/** What {@linkcode writeImageFolder} writes; left out parts take small defaults. */
export interface ImageFolderOptions {
  numTrain?: number;
  numTest?: number;
  height?: number;
  width?: number;
  labels?: boolean;
  gzip?: boolean;
  /** The byte of a pixel, from its place in the file. */
  pixel?: (at: number) => number;
}

/**
 * Fills a folder with a small data set of IDX files: by default 12 and 5 images of
 * 4 x 3 pixels in a pattern of bytes, with labels 0 to 9 in turn. Needs write permission.
 */
export async function writeImageFolder(
  dir: string,
  {
    numTrain = 12,
    numTest = 5,
    height = 4,
    width = 3,
    labels = true,
    gzip = false,
    pixel = (at) => (at * 37) % 256,
  }: ImageFolderOptions = {},
): Promise<void> {
  const write = (name: string, shape: number[], byteAt: (at: number) => number) => {
    const length = shape.reduce((product, n) => product * n, 1);
    const values = Array.from({ length }, (_, at) => byteAt(at));
    const path = `${dir}/${name}${gzip ? ".gz" : ""}`;
    return Deno.writeFile(path, idxBytes({ shape, values, gzip }));
  };
  for (const [prefix, count] of [["train", numTrain], ["t10k", numTest]] as const) {
    await write(`${prefix}-images-idx3-ubyte`, [count, height, width], pixel);
    if (labels) await write(`${prefix}-labels-idx1-ubyte`, [count], (at) => at % 10);
  }
}
