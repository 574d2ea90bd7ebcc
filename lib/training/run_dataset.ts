import { type Dataset, loadDataset } from "../datasets/mod.ts";
import type { Run } from "./run_folder.ts";

const REMEDIES = {
  resume: "restore the files, or start a new run",
  evaluate: "restore the files",
} as const;

/** What the data of a run are wanted for, and the data if they are at hand. */
export interface RunDatasetOptions {
  /** What an error says was to be done. */
  readonly act: "resume" | "evaluate";
  /** Instead of those that the run's name stands for. */
  readonly dataset?: Dataset;
}

/**
 * Loads the data that a run began with, and holds them to the hashes it kept.
 *
 * @param run The run.
 * @param options What they are for; data at hand are held to the hashes alone.
 * @returns The data set.
 * @throws {RangeError} Naming the file that differs.
 *
 * @example Of the run in a folder, `trainImages("runs/two")` say
 * ```ts
 * import { openRun, runDataset } from "elbo/training";
 * import { assertRejects } from "@std/assert";
 *
 * async function trainImages(path: string): Promise<number> {
 *   const { train } = await runDataset(await openRun(path), { act: "evaluate" });
 *   return train.count;
 * }
 * const { state } = await Deno.permissions.query({ name: "read", path: "." });
 * if (state === "granted") {
 *   await assertRejects(() => trainImages("no/such/run"), RangeError, "a run folder");
 * }
 * ```
 */
export async function runDataset(
  { path, config }: Run,
  { act, dataset }: RunDatasetOptions,
): Promise<Dataset> {
  const { name, validation, limit, sha256 } = config.dataset;
  const found = dataset ??
    await loadDataset(name, { validation, limit: limit ?? undefined });
  const expected = Object.entries(sha256);
  const other = expected.find(([file, hash]) => found.sha256[file] !== hash);
  if (
    other === undefined && Object.keys(found.sha256).length === expected.length &&
    found.train.dataDim === config.network.dataDim
  ) return found;
  const what = other === undefined ? "it has other files" : `${other[0]} differs`;
  throw new RangeError(
    `Cannot ${act} ${path} as the data set ${name} must be the one that it began ` +
      `with: ${what}; ${REMEDIES[act]}`,
  );
}
