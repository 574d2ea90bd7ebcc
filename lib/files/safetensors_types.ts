/** The kinds of number that are read and written, and their arrays. */
export const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;

/** A kind of number, by its name in the format. */
export type SafetensorsDtype = keyof typeof ARRAYS;

interface Arrays {
  F64: Float64Array;
  F32: Float32Array;
  I32: Int32Array;
  U32: Uint32Array;
  I16: Int16Array;
  U16: Uint16Array;
  I8: Int8Array;
  U8: Uint8Array;
}

/** The array that holds the numbers of one kind. */
export type SafetensorsArray<D extends SafetensorsDtype = SafetensorsDtype> = Arrays[D];

/** One tensor: its numbers row-major, as many as its shape says. */
export type SafetensorsTensor = {
  [D in SafetensorsDtype]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly values: SafetensorsArray<D>;
  };
}[SafetensorsDtype];

/** The contents of a file: tensors in the order of the file, and free texts. */
export interface Safetensors {
  readonly tensors: Map<string, SafetensorsTensor>;
  readonly metadata: Record<string, string>;
}

/** The key of the header that holds the free texts and names no tensor. */
export const METADATA_KEY = "__metadata__";

/** How many numbers a tensor of this shape holds; 1 for a scalar's empty shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
