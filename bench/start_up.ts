import { linesOf } from "./lines.ts";
import { median } from "./statistics.ts";

/** What `deno task train` needs on all of MNIST. */
export interface StartUp {
  /** Seconds from the start of the process to the end of the first step. */
  readonly firstStep: {
    readonly runs: number;
    readonly least: number;
    readonly median: number;
  };
  /** Megabytes at most in one epoch. */
  readonly peakMemory: {
    /** Until the figures are drawn. */
    readonly training: number;
    /** With them. */
    readonly whole: number;
  };
  /** Seconds for one epoch and the figures, from start to end. */
  readonly oneEpoch: number;
}

const RUNS = 7;

/** Runs the command itself, with its own permissions, and listens to its progress. */
export async function timeStartUp(
  { onNote }: { onNote: (text: string) => void },
): Promise<StartUp> {
  const seconds: number[] = [];
  // The first one warms the caches of the compiler and of the files.
  for (let run = 0; run <= RUNS; run++) {
    onNote(`Starting deno task train, ${run} of ${RUNS}.`);
    const time = await firstStep();
    if (run > 0) seconds.push(time);
  }
  onNote("Training for one epoch, with figures.");
  return {
    firstStep: {
      runs: RUNS,
      least: Math.min(...seconds),
      median: median(seconds),
    },
    ...await oneEpoch(),
  };
}

async function firstStep(): Promise<number> {
  for await (const { text, seconds } of trainMessages()) {
    if (/ step 1\//.test(text)) return seconds;
  }
  throw new Error("Cannot time a first step as deno task train must make one");
}

async function oneEpoch(): Promise<Pick<StartUp, "peakMemory" | "oneEpoch">> {
  let training = 0;
  for await (const { text, peak, seconds } of trainMessages()) {
    if (/figures/.test(text)) training = peak;
    if (text === "end") {
      return { peakMemory: { training, whole: peak }, oneEpoch: seconds };
    }
  }
  throw new Error("Cannot measure an epoch as deno task train must end one");
}

interface Message {
  readonly text: string;
  readonly peak: number;
  /** Since the process was started. */
  readonly seconds: number;
}

// Whoever has heard enough leaves the loop, which ends the command.
async function* trainMessages(): AsyncGenerator<Message> {
  const out = await Deno.makeTempDir({ prefix: "elbo-bench-" });
  const path = (name: string) =>
    decodeURIComponent(new URL(name, import.meta.url).pathname);
  const startedAt = performance.now();
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--frozen", "--allow-read", "--allow-write"],
      ...["--preload", path("train_probe.ts"), path("../lib/cli/train.ts")],
      ...["--epochs", "1", "--out", `${out}/run`],
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    for await (const line of linesOf(process.stdout)) {
      if (!line.startsWith("{")) continue;
      yield { ...JSON.parse(line), seconds: (performance.now() - startedAt) / 1000 };
    }
  } finally {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await process.status;
    await Deno.remove(out, { recursive: true });
  }
}
