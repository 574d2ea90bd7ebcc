import { assert, assertLess, assertMatch } from "@std/assert";

/**
 * Calls a reader with bad input: it may return, or refuse with one sentence of ours, and
 * must do so at once. (What the sentence quotes may break its line; the command line
 * escapes that when it prints.)
 *
 * @returns Whether it refused.
 */
export function readOrRefuse(read: () => unknown): boolean {
  const startedAt = performance.now();
  try {
    read();
    return false;
  } catch (error) {
    assert(error instanceof Error, String(error));
    assertMatch(error.message, /^Cannot \w.* as .+$/s, error.stack);
    return true;
  } finally {
    assertLess(performance.now() - startedAt, 2000, "milliseconds");
  }
}
