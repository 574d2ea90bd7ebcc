import { gunzipSync } from "node:zlib";

/** 20 times MNIST: more is a mistake, or a small file made to fill the memory. */
const MAX_UNPACKED = 2 ** 30;

/** The contents of an IDX file of bytes. */
export interface IdxArray {
  /** The dimensions, the last running fastest. */
  readonly shape: readonly number[];
  /** The bytes, row-major. */
  readonly values: Uint8Array;
}

function hex(bytes: Uint8Array): string {
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  return digits.length > 0 ? digits.join(" ") : "nothing";
}

function malformed(source: string, rule: string, found: string): never {
  throw new SyntaxError(`Cannot read ${source} as ${rule}: ${found}`);
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The bytes of the IDX file itself; those that are not gzip are returned as they are. */
export function unpackIdx(bytes: Uint8Array, source: string): Uint8Array {
  if (!isGzip(bytes)) {
    if (!source.endsWith(".gz")) return bytes;
    malformed(
      source,
      "a .gz file must start with 1f 8b at offset 0",
      `it starts with ${hex(bytes.subarray(0, 2))}; if it is not compressed, ` +
        "rename it without .gz",
    );
  }
  try {
    const { buffer, byteOffset, byteLength } = gunzipSync(bytes, {
      maxOutputLength: MAX_UNPACKED,
    });
    // Node's Buffer would compare and print unlike the bytes of a plain file.
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    if (error instanceof RangeError) {
      malformed(source, "it must unpack to at most 1 GiB", "it does not end there");
    }
    const why = error instanceof Error ? error.message : String(error);
    malformed(source, "its gzip data must be whole", `${why}; copy the file again`);
  }
}

function readShape(bytes: Uint8Array, source: string): number[] {
  const magic = bytes.subarray(0, 3);
  if (magic.length < 3 || magic[0] !== 0 || magic[1] !== 0 || magic[2] !== 8) {
    malformed(
      source,
      "an IDX file of bytes must start with 00 00 08 at offset 0",
      `it starts with ${hex(magic)}`,
    );
  }
  const numDims = bytes[3] ?? 0;
  if (numDims === 0) {
    malformed(source, "an IDX file must have a dimension at offset 3", "it has none");
  }
  const start = 4 + 4 * numDims;
  if (bytes.length < start) {
    malformed(
      source,
      `the ${numDims} dimensions must reach from offset 4 to ${start}`,
      `it ends at offset ${bytes.length}; it may be cut short`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  return Array.from({ length: numDims }, (_, i) => view.getUint32(4 + 4 * i));
}

/** Reads an IDX file that is unpacked already; the values are a view of it. */
export function parseIdx(raw: Uint8Array, source: string): IdxArray {
  const shape = readShape(raw, source);
  const start = 4 + 4 * shape.length;
  const end = start + shape.reduce((size, length) => size * length, 1);
  if (raw.length !== end) {
    const what = raw.length < end
      ? "it may be cut short"
      : "something follows its values";
    malformed(
      source,
      `its ${shape.join(" x ")} values must end at offset ${end}`,
      `it ends at offset ${raw.length}; ${what}`,
    );
  }
  return { shape, values: raw.subarray(start) };
}

/**
 * Reads an IDX file of unsigned bytes, raw or gzip.
 *
 * An IDX file is `00 00 08 n`, then n dimensions as big-endian 32-bit integers, then
 * the bytes, the last dimension running fastest. Offsets in errors are those of the
 * unpacked file. Source: LeCun, Cortes, Burges, "The MNIST database".
 *
 * @param bytes The whole file; gzip is told by its first two bytes.
 * @param options `source` is what to call the file in errors; a name in `.gz` must be
 * gzip.
 * @returns Shape and bytes; a view of `bytes` where those are not compressed.
 * @throws {SyntaxError} If the file is no IDX file of bytes, cut short, too long, or not
 * the gzip file that it says it is.
 *
 * @example Two labels
 * ```ts
 * import { readIdx } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 5, 3]);
 * const { shape, values } = readIdx(bytes, { source: "labels" });
 * assertEquals(shape, [2]);
 * assertEquals(values, new Uint8Array([5, 3]));
 * ```
 */
export function readIdx(bytes: Uint8Array, { source }: { source: string }): IdxArray {
  return parseIdx(unpackIdx(bytes, source), source);
}
