import type { NetworkSpec } from "../networks/mod.ts";
import { clearUpperHalves } from "../simd/mod.ts";
import { type Command, Control, MAX_RANKS, RankSilentError } from "./control.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { Arithmetic } from "./machine.ts";
import { createMemory, growMemory } from "./memory.ts";
import { phasesOf } from "./phases.ts";
import { Rank } from "./rank.ts";
import type { WorkerMessage, WorkerStart } from "./serve.ts";

/** How a team works. */
export interface TeamOptions {
  /** Threads that compute, this one included. */
  readonly threads: number;
  /** How products are computed. */
  readonly arithmetic: Arithmetic;
  /** Told why there are fewer. */
  readonly onNote?: (text: string) => void;
  /** How long a thread may stand still before it is given up; 30 s unless told. */
  readonly patienceMs?: number;
}

/** Rows of the decoder that there is room for at least. */
const LEAST_ROWS = 128;

/** How long workers may take to start; in a notebook's kernel they take a second. */
const START_MS = 20_000;

/** Asks for what another thread would have to do. */
type Work = Omit<Command, "batchRows">;

/**
 * The threads of an engine and their memory, seen from the thread that owns them.
 *
 * It takes part as rank 0. Where there can be no other thread, or one is lost, it does
 * all the work itself, to the same bits.
 */
export class Team {
  readonly #spec: NetworkSpec;
  readonly #ranks: number;
  readonly #memory: WebAssembly.Memory;
  readonly #onNote: (text: string) => void;
  readonly #patienceMs: number;
  readonly #arithmetic: Arithmetic;
  #workers: Worker[] = [];
  #layout: Layout;
  #control!: Control;
  #rank!: Rank;

  private constructor(
    spec: NetworkSpec,
    { threads, arithmetic, onNote = () => {}, patienceMs = 30_000 }: TeamOptions,
  ) {
    this.#spec = spec;
    this.#onNote = onNote;
    this.#patienceMs = patienceMs;
    this.#arithmetic = arithmetic;
    const wanted = Math.max(1, Math.min(threads, MAX_RANKS));
    const batchRows = Math.ceil(LEAST_ROWS / (spec.samples ?? 1));
    const layoutFor = (ranks: number) => layoutOf(spec, { batchRows, ranks });
    const { bytes } = layoutFor(wanted);
    const { memory, reason } = createMemory(bytes, { shared: wanted > 1 });
    this.#memory = memory;
    this.#ranks = reason === undefined ? wanted : 1;
    if (reason !== undefined) this.#noteOneThread(reason);
    this.#layout = layoutFor(this.#ranks);
    this.#join();
  }

  /**
   * Brings a team together.
   *
   * @throws {RangeError} If its memory cannot be had.
   */
  static async start(spec: NetworkSpec, options: TeamOptions): Promise<Team> {
    const team = new Team(spec, options);
    if (team.#ranks > 1) {
      try {
        await team.#startWorkers();
      } catch (error) {
        team.#dismiss((error as Error).message);
      }
    }
    return team;
  }

  /** The threads at work. */
  get threads(): number {
    return 1 + this.#workers.length;
  }

  /** Where everything lies now. */
  get layout(): Layout {
    return this.#layout;
  }

  /** All numbers of the memory. */
  get floats(): Float32Array {
    return new Float32Array(this.#memory.buffer);
  }

  /** Makes room for batches of so many rows. */
  reserve(rows: number): void {
    if (rows <= this.#layout.batchRows) return;
    const layout = layoutOf(this.#spec, { batchRows: rows, ranks: this.#ranks });
    growMemory(this.#memory, layout.bytes);
    this.#layout = layout;
    this.#join();
  }

  /** Brings the copies of the weights up to date after they were written. */
  weightsWereWritten(): void {
    this.#rank.transposeAll();
  }

  /**
   * Does a piece of work, all threads together, and waits for its end.
   *
   * @throws {Error} If a thread was lost in the middle of an update.
   */
  run(work: Work): void {
    this.#runTogether(work);
    // What the caller computes from the numbers is scalar.
    clearUpperHalves();
  }

  #runTogether(work: Work): void {
    const command = { ...work, batchRows: this.#layout.batchRows };
    if (this.#workers.length === 0) return this.#runAlone(command);
    this.#control.issue(command);
    for (const phase of phasesOf(this.#spec, command.operation)) {
      this.#rank.run(phase, command);
      if (phase === "weights") return this.#meetAfterWeights(command);
      // All before the weights can be done again: it depends on nothing that it writes.
      if (!this.#meet()) return this.#runAlone(command);
    }
  }

  /** Lets the workers go. */
  dispose(): void {
    // A thread that sleeps cannot be terminated, and a process does not end before it.
    if (this.#workers.length > 0) this.#control.quit();
    for (const worker of this.#workers) worker.terminate();
    this.#workers = [];
  }

  #join(): void {
    this.#control = new Control(this.#memory, {
      ranks: this.#ranks,
      patienceMs: this.#patienceMs,
    });
    this.#rank = new Rank({
      ...{ memory: this.#memory, layout: this.#layout, control: this.#control },
      ...{ rank: 0, arithmetic: this.#arithmetic },
    });
  }

  async #startWorkers(): Promise<void> {
    const ready: Promise<void>[] = [];
    for (let rank = 1; rank < this.#ranks; rank++) {
      const url = new URL("./worker.ts", import.meta.url);
      const worker = new Worker(url, { type: "module", name: `elbo rank ${rank}` });
      this.#workers.push(worker);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
        if (data.kind === "ready") resolve();
        else this.#noteOneThread(`thread ${rank} failed: ${data.reason}`);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      ready.push(promise);
      const start: WorkerStart = {
        ...{ memory: this.#memory, spec: this.#spec },
        ...{ rank, ranks: this.#ranks, arithmetic: this.#arithmetic },
      };
      worker.postMessage(start);
    }
    await withTimeout(Promise.all(ready), START_MS);
  }

  #meet(): boolean {
    try {
      if (this.#control.meet()) return true;
      this.#letGo();
    } catch (error) {
      if (!(error instanceof RankSilentError)) throw error;
      this.#dismiss("another thread does not answer");
    }
    return false;
  }

  #meetAfterWeights(command: Command): void {
    const others = Array.from({ length: this.#ranks - 1 }, (_, i) => i + 1);
    try {
      if (this.#control.meet()) return;
    } catch (error) {
      if (!(error instanceof RankSilentError)) throw error;
      this.#dismiss("another thread does not answer");
      throw new Error(
        "Cannot go on as every thread must finish its part of an update: one was lost " +
          "in the middle of it; resume from the last checkpoint, with --threads 1",
        { cause: error },
      );
    }
    this.#letGo();
    for (const rank of others) {
      this.#rank.takeOver(command, { rank, done: this.#control.progress(rank) });
    }
  }

  // After a failure workers end by themselves, the one that failed with a word.
  #letGo(): void {
    this.#workers = [];
  }

  #runAlone(command: Command): void {
    for (const phase of phasesOf(this.#spec, command.operation)) {
      this.#rank.runAlone(phase, command);
    }
  }

  #dismiss(reason: string): void {
    this.dispose();
    this.#noteOneThread(reason);
  }

  #noteOneThread(reason: string): void {
    this.#onNote(
      `Note: the engine runs on one thread, as ${reason.replace(/\.$/, "")}.`,
    );
  }
}

async function withTimeout(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`workers did not start within ${ms / 1000} s`)),
    ms,
  );
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
