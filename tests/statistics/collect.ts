/**
 * Takes tests out of their files, so that one process can run them again and again:
 * starting it, and warming up its compiler, is most of the time of a single run.
 */
import { timesSeedWasAsked } from "../helpers/seed.ts";
// It asks for a seed when it is loaded: its properties hold at any, they are no draws.
import "../helpers/fast_check.ts";

/** A test as its file registers it. */
export interface CollectedTest {
  readonly name: string;
  readonly fn: () => void | Promise<void>;
}

/**
 * Imports test files and returns their tests, without those that ignore themselves.
 *
 * @throws {TypeError} if a file asks for its seed at its top, where no later seed could
 * reach it, or if two tests have one name.
 */
export async function collectTests(files: readonly URL[]): Promise<CollectedTest[]> {
  const tests = new Map<string, CollectedTest>();
  const register = (first: string | Deno.TestDefinition, fn?: CollectedTest["fn"]) => {
    const test = typeof first === "string" ? { name: first, fn } : first;
    if (tests.has(test.name)) {
      throw new TypeError(
        `Cannot count false alarms as the name of a test must be its own: ${test.name}`,
      );
    }
    const ignore = "ignore" in test && test.ignore;
    if (!ignore) tests.set(test.name, test as CollectedTest);
  };
  const original = Object.getOwnPropertyDescriptor(Deno, "test")!;
  Object.defineProperty(Deno, "test", { ...original, value: register });
  try {
    for (const file of files) {
      const before = timesSeedWasAsked();
      await import(file.href);
      if (timesSeedWasAsked() === before) continue;
      throw new TypeError(
        "Cannot count false alarms as a file must ask for its seed inside of its tests: " +
          `${file} does so at its top; use perSeed for what its tests share`,
      );
    }
  } finally {
    Object.defineProperty(Deno, "test", original);
  }
  return [...tests.values()];
}
