import {
  type Code,
  encodeFloat32,
  encodeFloat64,
  encodeInt32,
  encodeUnsigned,
} from "./code.ts";
import {
  type Binary,
  binary,
  type Load,
  load,
  place,
  type Store,
  store,
  type Unary,
  unary,
} from "./scalar.ts";

/** Code that reads or writes one lane of a vector at a byte address plus an offset. */
export type LaneAccess = (
  address: Code,
  value: Code,
  place: { readonly lane: number; readonly offset?: number },
) => Code;

// The opcodes of vectors: a prefix, then a number.
function op(number: number): number[] {
  return [0xfd, ...encodeUnsigned(number)];
}
const un = (number: number): Unary => unary(...op(number));
const bin = (number: number): Binary => binary(...op(number));
const lane =
  (number: number) => (x: Code, index: number): Code => [x, op(number), index];

function laneAccess(number: number): LaneAccess {
  return (address, value, { lane, offset = 0 }) => [
    address,
    value,
    op(number),
    place(offset),
    lane,
  ];
}

/** 128 bits, whatever they mean. */
export const v128: {
  /** Four 32-bit whole numbers, the first in the lowest lane. */
  readonly const: (...lanes: readonly [number, number, number, number]) => Code;
  readonly load: Load;
  /** Four bytes, each widened to 32 bits from two to four: 8 to 8 lanes of 16 bits. */
  readonly load8x8_u: Load;
  /** Four numbers of 16 bits, widened. */
  readonly load16x4_u: Load;
  /** One 32-bit value in all four lanes. */
  readonly load32_splat: Load;
  /** One 32-bit value in the first lane, the others zero. */
  readonly load32_zero: Load;
  readonly load64_zero: Load;
  readonly load32_lane: LaneAccess;
  readonly load64_lane: LaneAccess;
  readonly store: Store;
  readonly store32_lane: LaneAccess;
  readonly store64_lane: LaneAccess;
  readonly not: Unary;
  readonly and: Binary;
  /** x and not y. */
  readonly andnot: Binary;
  readonly or: Binary;
  readonly xor: Binary;
  /** The bits of x where the mask has ones, else those of y. */
  readonly bitselect: (x: Code, y: Code, mask: Code) => Code;
  readonly any_true: Unary;
} = {
  const: (...lanes) => vectorConst(lanes.flatMap(encodeInt32)),
  load: load(...op(0)),
  load8x8_u: load(...op(2)),
  load16x4_u: load(...op(4)),
  load32_splat: load(...op(9)),
  load32_zero: load(...op(92)),
  load64_zero: load(...op(93)),
  load32_lane: laneAccess(86),
  load64_lane: laneAccess(87),
  store: store(...op(11)),
  store32_lane: laneAccess(90),
  store64_lane: laneAccess(91),
  not: un(77),
  and: bin(78),
  andnot: bin(79),
  or: bin(80),
  xor: bin(81),
  bitselect: (x, y, mask) => [x, y, mask, op(82)],
  any_true: un(83),
};

/** Four single-precision numbers. */
export const f32x4:
  & Readonly<
    Record<
      | "splat"
      | "abs"
      | "neg"
      | "sqrt"
      | "ceil"
      | "floor"
      | "trunc"
      | "nearest"
      | "convert_i32x4_s"
      | "convert_i32x4_u"
      | "demote_f64x2_zero",
      Unary
    >
  >
  & Readonly<
    Record<
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
      | "pmin"
      | "pmax",
      Binary
    >
  >
  & {
    /** One number in all lanes. */
    readonly const: (value: number) => Code;
    readonly extract_lane: (x: Code, lane: number) => Code;
    /** Lanes of x and y by number: 0 to 3 are those of x, 4 to 7 those of y. */
    readonly shuffle: (x: Code, y: Code, lanes: readonly number[]) => Code;
    /** x y + z, rounded once or twice as the machine likes. */
    readonly relaxed_madd: (x: Code, y: Code, z: Code) => Code;
  } = {
    const: (value) => vectorConst(encodeFloat32(value)),
    splat: un(19),
    extract_lane: lane(31),
    shuffle: (x, y, lanes) => [
      x,
      y,
      op(13),
      lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
    ],
    relaxed_madd: (x, y, z) => [x, y, z, op(0x105)],
    eq: bin(65),
    ne: bin(66),
    lt: bin(67),
    gt: bin(68),
    le: bin(69),
    ge: bin(70),
    ceil: un(0x67),
    floor: un(0x68),
    trunc: un(0x69),
    nearest: un(0x6a),
    abs: un(0xe0),
    neg: un(0xe1),
    sqrt: un(0xe3),
    add: bin(0xe4),
    sub: bin(0xe5),
    mul: bin(0xe6),
    div: bin(0xe7),
    min: bin(0xe8),
    max: bin(0xe9),
    pmin: bin(0xea),
    pmax: bin(0xeb),
    demote_f64x2_zero: un(94),
    convert_i32x4_s: un(0xfa),
    convert_i32x4_u: un(0xfb),
  };

/** Two double-precision numbers. */
export const f64x2:
  & Readonly<Record<"splat" | "abs" | "neg" | "sqrt" | "promote_low_f32x4", Unary>>
  & Readonly<Record<"add" | "sub" | "mul" | "div" | "min" | "max", Binary>>
  & {
    readonly const: (value: number) => Code;
    readonly extract_lane: (x: Code, lane: number) => Code;
  } = {
    const: (value) => vectorConst(encodeFloat64(value)),
    splat: un(20),
    extract_lane: lane(33),
    promote_low_f32x4: un(95),
    abs: un(0xec),
    neg: un(0xed),
    sqrt: un(0xef),
    add: bin(0xf0),
    sub: bin(0xf1),
    mul: bin(0xf2),
    div: bin(0xf3),
    min: bin(0xf4),
    max: bin(0xf5),
  };

/** Four 32-bit whole numbers. */
export const i32x4:
  & Readonly<
    Record<
      | "splat"
      | "neg"
      | "trunc_sat_f32x4_s"
      | "trunc_sat_f32x4_u"
      | "extend_low_i16x8_u"
      | "extend_high_i16x8_u",
      Unary
    >
  >
  & Readonly<
    Record<
      | "eq"
      | "ne"
      | "lt_s"
      | "gt_s"
      | "le_s"
      | "ge_s"
      | "shl"
      | "shr_s"
      | "shr_u"
      | "add"
      | "sub"
      | "mul"
      | "min_s"
      | "max_s",
      Binary
    >
  >
  & {
    readonly const: (value: number) => Code;
    readonly extract_lane: (x: Code, lane: number) => Code;
  } = {
    const: (value) => vectorConst(encodeInt32(value)),
    splat: un(17),
    extract_lane: lane(27),
    eq: bin(55),
    ne: bin(56),
    lt_s: bin(57),
    gt_s: bin(59),
    le_s: bin(61),
    ge_s: bin(63),
    neg: un(0xa1),
    extend_low_i16x8_u: un(0xa9),
    extend_high_i16x8_u: un(0xaa),
    shl: bin(0xab),
    shr_s: bin(0xac),
    shr_u: bin(0xad),
    add: bin(0xae),
    sub: bin(0xb1),
    mul: bin(0xb5),
    min_s: bin(0xb6),
    max_s: bin(0xb8),
    trunc_sat_f32x4_s: un(0xf8),
    trunc_sat_f32x4_u: un(0xf9),
  };

// A vector whose lanes are all alike. Zero takes one instruction, others are kept.
function vectorConst(bytes: readonly number[]): Code {
  const vector = Array.from({ length: 16 / bytes.length }, () => bytes).flat();
  return vector.some((byte) => byte !== 0) ? { vector } : [op(12), vector];
}
