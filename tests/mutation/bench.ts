import type { Answer, Order, Start } from "./runner.ts";

/** A process that did not answer in time, and is gone. */
export class Hung extends Error {}

/** How long a process may take to start where others are busy. */
const START_SECONDS = 30;

/** One process that runs tests of instrumented files. */
export class Bench implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncIterator<string>;
  #open = true;
  #patience = START_SECONDS;

  /** Starts the process in a folder that holds the runner, too. */
  constructor(folder: string, start: Start) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--frozen", "--no-check", "--no-prompt", "--quiet"],
        ...["--allow-read=.", "tests/mutation/runner.ts", JSON.stringify(start)],
      ],
      cwd: folder,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#orders = this.#process.stdin.getWriter();
    this.#answers = lines(this.#process.stdout);
  }

  /**
   * Loads a file, or runs one of its tests.
   *
   * @throws {Hung} if it takes longer than `seconds`, not counting the start of the
   * process, or the process is gone.
   */
  async run(order: Order, seconds: number): Promise<Answer> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Hung()),
      (seconds + this.#patience) * 1000,
    );
    this.#patience = 0;
    try {
      const line = new TextEncoder().encode(JSON.stringify(order) + "\n");
      await this.#orders.write(line);
      const { value, done } = await Promise.race([this.#answers.next(), late]);
      if (done) throw new Hung();
      return JSON.parse(value);
    } catch {
      // Too late, or the process has ended: it ran out of memory, say.
      await this[Symbol.asyncDispose]();
      throw new Hung();
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#process.status;
    await this.#orders.abort().catch(() => {});
  }
}

async function* lines(bytes: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let text = "";
  for await (const piece of bytes.pipeThrough(new TextDecoderStream())) {
    const parts = (text + piece).split("\n");
    text = parts.pop()!;
    yield* parts;
  }
}
