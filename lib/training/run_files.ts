import { join } from "node:path";

/** Where the parts of a run folder lie. */
export interface RunFiles {
  /** Everything needed to repeat the run. */
  readonly config: string;
  /** One line of JSON an epoch. */
  readonly metrics: string;
  /** What `--resume` goes on from. */
  readonly checkpoint: string;
  /** The weights alone. */
  readonly model: string;
  /** A folder of PNG and Vega-Lite files. */
  readonly figures: string;
  /** One page that needs nothing else. */
  readonly report: string;
}

/**
 * Names the files of a run folder.
 *
 * @param path The folder.
 * @returns The paths, whether or not anything is there.
 *
 * @example Where the weights are
 * ```ts
 * import { runFiles } from "elbo/training";
 * import { assertMatch } from "@std/assert";
 *
 * assertMatch(runFiles("runs/a").model, /model\.safetensors$/);
 * ```
 */
export function runFiles(path: string): RunFiles {
  return {
    config: join(path, "config.json"),
    metrics: join(path, "metrics.jsonl"),
    checkpoint: join(path, "checkpoint.safetensors"),
    model: join(path, "model.safetensors"),
    figures: join(path, "figures"),
    report: join(path, "report.html"),
  };
}
