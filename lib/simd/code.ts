/** WebAssembly bytes, in nested arrays so that fragments compose without copying. */
export type Code = number | VectorConstant | readonly Code[];

/** A vector that is the same at each run; its module decides where it lies. */
export interface VectorConstant {
  /** Its sixteen bytes. */
  readonly vector: readonly number[];
}

/** The type of a value on WebAssembly's stack. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

const codeOfType: Record<ValueType, number> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** The byte that names a type. */
export function encodeType(type: ValueType): number {
  return codeOfType[type];
}

/** A whole number from 0 to 2^32 - 1 in LEB128: seven bits a byte, low ones first. */
export function encodeUnsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** A signed whole number of at most 64 bits in LEB128. */
export function encodeSigned(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    // The sign is the top bit of the last byte.
    const isLast = rest === (low & 0x40 ? -1n : 0n);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

/** The four bytes of a float32, low ones first. */
export function encodeFloat32(value: number): number[] {
  return bytesOf((view) => view.setFloat32(0, value, true), 4);
}

/** The eight bytes of a float64, low ones first. */
export function encodeFloat64(value: number): number[] {
  return bytesOf((view) => view.setFloat64(0, value, true), 8);
}

/** The four bytes of a 32-bit whole number, signed or not, low ones first. */
export function encodeInt32(value: number): number[] {
  return bytesOf((view) => view.setInt32(0, value, true), 4);
}

/** The bytes of a text in UTF-8 behind their count. */
export function encodeName(name: string): number[] {
  const bytes = new TextEncoder().encode(name);
  return [...encodeUnsigned(bytes.length), ...bytes];
}

/**
 * The bytes of some code, in order.
 *
 * @param code The code.
 * @param load The bytes that leave a vector constant; needed where there is one.
 */
export function flatten(
  code: Code,
  load: (constant: VectorConstant) => readonly number[] = () => [],
): number[] {
  const bytes: number[] = [];
  const append = (part: Code) => {
    if (typeof part === "number") bytes.push(part);
    else if ("vector" in part) bytes.push(...load(part));
    else part.forEach(append);
  };
  append(code);
  return bytes;
}

function bytesOf(write: (view: DataView) => void, length: number): number[] {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return [...bytes];
}
