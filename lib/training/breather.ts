import { setImmediate } from "node:timers";

/** Lets the event loop run now and then inside a long computation. */
export interface Breather {
  /** Yields if the last yield is long enough ago; else returns at once. */
  breathe(): Promise<void> | void;
}

/**
 * Makes a breather; signals, key presses and timers are served when it breathes.
 *
 * Awaiting a settled promise never leaves the microtask queue, so a loop of training
 * steps would hear Ctrl-C only at its end.
 *
 * @param options `everyMs`: the least time between two yields, 20 ms by default.
 * @returns The breather.
 *
 * @example A timer fires in the middle of a long loop
 * ```ts
 * import { createBreather } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * let fired = false;
 * setTimeout(() => fired = true, 1);
 * const breather = createBreather({ everyMs: 2 });
 * while (!fired) await breather.breathe();
 * assertEquals(fired, true);
 * ```
 */
export function createBreather({ everyMs = 20 } = {}): Breather {
  let last = performance.now();
  return {
    breathe() {
      if (performance.now() - last < everyMs) return;
      return new Promise((resolve) =>
        setImmediate(() => {
          last = performance.now();
          resolve();
        })
      );
    },
  };
}
