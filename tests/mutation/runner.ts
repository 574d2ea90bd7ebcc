/**
 * Runs single tests of instrumented files, again and again, each with another mutant
 * switched on: a process that `Bench` starts and may have to kill.
 *
 * The argument is a `Start`, each line of the input an `Order`, each line of the output
 * an `Answer`.
 *
 * @module
 */

/** What a process is started with. */
export interface Start {
  /** A mutant that is on whenever a file is loaded; as a rule none is. */
  readonly mutant?: string;
}

/** How often each mutant was reached. */
export type Hits = Readonly<Record<string, number>>;

/** Run one test of a file, with a mutant or without; or only load the file. */
export interface Order {
  /** Relative to the folder that the process runs in. */
  readonly file: string;
  /** Which of its tests, by number. */
  readonly test?: number;
  readonly mutant?: string;
  /** A mutant that is reached more often than this loops for ever. */
  readonly limit?: number;
}

/** What became of it. */
export interface Answer {
  /** The test passed; or the file did load. */
  readonly ok: boolean;
  readonly loops: boolean;
  /** Where no mutant was on: how often each was reached. */
  readonly hits: Hits;
  /** The names of the file's tests. */
  readonly tests: readonly string[];
}

/** The switchboard of the instrumented files, by the names that StrykerJS gave it. */
interface Switchboard {
  activeMutant: string;
  hitCount: number;
  hitLimit?: number;
  /** `perTest` is for runners that say which test is on; here it is always one. */
  readonly mutantCoverage: { static: Record<string, number>; perTest: unknown };
}

/** Were it undefined, the instrumented files would ask the environment. */
const NONE = "none";

type Captured = { name: string; ignore?: boolean; fn: () => unknown };

async function main(start: Start) {
  let captured: Captured[] = [];
  const capture = (first: string | Captured, fn?: () => unknown) => {
    captured.push(typeof first === "string" ? { name: first, fn: fn! } : first);
  };
  Object.assign(Deno, { test: capture });
  // The output belongs to the answers.
  for (const method of ["log", "info", "warn", "error"] as const) {
    console[method] = () => {};
  }
  const board: Switchboard = {
    activeMutant: NONE,
    hitCount: 0,
    mutantCoverage: { static: {}, perTest: {} },
  };
  Object.assign(globalThis, { __stryker__: board });
  /** The tests of the files that are loaded; undefined of one that throws. */
  const files = new Map<string, readonly Captured[] | undefined>();
  for await (const { file, test, mutant, limit } of orders()) {
    board.mutantCoverage.static = {};
    Object.assign(board, { hitCount: 0, hitLimit: limit });
    if (!files.has(file)) {
      captured = [];
      board.activeMutant = start.mutant ?? NONE;
      const loaded = await passes(() => import(`file://${Deno.cwd()}/${file}`));
      files.set(file, loaded ? captured.filter(({ ignore }) => !ignore) : undefined);
    }
    const tests = files.get(file);
    let ok = tests !== undefined;
    if (tests && test !== undefined) {
      board.mutantCoverage.static = {};
      board.activeMutant = mutant ?? NONE;
      ok = await passes(tests[test].fn);
    }
    answer({
      ok,
      loops: board.hitCount > (limit ?? Infinity),
      hits: board.mutantCoverage.static,
      tests: tests?.map(({ name }) => name) ?? [],
    });
  }
}

async function passes(act: () => unknown): Promise<boolean> {
  try {
    await act();
    return true;
  } catch {
    return false;
  }
}

async function* orders(): AsyncGenerator<Order> {
  let text = "";
  for await (const piece of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (text + piece).split("\n");
    text = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}

function answer(value: Answer): void {
  const bytes = new TextEncoder().encode(JSON.stringify(value) + "\n");
  for (let from = 0; from < bytes.length;) {
    from += Deno.stdout.writeSync(bytes.subarray(from));
  }
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]));
