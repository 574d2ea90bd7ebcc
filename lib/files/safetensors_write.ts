import {
  ARRAYS,
  METADATA_KEY,
  type SafetensorsArray,
  type SafetensorsDtype,
  sizeOf,
} from "./safetensors_types.ts";

/** A tensor to write: the class of the array says the kind of its numbers. */
export interface WritableTensor {
  /** The length of each axis; empty for a scalar. */
  readonly shape: readonly number[];
  /** The numbers, row-major. */
  readonly values: SafetensorsArray;
}

const DTYPES = Object.keys(ARRAYS) as SafetensorsDtype[];

function dtypeOf(name: string, values: SafetensorsArray): SafetensorsDtype {
  const dtype = DTYPES.find((dtype) => values instanceof ARRAYS[dtype]);
  if (dtype) return dtype;
  throw new TypeError(
    `Cannot write tensor ${name} as its values must be an array of ${DTYPES}: ` +
      Object.prototype.toString.call(values),
  );
}

function checkTensor(name: string, { shape, values }: WritableTensor): void {
  if (name === METADATA_KEY) {
    throw new RangeError(
      `Cannot write a tensor as its name must not be the format's own: ${name}`,
    );
  }
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new RangeError(
      `Cannot write tensor ${name} as its shape must hold integers from 0 on: [${shape}]`,
    );
  }
  if (sizeOf(shape) !== values.length) {
    throw new RangeError(
      `Cannot write tensor ${name} as its shape [${shape}] must hold ` +
        `${sizeOf(shape)} values: there are ${values.length}`,
    );
  }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Wide numbers first, so that every tensor starts at a multiple of its own width. */
function inFileOrder(tensors: ReadonlyMap<string, WritableTensor>) {
  return [...tensors].sort(([leftName, left], [rightName, right]) =>
    right.values.BYTES_PER_ELEMENT - left.values.BYTES_PER_ELEMENT ||
    compare(leftName, rightName)
  );
}

/** Written by hand: an object would move names that look like numbers to the front. */
function headerOf(
  tensors: [string, WritableTensor][],
  metadata: Readonly<Record<string, string>>,
): string {
  const texts = Object.entries(metadata).sort(([a], [b]) => compare(a, b))
    .map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
  const parts = texts.length > 0 ? [`"${METADATA_KEY}":{${texts}}`] : [];
  let begin = 0;
  for (const [name, { shape, values }] of tensors) {
    const end = begin + values.byteLength;
    const entry = { dtype: dtypeOf(name, values), shape, data_offsets: [begin, end] };
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    begin = end;
  }
  return `{${parts}}`;
}

/**
 * Writes tensors in the safetensors format.
 *
 * The bytes depend on names, numbers and texts alone, not on the order they come in:
 * tensors lie by width of their numbers, then by name, texts by key; the header is
 * padded with spaces to a multiple of 8 bytes. Numbers are little-endian, as on every
 * machine that Deno runs on.
 *
 * @param tensors Shape and values by name; the array's class gives the dtype.
 * @param metadata Free texts.
 * @returns The bytes of the file.
 * @throws {RangeError} If a shape does not fit its values, or a name is reserved.
 * @throws {TypeError} If values are no array of a known kind.
 *
 * @example There and back
 * ```ts
 * import { readSafetensors, writeSafetensors } from "elbo/files";
 * import { assertEquals } from "@std/assert";
 *
 * const bias = { shape: [2], values: new Float32Array([0.5, -1]) };
 * const bytes = writeSafetensors(new Map([["bias", bias]]), { spec: "tiny" });
 * const { tensors, metadata } = readSafetensors(bytes);
 * assertEquals(tensors.get("bias")?.values, bias.values);
 * assertEquals(metadata, { spec: "tiny" });
 * ```
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const parts = safetensorsParts(tensors, metadata);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * The bytes of {@linkcode writeSafetensors} in parts, one after another: for files, as
 * nothing is copied.
 *
 * @param tensors Shape and values by name.
 * @param metadata Free texts.
 * @returns The header, then the numbers of each tensor: views of its values.
 * @throws {RangeError} If a shape does not fit its values, or a name is reserved.
 * @throws {TypeError} If values are no array of a known kind.
 *
 * @example The parts are views
 * ```ts
 * import { safetensorsParts } from "elbo/files";
 * import { assertEquals } from "@std/assert";
 *
 * const values = new Float32Array([0.5, -1]);
 * const [, part] = safetensorsParts(new Map([["bias", { shape: [2], values }]]));
 * assertEquals(part.buffer, values.buffer);
 * ```
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  for (const [name, tensor] of tensors) checkTensor(name, tensor);
  const ordered = inFileOrder(tensors);
  const header = new TextEncoder().encode(headerOf(ordered, metadata));
  const headerLength = Math.ceil(header.length / 8) * 8;

  const start = new Uint8Array(8 + headerLength).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(headerLength), true);
  start.set(header, 8);
  const numbers = ordered.map(([, { values }]) =>
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  );
  return [start, ...numbers];
}
