/** The array of each kind of number that is read and written. */
export interface SafetensorsArrays {
  /** float64 */
  F64: Float64Array;
  /** float32 */
  F32: Float32Array;
  /** int32 */
  I32: Int32Array;
  /** uint32 */
  U32: Uint32Array;
  /** int16 */
  I16: Int16Array;
  /** uint16 */
  U16: Uint16Array;
  /** int8 */
  I8: Int8Array;
  /** uint8 */
  U8: Uint8Array;
}

/** A kind of number, by its name in the format. */
export type SafetensorsDtype = keyof SafetensorsArrays;

/** The array that holds the numbers of one kind. */
export type SafetensorsArray<D extends SafetensorsDtype = SafetensorsDtype> =
  SafetensorsArrays[D];

/** The classes of those arrays. */
export const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const satisfies Record<SafetensorsDtype, unknown>;

/** One tensor: its numbers row-major, as many as its shape says. */
export type SafetensorsTensor = {
  [D in SafetensorsDtype]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly values: SafetensorsArray<D>;
  };
}[SafetensorsDtype];

/** The contents of a file. */
export interface Safetensors {
  /** By name, in the order of the file. */
  readonly tensors: Map<string, SafetensorsTensor>;
  /** Free texts by key. */
  readonly metadata: Record<string, string>;
}

/** The key of the header that holds the free texts and names no tensor. */
export const METADATA_KEY = "__metadata__";

/** How many numbers a tensor of this shape holds; 1 for a scalar's empty shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
