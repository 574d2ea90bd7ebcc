import {
  type Code,
  encodeFloat32,
  encodeFloat64,
  encodeSigned,
  encodeUnsigned,
} from "./code.ts";

/** Code that takes one value and leaves one. */
export type Unary = (x: Code) => Code;

/** Code that takes two values and leaves one. */
export type Binary = (x: Code, y: Code) => Code;

/** Code that leaves the value at a byte address plus a constant offset. */
export type Load = (address: Code, offset?: number) => Code;

/** Code that writes a value at a byte address plus a constant offset. */
export type Store = (address: Code, value: Code, offset?: number) => Code;

/** Operations of one value and of two, by their names in the specification. */
export type Operations<U extends string, B extends string> =
  & Readonly<Record<U, Unary>>
  & Readonly<Record<B, Binary>>;

/** Reading and writing values of a type. */
export type Access = {
  /** The value at an address. */
  readonly load: Load;
  /** Writes a value at an address. */
  readonly store: Store;
};

/** What whole numbers can do in pairs; _s and _u are with and without sign. */
export type IntegerBinary =
  | "eq"
  | "ne"
  | "lt_s"
  | "lt_u"
  | "gt_s"
  | "gt_u"
  | "le_s"
  | "le_u"
  | "ge_s"
  | "ge_u"
  | "add"
  | "sub"
  | "mul"
  | "div_s"
  | "div_u"
  | "rem_s"
  | "rem_u"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr_s"
  | "shr_u"
  | "rotl"
  | "rotr";

const integerCompares: readonly IntegerBinary[] = [
  "eq",
  "ne",
  "lt_s",
  "lt_u",
  "gt_s",
  "gt_u",
  "le_s",
  "le_u",
  "ge_s",
  "ge_u",
];
const integerArithmetic: readonly IntegerBinary[] = [
  "add",
  "sub",
  "mul",
  "div_s",
  "div_u",
  "rem_s",
  "rem_u",
  "and",
  "or",
  "xor",
  "shl",
  "shr_s",
  "shr_u",
  "rotl",
  "rotr",
];

/** What a float can do alone. */
export type FloatUnary =
  | "abs"
  | "neg"
  | "ceil"
  | "floor"
  | "trunc"
  | "nearest"
  | "sqrt";
/** What floats can do in pairs. */
export type FloatBinary =
  | "eq"
  | "ne"
  | "lt"
  | "gt"
  | "le"
  | "ge"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "min"
  | "max"
  | "copysign";

/** What a type of floats can do, with the conversions of its own. */
export type FloatOperations<Conversions extends string> =
  & Operations<
    | FloatUnary
    | Conversions
    | "convert_i32_s"
    | "convert_i32_u"
    | "convert_i64_s"
    | "convert_i64_u",
    FloatBinary
  >
  & Access
  & {
    /** A number, rounded to the type. */
    readonly const: (value: number) => Code;
  };

const floatCompares: readonly FloatBinary[] = ["eq", "ne", "lt", "gt", "le", "ge"];
const floatUnaries: readonly FloatUnary[] = [
  "abs",
  "neg",
  "ceil",
  "floor",
  "trunc",
  "nearest",
  "sqrt",
];
const floatArithmetic: readonly FloatBinary[] = [
  "add",
  "sub",
  "mul",
  "div",
  "min",
  "max",
  "copysign",
];

/** 32-bit whole numbers; addresses and truth values are of this type. */
export const i32:
  & Operations<
    "eqz" | "wrap_i64" | "reinterpret_f32" | "trunc_sat_f32_s",
    IntegerBinary
  >
  & Access
  & {
    readonly const: (value: number) => Code;
    readonly load8_u: Load;
    readonly load8_s: Load;
    readonly load16_u: Load;
    readonly store8: Store;
  } = {
    const: (value) => [0x41, encodeSigned(BigInt(value | 0))],
    load: load(0x28),
    load8_s: load(0x2c),
    load8_u: load(0x2d),
    load16_u: load(0x2f),
    store: store(0x36),
    store8: store(0x3a),
    eqz: unary(0x45),
    wrap_i64: unary(0xa7),
    reinterpret_f32: unary(0xbc),
    trunc_sat_f32_s: unary(0xfc, 0x00),
    ...binaries(integerCompares, 0x46),
    ...binaries(integerArithmetic, 0x6a),
  };

/** 64-bit whole numbers. */
export const i64:
  & Operations<
    "eqz" | "extend_i32_s" | "extend_i32_u" | "reinterpret_f64",
    IntegerBinary
  >
  & Access
  & { readonly const: (value: bigint) => Code } = {
    const: (value) => [0x42, encodeSigned(BigInt.asIntN(64, value))],
    load: load(0x29),
    store: store(0x37),
    eqz: unary(0x50),
    extend_i32_s: unary(0xac),
    extend_i32_u: unary(0xad),
    reinterpret_f64: unary(0xbd),
    ...binaries(integerCompares, 0x51),
    ...binaries(integerArithmetic, 0x7c),
  };

/** Single-precision numbers. */
export const f32: FloatOperations<"demote_f64" | "reinterpret_i32"> = {
  const: (value) => [0x43, encodeFloat32(value)],
  load: load(0x2a),
  store: store(0x38),
  convert_i32_s: unary(0xb2),
  convert_i32_u: unary(0xb3),
  convert_i64_s: unary(0xb4),
  convert_i64_u: unary(0xb5),
  demote_f64: unary(0xb6),
  reinterpret_i32: unary(0xbe),
  ...binaries(floatCompares, 0x5b),
  ...unaries(floatUnaries, 0x8b),
  ...binaries(floatArithmetic, 0x92),
};

/** Double-precision numbers. */
export const f64: FloatOperations<"promote_f32" | "reinterpret_i64"> = {
  const: (value) => [0x44, encodeFloat64(value)],
  load: load(0x2b),
  store: store(0x39),
  convert_i32_s: unary(0xb7),
  convert_i32_u: unary(0xb8),
  convert_i64_s: unary(0xb9),
  convert_i64_u: unary(0xba),
  promote_f32: unary(0xbb),
  reinterpret_i64: unary(0xbf),
  ...binaries(floatCompares, 0x61),
  ...unaries(floatUnaries, 0x99),
  ...binaries(floatArithmetic, 0xa0),
};

/** An operation of one value; the opcode may have several bytes. */
export function unary(...opcode: number[]): Unary {
  return (x) => [x, opcode];
}

/** An operation of two values. */
export function binary(...opcode: number[]): Binary {
  return (x, y) => [x, y, opcode];
}

/** A load; the byte address need not be a multiple of anything. */
export function load(...opcode: number[]): Load {
  return (address, offset = 0) => [address, opcode, place(offset)];
}

/** A store; the byte address need not be a multiple of anything. */
export function store(...opcode: number[]): Store {
  return (address, value, offset = 0) => [address, value, opcode, place(offset)];
}

/** The alignment hint, 2^0 bytes, and the constant offset of a memory access. */
export function place(offset: number): Code {
  return [0, encodeUnsigned(offset)];
}

// Operations whose opcodes follow one another, by name.
function unaries<N extends string>(
  names: readonly N[],
  first: number,
): Record<N, Unary> {
  return Object.fromEntries(
    names.map((name, i) => [name, unary(first + i)]),
  ) as Record<N, Unary>;
}

function binaries<N extends string>(
  names: readonly N[],
  first: number,
): Record<N, Binary> {
  return Object.fromEntries(
    names.map((name, i) => [name, binary(first + i)]),
  ) as Record<N, Binary>;
}
