import { isThere, writeAtomically } from "../files/mod.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { formatMetrics, type MetricsRecord } from "./metrics.ts";
import type { Run } from "./run_folder.ts";

/** What a run goes on from; undefined if it was stopped before it saved anything. */
export async function checkpointOf(run: Run): Promise<Checkpoint | undefined> {
  try {
    return await readCheckpoint(run.files.checkpoint, run);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // The checkpoint is written before the model: without both, a run was killed in its
    // first epoch and starts anew; with the model alone, that would lose it.
    if (await isThere(run.files.model)) {
      throw new RangeError(
        `Cannot resume ${run.path} as its checkpoint must be there: it has a model, but ` +
          `no checkpoint.safetensors; restore that file, or start a new run`,
        { cause: error },
      );
    }
    return undefined;
  }
}

/** Takes back what a crash left beyond the checkpoint. */
export async function repairMetrics(
  run: Run,
  epochs: number,
): Promise<MetricsRecord[]> {
  const { files, metrics } = run;
  if (metrics.length < epochs) {
    throw new RangeError(
      `Cannot resume ${run.path} as metrics.jsonl must hold all of its ${epochs} ` +
        `epochs: it holds ${metrics.length}; restore the file`,
    );
  }
  const kept = metrics.slice(0, epochs);
  await writeAtomically(files.metrics, formatMetrics(kept));
  return kept;
}
