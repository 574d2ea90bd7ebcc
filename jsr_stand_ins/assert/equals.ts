import { deepStrictEqual } from "node:assert";
import { inspect } from "node:util";
import { refuse } from "./assertion_error.ts";

/** SameValueZero: NaN equals NaN, and 0 equals -0, as in the published package. */
function sameValueZero(a: unknown, b: unknown): boolean {
  return a === b || Object.is(a, b);
}

/** An object without a prototype counts as a plain one. */
function constructorOf(value: object): unknown {
  return value.constructor ?? Object;
}

function ownKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key)
  );
}

function isTyped(value: unknown): value is ArrayLike<unknown> & ArrayBufferView {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

type Compare = (a: unknown, b: unknown) => boolean;

function sameTypedArray(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (!sameValueZero(a[i], b[i])) return false;
  }
  return true;
}

/** Each entry of `a` finds its own partner in `b`; keys may be objects. */
function sameEntries(a: Iterable<unknown>, b: Iterable<unknown>, same: Compare) {
  const left = [...a];
  const right = [...b];
  return left.length === right.length && left.every((entry) => {
    const at = right.findIndex((other) => same(entry, other));
    if (at >= 0) right.splice(at, 1);
    return at >= 0;
  });
}

function sameProperties(a: object, b: object, same: Compare): boolean {
  const keys = ownKeys(a);
  return keys.length === ownKeys(b).length &&
    keys.every((key) =>
      Object.hasOwn(b, key) && same(Reflect.get(a, key), Reflect.get(b, key))
    );
}

/** Deep equality. A pair met again inside itself counts as equal, so cycles end. */
function equal(actual: unknown, expected: unknown): boolean {
  const seen = new Map<unknown, unknown>();
  const same: Compare = (a, b) => {
    if (sameValueZero(a, b)) return true;
    if (a === null || b === null) return false;
    if (typeof a !== "object" || typeof b !== "object") return false;
    if (constructorOf(a) !== constructorOf(b)) return false;
    if (a instanceof Date) return sameValueZero(a.getTime(), (b as Date).getTime());
    if (a instanceof RegExp || a instanceof URL) return String(a) === String(b);
    if (isTyped(a) && isTyped(b)) return sameTypedArray(a, b);
    if (seen.get(a) === b) return true;
    seen.set(a, b);
    if (a instanceof Map || a instanceof Set) {
      if (!sameEntries(a, b as Iterable<unknown>, same)) return false;
    }
    return sameProperties(a, b, same);
  };
  return same(actual, expected);
}

/** Node's own comparison already writes a readable difference: borrow its words. */
function difference(actual: unknown, expected: unknown): string {
  // A typed array may hold millions of numbers: too many for a line each.
  if (isTyped(actual) && isTyped(expected) && actual.length === expected.length) {
    const at = Array.from(actual).findIndex((x, i) => !sameValueZero(x, expected[i]));
    if (at >= 0) return `at index ${at}: ${actual[at]} !== ${expected[at]}`;
  }
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return `${inspect(actual)} !== ${inspect(expected)}`;
}

/** Throws unless `actual` and `expected` are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string) {
  if (!equal(actual, expected)) {
    refuse(`Values are not equal\n${difference(actual, expected)}\n`, msg);
  }
}

/** Throws if `actual` and `expected` are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string) {
  if (equal(actual, expected)) {
    refuse(`Expected a value other than ${inspect(expected)}`, msg);
  }
}

/** Throws unless `Object.is(actual, expected)`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (!Object.is(actual, expected)) {
    refuse(
      `Values are not strictly equal: ${inspect(actual)} and ${inspect(expected)}`,
      msg,
    );
  }
}
