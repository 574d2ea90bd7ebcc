import { setImmediate } from "node:timers";

/**
 * Lets the event loop run once, so that signals, messages and timers are served.
 *
 * Awaiting a promise that is already settled does not: a loop that only does that
 * never hears the stop button. Takes about 5 microseconds.
 *
 * @example
 * ```ts
 * import { breathe } from "elbo/jupyter";
 *
 * for (let step = 0; step < 3; step++) await breathe();
 * ```
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => resolve());
  });
}
