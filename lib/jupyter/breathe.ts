import { setImmediate } from "node:timers";

/**
 * Lets the event loop run once, so that signals, messages and timers are served.
 *
 * Awaiting a promise that is already settled does not: a loop that only does that
 * never hears the stop button. Takes about 5 microseconds.
 *
 * @returns A promise that settles in the event loop's next turn.
 *
 * @example A timer is served in the middle of a loop
 * ```ts
 * import { assertGreater } from "@std/assert";
 * import { breathe } from "elbo/jupyter";
 *
 * let fired = false;
 * let steps = 0;
 * setTimeout(() => fired = true, 1);
 * for (; !fired; steps++) await breathe();
 * assertGreater(steps, 0);
 * ```
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => resolve());
  });
}
