import { inspect } from "node:util";
import { AssertionError, refuse } from "./assertion_error.ts";

/**
 * Throws unless `|actual - expected| <= tolerance`; the default tolerance is
 * `1e-7 |expected|`, and `1e-7` where `expected` is not finite.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
) {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  // Written so that a NaN on any side fails.
  if (!(delta <= allowed)) {
    refuse(
      `Expected ${actual} to be within ${allowed} of ${expected}, it is ${delta} away`,
      msg,
    );
  }
}

function refuseOrder(pair: [unknown, string, unknown], msg?: string): never {
  const [actual, sign, expected] = pair;
  throw new AssertionError(
    msg ?? `Expected ${inspect(actual)} ${sign} ${inspect(expected)}`,
  );
}

/** Throws unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string) {
  if (!(actual > expected)) refuseOrder([actual, ">", expected], msg);
}

/** Throws unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string) {
  if (!(actual >= expected)) refuseOrder([actual, ">=", expected], msg);
}

/** Throws unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string) {
  if (!(actual < expected)) refuseOrder([actual, "<", expected], msg);
}

/** Throws unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string) {
  if (!(actual <= expected)) refuseOrder([actual, "<=", expected], msg);
}
