import { join } from "node:path";
import type { Dataset } from "../datasets/mod.ts";
import { chartJson, reportHtml } from "../figures/mod.ts";
import { fileError, writeAtomically } from "../files/mod.ts";
import type { Step } from "../models/mod.ts";
import type { NetworkSpec } from "../networks/mod.ts";
import { type MetricsRecord, type RunConfig, runFiles } from "../training/mod.ts";
import { runPictures } from "./run_pictures.ts";
import { reportOf } from "./run_report.ts";

/** A trained run, as the figures need it. */
export interface FiguresOptions {
  /** The run folder. */
  readonly out: string;
  readonly config: RunConfig;
  readonly metrics: readonly MetricsRecord[];
  readonly step: Step;
  readonly dataset: Dataset;
  readonly spec: NetworkSpec;
}

/**
 * Draw the figures of a run and write its report.
 *
 * Writes `figures/*.png`, the charts also as `figures/*.vl.json`, and `report.html`,
 * each whole or not at all. The images are those of the test set, binarised by the
 * published evaluation seed. Labels may be missing: then there is no colour. A plain
 * autoencoder has no prior, so neither samples nor a manifold of it are drawn.
 *
 * @param run The trained run.
 * @returns The paths of the files, the report last.
 * @throws {Error} If the folder cannot be written.
 */
export async function writeRunFigures(run: FiguresOptions): Promise<string[]> {
  const { out, config, metrics, step, dataset, spec } = run;
  const files = runFiles(out);
  const pictures = await runPictures({
    ...{ step, spec, metrics },
    images: dataset.test,
    datasetName: dataset.name,
    binarization: config.dataset.binarization,
    seed: config.training.seed,
  });
  try {
    await Deno.mkdir(files.figures, { recursive: true });
  } catch (error) {
    throw fileError(error, { action: "write", path: files.figures });
  }
  const written: string[] = [];
  const write = async (path: string, contents: Uint8Array | string) => {
    await writeAtomically(path, contents);
    written.push(path);
  };
  for (const { name, png, spec: chart } of pictures) {
    await write(join(files.figures, `${name}.png`), png);
    if (chart) await write(join(files.figures, `${name}.vl.json`), chartJson(chart));
  }
  const report = reportOf({
    ...{ path: out, config, metrics, pictures },
    trainCount: dataset.train.count,
    testCount: dataset.test.count,
  });
  await write(files.report, reportHtml(report));
  return written;
}
