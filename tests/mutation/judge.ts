import { Hung } from "./bench.ts";
import type { Mutant } from "./instrument.ts";
import type { Answer, Hits, Order } from "./runner.ts";

/** What became of a mutant. */
export type Verdict =
  & { readonly mutant: Mutant }
  & (
    | { readonly kind: "killed" | "timed out"; readonly by: string }
    | { readonly kind: "survived" | "not covered" }
  );

/** A running process with the tests in it. */
export interface Running extends AsyncDisposable {
  run(order: Order, seconds: number): Promise<Answer>;
}

/** Starts a process; the mutant is on whenever a file is loaded, and as a rule none is. */
export type StartProcess = (mutant?: string) => Running;

interface Test {
  readonly file: string;
  readonly test: number;
  readonly name: string;
  /** How long it takes, and how long its file takes to load. */
  readonly seconds: number;
  readonly loadSeconds: number;
  readonly hits: Hits;
}

/** Tries mutants, on a process that is kept as long as it can be trusted. */
export class Judge implements AsyncDisposable {
  #kept?: Running;

  private constructor(
    readonly start: StartProcess,
    /** The quickest first: most mutants die early. */
    readonly tests: readonly Test[],
    readonly loading: Hits,
  ) {}

  /**
   * Runs each test without a mutant, for its time and the mutants that it reaches.
   *
   * @throws {Error} if one fails: it would kill whatever is tried.
   */
  static async open(start: StartProcess, files: readonly string[]): Promise<Judge> {
    const process = start();
    const tests: Test[] = [];
    const loading: Record<string, number> = {};
    const run = async (order: Order) => {
      const startedAt = performance.now();
      const answer = await process.run(order, 600);
      return { ...answer, seconds: (performance.now() - startedAt) / 1000 };
    };
    try {
      for (const file of files) {
        const loaded = await run({ file });
        if (!loaded.ok) throw new Error(`Cannot try mutants as ${file} must load`);
        for (const [id, times] of Object.entries(loaded.hits)) {
          loading[id] = (loading[id] ?? 0) + times;
        }
        for (const [test, name] of loaded.tests.entries()) {
          const { ok, hits, seconds } = await run({ file, test });
          if (!ok) {
            throw new Error(
              `Cannot try mutants as all tests must pass without one: "${name}" fails`,
            );
          }
          tests.push({ file, test, name, seconds, loadSeconds: loaded.seconds, hits });
        }
      }
    } finally {
      // The first mutant finds nothing that these runs kept.
      await process[Symbol.asyncDispose]();
    }
    tests.sort((a, b) => a.seconds - b.seconds);
    return new Judge(start, tests, loading);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept?.[Symbol.asyncDispose]();
    this.#kept = undefined;
  }

  /** Runs the tests that reach a mutant until one fails. */
  async judge(mutant: Mutant): Promise<Verdict> {
    const reaching = this.tests.filter(({ hits }) => hits[mutant.id]);
    const atLoad = this.loading[mutant.id] ?? 0;
    if (reaching.length === 0 && atLoad === 0) return { mutant, kind: "not covered" };
    const hits = reaching.reduce((sum, { hits }) => sum + hits[mutant.id], atLoad);
    // As StrykerJS has it: whoever loops a hundred times longer loops for ever.
    const limit = 100 * hits;
    return await this.#quickly(mutant, reaching, limit) ??
      // Whatever is computed as the files load may reach any test.
      await this.#afresh(mutant, atLoad > 0 ? this.tests : reaching, limit);
  }

  /**
   * A verdict of the kept process, if that can be trusted.
   *
   * A mutant can spoil what the library keeps for later (the rules of the quadrature),
   * and can hide behind what was kept before it. So a test kills here only if it passes
   * again as soon as the mutant is off. Whatever outlives the first second needs a
   * process of its own in any case, and gets it then.
   */
  async #quickly(
    mutant: Mutant,
    tests: readonly Test[],
    limit: number,
  ): Promise<Verdict | undefined> {
    const deadline = performance.now() + 1000;
    try {
      for (const test of tests) {
        if (performance.now() > deadline) return undefined;
        this.#kept ??= this.start();
        const found = await verdictOf(this.#kept, { mutant, test, limit });
        if (!found) continue;
        const again = await this.#kept.run(placeOf(test), patience(test));
        if (again.ok) return found;
        await this[Symbol.asyncDispose]();
        return undefined;
      }
    } catch (error) {
      if (!(error instanceof Hung)) throw error;
      this.#kept = undefined;
    }
  }

  /** The verdict of a process of the mutant's own. */
  async #afresh(
    mutant: Mutant,
    tests: readonly Test[],
    limit: number,
  ): Promise<Verdict> {
    await using process = this.start(mutant.id);
    let by = "";
    try {
      for (const test of tests) {
        by = test.name;
        const found = await verdictOf(process, { mutant, test, limit });
        if (found) return found;
      }
      return { mutant, kind: "survived" };
    } catch (error) {
      if (error instanceof Hung) return { mutant, kind: "timed out", by };
      throw error;
    }
  }
}

async function verdictOf(
  bench: Running,
  { mutant, test, limit }: { mutant: Mutant; test: Test; limit: number },
): Promise<Verdict | undefined> {
  const order = { ...placeOf(test), mutant: mutant.id, limit };
  const { ok, loops } = await bench.run(order, patience(test));
  if (loops) return { mutant, kind: "timed out", by: test.name };
  return ok ? undefined : { mutant, kind: "killed", by: test.name };
}

const placeOf = ({ file, test }: Test) => ({ file, test });

// Generous: other programs may be at work, and fast-check looks for a small example.
const patience = ({ seconds, loadSeconds }: Test) => 5 + 20 * (seconds + loadSeconds);
