import { inspect } from "node:util";
import { AssertionError, refuse } from "./assertion_error.ts";

/** Throws unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Throws always. */
export function fail(msg?: string): never {
  refuse("Failed assertion", msg);
}

/** Throws if `actual` is null or undefined. */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    refuse(`Expected a value, not ${actual}`, msg);
  }
}

/** Throws unless `actual instanceof expectedType`. */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: new (...args: never[]) => T,
  msg = "",
): asserts actual is T {
  if (!(actual instanceof expectedType)) {
    refuse(`Expected an instance of ${expectedType.name}, not ${inspect(actual)}`, msg);
  }
}

/** Throws unless the string `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string) {
  if (!actual.includes(expected)) {
    refuse(`Expected ${inspect(actual)} to contain ${inspect(expected)}`, msg);
  }
}

/** Throws unless `expected` matches the string `actual`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string) {
  if (!expected.test(actual)) {
    refuse(`Expected ${inspect(actual)} to match ${expected}`, msg);
  }
}
