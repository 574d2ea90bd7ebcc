import { CONTROL_BYTES } from "./layout.ts";

/** What the ranks are to do together. */
export type Operation = "train" | "measure" | "encode" | "decode" | "weigh" | "quit";

const OPERATIONS: readonly Operation[] = [
  "train",
  "measure",
  "encode",
  "decode",
  "weigh",
  "quit",
];

/** One piece of work for all ranks: the rows of a batch, and its constants. */
export interface Command {
  readonly operation: Operation;
  /** Rows of the batch that there is room for: where everything lies depends on it. */
  readonly batchRows: number;
  /** Rows of this batch. */
  readonly rows: number;
  /** The address of the noise: row 0 of the batch is row `firstRow` of the block. */
  readonly seed: number;
  readonly stream: number;
  readonly step: number;
  readonly firstRow: number;
  /** How many samples of each image are drawn in training, or are weighed. */
  readonly samples: number;
  /** Rows of the noise from one sample to the next. */
  readonly rowsPerSample: number;
  /** The weight of the KL. */
  readonly beta: number;
  /** Of Adam: see `adamRate`. */
  readonly shareM: number;
  readonly shareV: number;
  readonly rate: number;
  readonly epsilon: number;
}

/** Numbers of a command, in the order in which they lie in memory. */
const NUMBERS = [
  "batchRows",
  "rows",
  "seed",
  "stream",
  "step",
  "firstRow",
  "samples",
  "rowsPerSample",
  "beta",
  "shareM",
  "shareV",
  "rate",
  "epsilon",
] as const;

// Words of 32 bits; what different threads write lies on different lines of the cache.
const WORDS_A_LINE = 16;
const COMMANDS = 0;
const OPERATION = 1;
const ARRIVED = 1 * WORDS_A_LINE;
const PASSED = 2 * WORDS_A_LINE;
const FAILED = 3 * WORDS_A_LINE;
const FIRST_NUMBER = 4 * WORDS_A_LINE;
const PROGRESS = 6 * WORDS_A_LINE;

/** No barrier: their numbers begin at 1. */
const NEVER = 0;

/** The most ranks there is room for. */
export const MAX_RANKS = (CONTROL_BYTES / 4 - PROGRESS) / WORDS_A_LINE;

/**
 * Looks at a word before a thread goes to sleep, about 0.1 ms: a barrier is usually over
 * by then, and waking up takes as long. Longer would only warm a core that others need.
 */
const LOOKS = 30_000;

/**
 * How the ranks agree: commands from rank 0, barriers, and who failed.
 *
 * Lies at the start of the shared memory. Plain writes before an atomic one are seen by
 * whoever reads that one: so the numbers of a command need not be atomic, nor the
 * matrices before a barrier.
 */
export class Control {
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #ranks: number;
  readonly #patienceMs: number;

  /** `patienceMs`: how long the others may stand still before they are given up. */
  constructor(
    { buffer }: WebAssembly.Memory,
    { ranks, patienceMs = Infinity }: { ranks: number; patienceMs?: number },
  ) {
    this.#words = new Int32Array(buffer, 0, CONTROL_BYTES / 4);
    this.#numbers = new Float64Array(buffer, 4 * FIRST_NUMBER, NUMBERS.length);
    this.#ranks = ranks;
    this.#patienceMs = patienceMs;
  }

  /** Rank 0 gives a command to all others. */
  issue(command: Command): void {
    NUMBERS.forEach((name, i) => this.#numbers[i] = command[name]);
    for (let rank = 0; rank < this.#ranks; rank++) this.#words[progressOf(rank)] = 0;
    this.#announce(command.operation);
  }

  /** Rank 0 tells all others that there is nothing more to do. */
  quit(): void {
    this.#announce("quit");
  }

  /** How many commands were given. */
  get commands(): number {
    return Atomics.load(this.#words, COMMANDS);
  }

  /** Waits for the command after the first `seen`. */
  nextCommand(seen: number): Command {
    this.#waitWhile(COMMANDS, seen, Infinity);
    const numbers = Object.fromEntries(
      NUMBERS.map((name, i) => [name, this.#numbers[i]]),
    ) as Omit<Command, "operation">;
    return { operation: OPERATIONS[this.#words[OPERATION]], ...numbers };
  }

  /**
   * Waits until all ranks are here.
   *
   * @returns Whether none has failed on its way here; else rank 0 goes on alone. All
   * ranks get the same answer, also when another one is past this barrier and fails.
   * @throws {RankSilentError} If another rank stands still too long.
   */
  meet(): boolean {
    const words = this.#words;
    const passed = Atomics.load(words, PASSED);
    if (Atomics.add(words, ARRIVED, 1) === this.#ranks - 1) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.add(words, PASSED, 1);
      Atomics.notify(words, PASSED);
    } else {
      this.#waitPatiently(PASSED, passed);
    }
    const failedAt = Atomics.load(words, FAILED);
    return failedAt === NEVER || failedAt > passed + 1;
  }

  /** A rank says that it cannot go on; it still meets the others. */
  fail(): void {
    const barrier = Atomics.load(this.#words, PASSED) + 1;
    Atomics.compareExchange(this.#words, FAILED, NEVER, barrier);
  }

  /** A rank has done one more piece of its work. */
  advance(rank: number): void {
    Atomics.add(this.#words, progressOf(rank), 1);
  }

  /** How many pieces a rank has done since the command. */
  progress(rank: number): number {
    return Atomics.load(this.#words, progressOf(rank));
  }

  #announce(operation: Operation): void {
    this.#words[OPERATION] = OPERATIONS.indexOf(operation);
    Atomics.add(this.#words, COMMANDS, 1);
    Atomics.notify(this.#words, COMMANDS);
  }

  #waitPatiently(word: number, value: number): void {
    let before = this.#allProgress();
    while (!this.#waitWhile(word, value, this.#patienceMs)) {
      const now = this.#allProgress();
      if (now === before) throw new RankSilentError();
      before = now;
    }
  }

  #allProgress(): number {
    let sum = 0;
    for (let rank = 0; rank < this.#ranks; rank++) sum += this.progress(rank);
    return sum;
  }

  #waitWhile(word: number, value: number, timeoutMs: number): boolean {
    for (let look = 0; look < LOOKS; look++) {
      if (Atomics.load(this.#words, word) !== value) return true;
    }
    // Woken is not passed: whoever opened the last barrier may tell so only now.
    for (;;) {
      const outcome = Atomics.wait(this.#words, word, value, timeoutMs);
      if (Atomics.load(this.#words, word) !== value) return true;
      if (outcome === "timed-out") return false;
    }
  }
}

/** A rank did not come to a barrier and did not move. */
export class RankSilentError extends Error {
  override readonly name = "RankSilentError";
}

function progressOf(rank: number): number {
  return PROGRESS + rank * WORDS_A_LINE;
}
