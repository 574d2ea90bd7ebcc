import type { TrainEvent } from "../training/mod.ts";
import { count, nats, seconds } from "./numbers.ts";

/** Where progress is written, and how. */
export interface ProgressOptions {
  /** Nothing at all. */
  readonly quiet?: boolean;
  /** One line that changes, instead of a line an epoch. */
  readonly live?: boolean;
  readonly write?: (text: string) => void;
  readonly columns?: () => number;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** Shows how a training goes. */
export interface Progress {
  show(event: TrainEvent): void;
  /** A line that stays. */
  say(text: string): void;
  /** Takes the live line away. */
  close(): void;
}

const redrawEveryMs = 100;
const clearLine = "\r\x1b[K";

/**
 * Makes a progress view: a live line on a terminal, a line an epoch elsewhere.
 *
 * @param options Where and how; stderr by default, live if that is a terminal.
 * @returns The view; close it before anything else is printed.
 */
export function createProgress({
  quiet = false,
  live = Deno.stderr.isTerminal(),
  write = writeStderr,
  columns = terminalColumns,
  now = () => performance.now(),
}: ProgressOptions = {}): Progress {
  let drawnAt = -Infinity;
  let isDrawn = false;
  const close = () => {
    if (isDrawn) write(clearLine);
    isDrawn = false;
  };
  const say = (text: string) => {
    if (quiet) return;
    close();
    write(`${text}\n`);
  };
  const draw = (text: string) => {
    if (quiet || !live || now() - drawnAt < redrawEveryMs) return;
    drawnAt = now();
    isDrawn = true;
    // A line that wrapped could not be cleared; some terminals say they have no columns.
    write(clearLine + text.slice(0, (columns() || 80) - 1));
  };
  return {
    show(event) {
      if (event.kind === "epoch") say(epochLine(event));
      else draw(event.kind === "step" ? stepLine(event) : measureLine(event));
    },
    say,
    close,
  };
}

type EventOf<Kind> = Extract<TrainEvent, { kind: Kind }>;

function stepLine(event: EventOf<"step">): string {
  const { epoch, epochs, batch, batches, objective, imagesPerSecond, secondsLeft } =
    event;
  return `epoch ${epoch}/${epochs}  step ${batch}/${batches}  ` +
    `objective ${nats(objective)}  ${count(imagesPerSecond)} images/s  ` +
    `${seconds(secondsLeft)} left`;
}

function measureLine({ epoch, epochs, done, count: all }: EventOf<"measure">): string {
  return `epoch ${epoch}/${epochs}  measuring ${count(done)} of ${count(all)} images`;
}

function epochLine({ record, epochs }: EventOf<"epoch">): string {
  const test = record.testElbo === null
    ? `test -ln p(x|z) ${nats(-record.testExpectedLogLikelihood)}`
    : `test -ELBO ${nats(-record.testElbo)}`;
  return `epoch ${record.epoch}/${epochs}  ` +
    `train objective ${nats(record.trainObjective)}  ${test}  ` +
    `${seconds(record.seconds)} + ${seconds(record.evalSeconds)}`;
}

const encoder = new TextEncoder();

function writeStderr(text: string): void {
  const bytes = encoder.encode(text);
  for (let done = 0; done < bytes.length;) {
    done += Deno.stderr.writeSync(bytes.subarray(done));
  }
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}
