import {
  ARRAYS,
  METADATA_KEY,
  type Safetensors,
  type SafetensorsDtype,
  type SafetensorsTensor,
  sizeOf,
} from "./safetensors_types.ts";

/** The format's own limit; a larger number is a sign of some other kind of file. */
const MAX_HEADER_LENGTH = 100_000_000;

interface Entry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

type JsonObject = Record<string, unknown>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isLengths(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isLength);
}

/** Reads one file; knows its name for the errors. */
class SafetensorsReader {
  readonly #dataStart: number;

  constructor(readonly bytes: Uint8Array, readonly source: string) {
    this.#dataStart = 8 + this.#headerLength();
  }

  #malformed(rule: string, found: string): never {
    throw new SyntaxError(`Cannot read ${this.source} as ${rule}: ${found}`);
  }

  #headerLength(): number {
    const { bytes } = this;
    if (bytes.length < 8) {
      this.#malformed(
        "a safetensors file must start with the 8 bytes of its header's length",
        `it ends at offset ${bytes.length}; it may be cut short`,
      );
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = view.getBigUint64(0, true);
    if (length > BigInt(MAX_HEADER_LENGTH)) {
      this.#malformed(
        `the header's length at offset 0 must be at most ${MAX_HEADER_LENGTH} bytes`,
        `it is ${length}; it may be another kind of file`,
      );
    }
    if (8 + Number(length) > bytes.length) {
      this.#malformed(
        `the header must reach from offset 8 to ${8 + Number(length)}`,
        `the file ends at offset ${bytes.length}; it may be cut short`,
      );
    }
    return Number(length);
  }

  #header(): JsonObject {
    const text = this.bytes.subarray(8, this.#dataStart);
    let header: unknown;
    try {
      header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#malformed("the header at offset 8 must be JSON in UTF-8", why);
    }
    if (!isObject(header)) {
      this.#malformed("the header at offset 8 must be a JSON object", typeof header);
    }
    return header;
  }

  #metadata(header: JsonObject): Record<string, string> {
    const metadata = header[METADATA_KEY] ?? {};
    if (!isObject(metadata)) {
      this.#malformed(`${METADATA_KEY} must be a JSON object`, typeof metadata);
    }
    for (const [key, text] of Object.entries(metadata)) {
      if (typeof text !== "string") {
        this.#malformed(`${METADATA_KEY}.${key} must be a string`, `${typeof text}`);
      }
    }
    return metadata as Record<string, string>;
  }

  #entry(name: string, value: unknown): Entry {
    const of = `of tensor ${JSON.stringify(name)}`;
    if (!isObject(value)) {
      this.#malformed(`the header ${of} must be a JSON object`, typeof value);
    }
    const { dtype, shape, data_offsets: offsets } = value;
    if (typeof dtype !== "string" || !Object.hasOwn(ARRAYS, dtype)) {
      this.#malformed(
        `dtype ${of} must be one of ${Object.keys(ARRAYS).join(", ")}`,
        `it is ${JSON.stringify(dtype)}`,
      );
    }
    if (!isLengths(shape)) {
      this.#malformed(
        `shape ${of} must be a list of integers from 0 on`,
        `it is ${JSON.stringify(shape)}`,
      );
    }
    if (!isLengths(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
      this.#malformed(
        `data_offsets ${of} must be two integers in order`,
        `they are ${JSON.stringify(offsets)}`,
      );
    }
    const [begin, end] = offsets;
    return { name, dtype: dtype as SafetensorsDtype, shape, begin, end };
  }

  #checkSize({ name, dtype, shape, begin, end }: Entry): void {
    const expected = sizeOf(shape) * ARRAYS[dtype].BYTES_PER_ELEMENT;
    if (end - begin !== expected) {
      this.#malformed(
        `tensor ${
          JSON.stringify(name)
        } of ${dtype} [${shape}] must take ${expected} bytes`,
        `data_offsets give it ${end - begin}`,
      );
    }
  }

  /** The format allows no hole, no overlap and nothing behind the last tensor. */
  #checkCover(entries: readonly Entry[]): void {
    let at = 0;
    for (const { name, begin, end } of entries) {
      if (begin !== at) {
        const what = begin < at ? "overlaps the one before" : "leaves a hole";
        this.#malformed(
          `tensor ${JSON.stringify(name)} must begin at offset ${this.#dataStart + at}`,
          `it begins at offset ${this.#dataStart + begin} and ${what}`,
        );
      }
      at = end;
    }
    const expected = this.#dataStart + at;
    if (expected !== this.bytes.length) {
      const what = expected > this.bytes.length
        ? "it may be cut short"
        : "something follows its last tensor";
      this.#malformed(
        `the file must end at offset ${expected}`,
        `it ends at offset ${this.bytes.length}; ${what}`,
      );
    }
  }

  /** A copy: the numbers are then aligned, and free of the file's bytes. */
  #tensor({ dtype, shape, begin, end }: Entry): SafetensorsTensor {
    const { buffer } = this.bytes.slice(this.#dataStart + begin, this.#dataStart + end);
    return { dtype, shape, values: new ARRAYS[dtype](buffer) } as SafetensorsTensor;
  }

  read(): Safetensors {
    const header = this.#header();
    const metadata = this.#metadata(header);
    const entries = Object.entries(header)
      .filter(([name]) => name !== METADATA_KEY)
      .map(([name, value]) => this.#entry(name, value))
      .sort((left, right) => left.begin - right.begin || left.end - right.end);
    entries.forEach((entry) => this.#checkSize(entry));
    this.#checkCover(entries);
    const tensors = new Map(
      entries.map((entry) => [entry.name, this.#tensor(entry)]),
    );
    return { tensors, metadata };
  }
}

/**
 * Reads the safetensors format and trusts nothing in it.
 *
 * The file is 8 bytes (the header's length, little-endian), a JSON header with dtype,
 * shape and data_offsets of each tensor, then the numbers, row-major and little-endian.
 * Source: github.com/huggingface/safetensors, "Format".
 *
 * @param bytes The whole file.
 * @param source What to call it in errors.
 * @returns Tensors by name, in the order of the file, and the free texts.
 * @throws {SyntaxError} If the file is cut short, has a hole, an overlap or something
 * behind its last tensor, a malformed header, or numbers of an unknown kind; the message
 * names source and offset.
 *
 * @example A file that is none
 * ```ts
 * import { readSafetensors } from "elbo/files";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(
 *   () => readSafetensors(new Uint8Array(3), "model.safetensors"),
 *   SyntaxError,
 *   "model.safetensors",
 * );
 * ```
 */
export function readSafetensors(
  bytes: Uint8Array,
  source = "safetensors bytes",
): Safetensors {
  return new SafetensorsReader(bytes, source).read();
}
