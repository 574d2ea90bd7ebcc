/**
 * What keeps the kernel alive and talkative: the stop button and stray errors.
 *
 * @module
 */

import { inKernel } from "./kernel_display.ts";

/** A front end that restarts a kernel interrupts it first: then nothing is said. */
const SAY_AFTER_MS = 1000;
const SECOND_PRESS_MS = 5000;

const INTERRUPTED_STATUS = 130;

type Handler = () => void;

const handlers = new Set<Handler>();
let pressedAt = -Infinity;

/**
 * Calls a handler on SIGINT, until released.
 *
 * Outside the kernel the signal listener exists only while a handler does.
 *
 * @param handler Called for each SIGINT.
 * @returns Releases the handler.
 */
export function onInterrupt(handler: Handler): () => void {
  if (handlers.size === 0 && !inKernel()) {
    Deno.addSignalListener("SIGINT", hearInterrupt);
  }
  handlers.add(handler);
  return () => {
    if (!handlers.delete(handler)) return;
    if (handlers.size === 0 && !inKernel()) {
      Deno.removeSignalListener("SIGINT", hearInterrupt);
    }
  };
}

/**
 * In the kernel, keeps a stop from ending it and reports errors that no cell awaits.
 *
 * Without a listener SIGINT kills the kernel and all its state; an exception in a
 * timer stalls the cell for half a minute; an unhandled rejection disappears. Does
 * nothing outside the kernel.
 */
export function installGuards(): void {
  if (!inKernel()) return;
  Deno.addSignalListener("SIGINT", hearInterrupt);
  addEventListener("error", (event) => {
    event.preventDefault();
    reportStray("Uncaught error outside the cell's own steps", event.error);
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    reportStray(
      "Unhandled rejection: a promise that nobody awaits failed",
      event.reason,
    );
  });
}

function hearInterrupt(): void {
  if (handlers.size > 0) {
    for (const handler of handlers) handler();
    return;
  }
  const now = performance.now();
  if (now - pressedAt < SECOND_PRESS_MS) Deno.exit(INTERRUPTED_STATUS);
  pressedAt = now;
  setTimeout(() => {
    console.error(
      "Nothing here listens to the stop button, and all variables are kept. Press it " +
        "twice within 5 seconds to end the kernel.",
    );
  }, SAY_AFTER_MS);
}

function reportStray(what: string, reason: unknown): void {
  const text = reason instanceof Error
    ? reason.stack ?? reason.message
    : String(reason);
  console.error(`${what}: ${text}`);
}
