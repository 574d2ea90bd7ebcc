import { breathe } from "./breathe.ts";
import { settle } from "./kernel_display.ts";
import { onInterrupt } from "./guards.ts";

/** How {@link untilStopped} ended. */
export interface StoppedResult<Value> {
  /** Whether the stop button was pressed while it ran. */
  readonly stopped: boolean;
  /** What the body returned; `undefined` when it left by the signal's exception. */
  readonly value: Value | undefined;
}

/**
 * Runs a loop that the stop button (or Ctrl-C in a script) ends cleanly.
 *
 * The body looks at `signal.aborted` once a step, or calls `signal.throwIfAborted()`,
 * and lets the event loop run now and then (`await breathe()`, `line.update(...)`):
 * without that, nothing can be heard. Variables keep their values, and the cell
 * counts as successful.
 *
 * @param body The loop.
 * @returns Whether it was stopped, and what the body returned.
 * @throws What the body throws, unless that is the signal's own exception.
 *
 * @example A loop that nobody stops
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { breathe, untilStopped } from "elbo/jupyter";
 *
 * let steps = 0;
 * const { stopped } = await untilStopped(async (signal) => {
 *   while (!signal.aborted && steps < 10) {
 *     steps++;
 *     await breathe();
 *   }
 * });
 * assertEquals({ stopped, steps }, { stopped: false, steps: 10 });
 * ```
 */
export async function untilStopped<Value>(
  body: (signal: AbortSignal) => Promise<Value>,
): Promise<StoppedResult<Value>> {
  const controller = new AbortController();
  const { signal } = controller;
  const release = onInterrupt(() => controller.abort());
  try {
    const value = await body(signal);
    await breathe(); // a stop pressed during the last step
    return { stopped: signal.aborted, value };
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    return { stopped: true, value: undefined };
  } finally {
    release();
    await settle();
  }
}
