import type { Progress } from "./progress.ts";

/** The exit status of a command that Ctrl-C stopped. */
export const INTERRUPTED = 130;

/** What Ctrl-C does to a command that takes long. */
export interface Interrupt {
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** From now on Ctrl-C ends the process at once, with these last words. */
  endWith(words: string): void;
  /** Ctrl-C ends the process again, as ever. */
  unlisten(): void;
}

/**
 * Listens for Ctrl-C: the first asks the loop to stop, the second ends the process at once.
 *
 * @param progress Where it is said.
 * @returns The signal, and how to change or end the listening.
 */
export function listenForInterrupt(
  progress: Pick<Progress, "say" | "close">,
): Interrupt {
  const controller = new AbortController();
  let lastWords: string | undefined;
  const onInterrupt = () => {
    if (lastWords === undefined && !controller.signal.aborted) {
      controller.abort();
      progress.say("Stopping after this step; Ctrl-C again ends at once.");
      return;
    }
    progress.close();
    if (lastWords !== undefined) console.error(lastWords);
    Deno.exit(INTERRUPTED);
  };
  Deno.addSignalListener("SIGINT", onInterrupt);
  return {
    signal: controller.signal,
    endWith: (words) => lastWords = words,
    unlisten: () => Deno.removeSignalListener("SIGINT", onInterrupt),
  };
}
