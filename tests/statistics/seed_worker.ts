/** A thread that runs the tests of some files with the seeds that it is sent. */
import { type CollectedTest, collectTests } from "./collect.ts";
import { runTests, type TestRun } from "./run_tests.ts";

/** The files at first; then a seed, and the names of the tests to run with it. */
export type Order =
  | { readonly files: readonly string[] }
  | { readonly seed?: number; readonly tests?: ReadonlySet<string> };

/** What came of an order. */
export type Reply = { readonly run?: TestRun } | { readonly error: string };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Order>) => Promise<void>;
  postMessage(reply: Reply): void;
};
let all: CollectedTest[] = [];

scope.onmessage = async ({ data }) => {
  try {
    if ("files" in data) {
      all = await collectTests(data.files.map((file) => new URL(file)));
      scope.postMessage({});
      return;
    }
    const { seed, tests } = data;
    const run = await runTests(
      all.filter(({ name }) => tests?.has(name) ?? true),
      seed,
    );
    scope.postMessage({ run });
  } catch (error) {
    scope.postMessage({ error: error instanceof Error ? error.message : `${error}` });
  }
};
