import type { Progress } from "./progress.ts";

// Each with the exit status that a shell gives to a process which it ends. Windows has no
// SIGTERM.
const SIGNALS = {
  SIGINT: 130,
  ...Deno.build.os !== "windows" && { SIGTERM: 143 },
} as const;
type Interrupting = keyof typeof SIGNALS;

/** What Ctrl-C, or the system's wish that it end, does to a command that takes long. */
export interface Interrupt {
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** The exit status of a command that was stopped: 130 by Ctrl-C, 143 by SIGTERM. */
  readonly status: number;
  /** From now on Ctrl-C ends the process at once, with these last words. */
  endWith(words: string): void;
  /** Ctrl-C ends the process again, as ever. */
  unlisten(): void;
}

/**
 * Listens for Ctrl-C: the first asks the loop to stop, the second ends the process at once.
 *
 * SIGTERM, by which a system or a batch queue asks processes to end, is heard alike.
 *
 * @param progress Where it is said.
 * @returns The signal, and how to change or end the listening.
 */
export function listenForInterrupt(
  progress: Pick<Progress, "say" | "close">,
): Interrupt {
  const controller = new AbortController();
  let lastWords: string | undefined;
  let status: number = SIGNALS.SIGINT;
  const onSignal = (name: Interrupting) => {
    status = SIGNALS[name]!;
    if (lastWords === undefined && !controller.signal.aborted) {
      controller.abort();
      const again = name === "SIGINT" ? "Ctrl-C" : name;
      progress.say(`Stopping after this step; ${again} again ends at once.`);
      return;
    }
    progress.close();
    if (lastWords !== undefined) console.error(lastWords);
    Deno.exit(status);
  };
  const listeners = (Object.keys(SIGNALS) as Interrupting[]).map((name) => {
    const listen = () => onSignal(name);
    Deno.addSignalListener(name, listen);
    return { name, listen };
  });
  return {
    signal: controller.signal,
    get status() {
      return status;
    },
    endWith: (words) => lastWords = words,
    unlisten: () => {
      for (const { name, listen } of listeners) Deno.removeSignalListener(name, listen);
    },
  };
}
