import type { Code } from "./code.ts";
import { i32 } from "./scalar.ts";
import { f32x4, i32x4, v128 } from "./vector.ts";
import type { NewLocal } from "./wasm_module.ts";

/** A function of one vector as code; it takes the local variables that it needs. */
export type VectorFunction = (x: Code, newLocal: NewLocal) => Code;

const { add, sub, mul, div, pmin, pmax, abs } = f32x4;
const number = f32x4.const;

// ln 2 in two parts; products of the first with whole numbers up to 2^9 are exact.
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.12194440e-4;
const LOG2_E = 1.4426950408889634;

// Adding it rounds to a whole number, which then stands in the low bits.
const ROUNDING = 1.5 * 2 ** 23;
const ROUNDING_BITS = 0x4b400000;

// Polynomials of Cephes (S. Moshier, expf, logf, tanhf), highest power first.
const EXP = [
  1.9875691500e-4,
  1.3981999507e-3,
  8.3334519073e-3,
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
];
const LOG = [
  7.0376836292e-2,
  -1.1514610310e-1,
  1.1676998740e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
];
const TANH = [
  -5.70498872745e-3,
  2.06390887954e-2,
  -5.37397155531e-2,
  1.33314422036e-1,
  -3.33332819422e-1,
];

/**
 * e^x, within 2 units in the last place; gradual underflow, infinity above 88.72.
 *
 * x = n ln 2 + r with |r| <= ln(2) / 2, e^x = 2^n e^r.
 */
export function exp(x: Code, newLocal: NewLocal): Code {
  const [inside, turned, r, n, half] = newLocals(newLocal, 5);
  return [
    // A NaN passes both: each keeps its first operand unless the comparison holds.
    inside.set(pmax(pmin(x, number(89)), number(-104))),
    turned.set(add(mul(inside.get, number(LOG2_E)), number(ROUNDING))),
    n.set(sub(turned.get, number(ROUNDING))),
    r.set(sub(
      sub(inside.get, mul(n.get, number(LN2_HIGH))),
      mul(n.get, number(LN2_LOW)),
    )),
    n.set(i32x4.sub(turned.get, i32x4.const(ROUNDING_BITS))),
    // 2^n in two factors, as n reaches beyond the exponents of normal numbers.
    half.set(i32x4.shr_s(n.get, i32.const(1))),
    mul(
      mul(
        add(
          add(mul(polynomial(EXP, r.get), mul(r.get, r.get)), r.get),
          number(1),
        ),
        powerOfTwo(half.get),
      ),
      powerOfTwo(i32x4.sub(n.get, half.get)),
    ),
  ];
}

/**
 * ln x, within 2 units in the last place; -infinity at 0, NaN below.
 *
 * x = 2^n (1 + f) with 1 + f from sqrt(1/2) to sqrt(2).
 */
export function log(x: Code, newLocal: NewLocal): Code {
  const [value, tiny, bits, n, f, square, result] = newLocals(newLocal, 7);
  const ROOT_HALF_BITS = 0x3f3504f3;
  const ONE_BITS = 0x3f800000;
  return [
    value.set(x),
    // Subnormal numbers are scaled into the normal ones.
    tiny.set(f32x4.lt(value.get, number(2 ** -126))),
    bits.set(i32x4.add(
      v128.bitselect(mul(value.get, number(2 ** 23)), value.get, tiny.get),
      i32x4.const(ONE_BITS - ROOT_HALF_BITS),
    )),
    n.set(f32x4.convert_i32x4_s(i32x4.sub(
      i32x4.sub(i32x4.shr_s(bits.get, i32.const(23)), i32x4.const(127)),
      v128.and(tiny.get, i32x4.const(23)),
    ))),
    f.set(sub(
      i32x4.add(
        v128.and(bits.get, i32x4.const(0x007fffff)),
        i32x4.const(ROOT_HALF_BITS),
      ),
      number(1),
    )),
    square.set(mul(f.get, f.get)),
    result.set(add(
      mul(mul(polynomial(LOG, f.get), f.get), square.get),
      mul(n.get, number(LN2_LOW)),
    )),
    result.set(sub(result.get, mul(square.get, number(0.5)))),
    result.set(add(add(f.get, result.get), mul(n.get, number(LN2_HIGH)))),
    // Infinity and NaN are their own logarithms.
    result.set(v128.bitselect(
      result.get,
      value.get,
      f32x4.lt(value.get, number(Infinity)),
    )),
    result.set(v128.bitselect(
      number(-Infinity),
      result.get,
      f32x4.eq(value.get, number(0)),
    )),
    v128.or(result.get, f32x4.lt(value.get, number(0))),
  ];
}

/**
 * ln(1 + x), within 3 units in the last place; -infinity at -1, NaN below.
 *
 * With u = 1 + x as rounded, ln(1 + x) = ln u + (x - (u - 1)) / u up to its square
 * (Goldberg 1991, theorem 4, in another form).
 */
export function log1p(x: Code, newLocal: NewLocal): Code {
  const [value, u, correction] = newLocals(newLocal, 3);
  return [
    value.set(x),
    u.set(add(value.get, number(1))),
    correction.set(div(sub(value.get, sub(u.get, number(1))), u.get)),
    // At -1 and at infinity the correction is no number.
    add(
      log(u.get, newLocal),
      v128.and(correction.get, f32x4.eq(correction.get, correction.get)),
    ),
  ];
}

/** 1 / (1 + e^-x), within 3 units in the last place where that is a normal number. */
export function sigmoid(x: Code, newLocal: NewLocal): Code {
  return div(number(1), add(number(1), exp(f32x4.neg(x), newLocal)));
}

/** ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|), within 4 units in the last place. */
export function softplus(x: Code, newLocal: NewLocal): Code {
  const value = newLocal("v128");
  return [
    value.set(x),
    add(
      pmax(value.get, number(0)),
      log1p(exp(f32x4.neg(abs(value.get)), newLocal), newLocal),
    ),
  ];
}

/** (e^x - e^-x) / (e^x + e^-x), within 3 units in the last place. */
export function tanh(x: Code, newLocal: NewLocal): Code {
  const [value, size, square] = newLocals(newLocal, 3);
  return [
    value.set(x),
    size.set(abs(value.get)),
    square.set(mul(value.get, value.get)),
    v128.or(
      v128.bitselect(
        // Near 0 the difference below would cancel.
        add(
          mul(mul(polynomial(TANH, square.get), square.get), value.get),
          value.get,
        ),
        sub(
          number(1),
          div(
            number(2),
            add(exp(add(size.get, size.get), newLocal), number(1)),
          ),
        ),
        f32x4.lt(size.get, number(0.625)),
      ),
      // The sign, of -0 too.
      v128.and(value.get, number(-0)),
    ),
  ];
}

function newLocals(newLocal: NewLocal, count: number): ReturnType<NewLocal>[] {
  return Array.from({ length: count }, () => newLocal("v128"));
}

// The value of a polynomial by Horner's rule, as code.
function polynomial([first, ...others]: readonly number[], x: Code): Code {
  return others.reduce<Code>(
    (sum, coefficient) => add(mul(sum, x), number(coefficient)),
    number(first),
  );
}

// 2^n for whole numbers n from -126 to 127.
function powerOfTwo(n: Code): Code {
  return i32x4.shl(i32x4.add(n, i32x4.const(127)), i32.const(23));
}
