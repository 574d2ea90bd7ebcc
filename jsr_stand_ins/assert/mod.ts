/**
 * A stand-in for the part of `jsr:@std/assert` that this repository uses.
 *
 * @module
 */
export { AssertionError } from "./assertion_error.ts";
export { assertEquals, assertNotEquals, assertStrictEquals } from "./equals.ts";
export {
  assertAlmostEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "./order.ts";
export { assertRejects, assertThrows } from "./throws.ts";
export {
  assert,
  assertExists,
  assertInstanceOf,
  assertMatch,
  assertStringIncludes,
  fail,
} from "./basics.ts";
