import {
  fileError,
  isTemporary,
  readFile,
  readSafetensors,
  safetensorsParts,
  writeAtomically,
} from "../files/mod.ts";
import {
  checkWeights,
  type NetworkSpec,
  type Weights,
  weightsFromTensors,
} from "../networks/mod.ts";
import {
  formatRunConfig,
  hashRunConfig,
  parseRunConfig,
  type RunConfig,
} from "./config.ts";
import { type MetricsRecord, parseMetrics } from "./metrics.ts";
import { type RunFiles, runFiles } from "./run_files.ts";
import { LOCK_FILE } from "./run_lock.ts";

/** A run folder that was opened: its configuration and metrics are valid. */
export interface Run {
  /** The folder. */
  readonly path: string;
  /** Its files. */
  readonly files: RunFiles;
  /** Its valid configuration. */
  readonly config: RunConfig;
  /** Its network: `config.network`. */
  readonly spec: NetworkSpec;
  /** What a checkpoint must have been written under to continue the run. */
  readonly configHash: string;
  /** One record for each whole epoch. */
  readonly metrics: readonly MetricsRecord[];
}

/**
 * Opens a run folder.
 *
 * @param path The folder.
 * @returns The run, with its configuration validated.
 * @throws {RangeError} If the folder is no run, or its config.json is of another
 * version or was edited.
 * @throws {SyntaxError} If config.json or metrics.jsonl cannot be read.
 *
 * @example Needs read permission, so it only asks here
 * ```ts
 * import { openRun } from "elbo/training";
 * import { assertRejects } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "read", path: "." });
 * if (state === "granted") {
 *   await assertRejects(() => openRun("no/such/run"), RangeError, "a run folder");
 * }
 * ```
 */
export async function openRun(path: string): Promise<Run> {
  const files = runFiles(path);
  const text = await readTextIfThere(files.config);
  if (text === undefined) {
    throw new RangeError(
      `Cannot open ${path} as it must be a run folder: there is no config.json in it; ` +
        `train one with deno task train`,
    );
  }
  const config = parseRunConfig(text, files.config);
  const metrics = parseMetrics(
    await readTextIfThere(files.metrics) ?? "",
    files.metrics,
  );
  const configHash = await hashRunConfig(config);
  return { path, files, config, spec: config.network, configHash, metrics };
}

/**
 * Reads the weights that a run has learnt so far.
 *
 * @param run The run.
 * @returns The weights by name.
 * @throws {RangeError} If nothing was saved yet, or the file is of another network.
 * @throws {SyntaxError} If the file is cut short, or holds other numbers than floats.
 *
 * @example What the decoder makes of z = 0, `decodeOrigin("runs/two")` say
 * ```ts
 * import { createStep } from "elbo/models";
 * import { loadModel, openRun } from "elbo/training";
 * import { assertRejects } from "@std/assert";
 *
 * async function decodeOrigin(path: string): Promise<Float32Array> {
 *   const run = await openRun(path);
 *   const weights = await loadModel(run);
 *   const step = await createStep(run.spec, { seed: 0, learningRate: 1e-3, weights });
 *   const { mean } = await step.decode(new Float32Array(run.spec.latentDim), 1);
 *   step.dispose();
 *   return mean;
 * }
 * const { state } = await Deno.permissions.query({ name: "read", path: "." });
 * if (state === "granted") {
 *   await assertRejects(() => decodeOrigin("no/such/run"), RangeError, "a run folder");
 * }
 * ```
 */
export async function loadModel(run: Run): Promise<Weights> {
  const path = run.files.model;
  const bytes = await readIfThere(path);
  if (bytes === undefined) {
    throw new RangeError(
      `Cannot load ${path} as the run must have saved a model: there is none yet; ` +
        `continue it with deno task train --resume ${run.path}`,
    );
  }
  const { tensors, metadata } = readSafetensors(bytes, path);
  // Shapes alone would let a tanh network pass for a relu one.
  if (metadata.spec !== JSON.stringify(run.spec)) {
    throw new RangeError(
      `Cannot load ${path} as it must be of the network in config.json: it is of ` +
        `${metadata.spec ?? "none that it names"}; restore it, or write it anew with ` +
        `deno task train --resume ${run.path}`,
    );
  }
  const weights = weightsFromTensors(tensors, { source: path });
  checkWeights(run.spec, weights);
  return weights;
}

/**
 * Writes model.safetensors: the same bytes for the same network and weights.
 *
 * @param path The file.
 * @param model The network, kept as JSON in the metadata, and its weights.
 * @throws {Error} If it cannot be written: one sentence with a remedy.
 *
 * @example Needs read and write permission, else does nothing
 * ```ts
 * import { readSafetensors } from "elbo/files";
 * import { initialWeights } from "elbo/networks";
 * import { writeModel } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const spec = {
 *   model: "vae" as const,
 *   dataDim: 4,
 *   hidden: [3],
 *   latentDim: 2,
 *   activation: "relu" as const,
 *   likelihood: { kind: "bernoulli" as const },
 *   beta: 1,
 * };
 * const states = await Promise.all((["read", "write"] as const).map((name) =>
 *   Deno.permissions.query({ name })
 * ));
 * if (states.every(({ state }) => state === "granted")) {
 *   const path = await Deno.makeTempFile();
 *   await writeModel(path, { spec, weights: initialWeights(spec, { seed: 0 }) });
 *   const { metadata } = readSafetensors(await Deno.readFile(path));
 *   assertEquals(JSON.parse(metadata.spec), spec);
 *   await Deno.remove(path);
 * }
 * ```
 */
export async function writeModel(
  path: string,
  { spec, weights }: { spec: NetworkSpec; weights: Weights },
): Promise<void> {
  const metadata = { format: "elbo-model-1", spec: JSON.stringify(spec) };
  await writeAtomically(path, safetensorsParts(weights, metadata));
}

/**
 * Begins a run in a folder: writes its config.json.
 *
 * @param path The folder; empty, but for what a killed beginning left.
 * @param config The run's configuration.
 * @returns The opened run.
 */
export async function createRun(path: string, config: RunConfig): Promise<Run> {
  await requireVacant(path);
  await writeAtomically(runFiles(path).config, formatRunConfig(config));
  return await openRun(path);
}

/**
 * Refuses a folder that a new run cannot have.
 *
 * @param path The folder; may be missing.
 * @throws {RangeError} If something is there already; a run is told how to resume.
 */
export async function requireVacant(path: string): Promise<void> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(path)) names.push(entry.name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof Deno.errors.NotADirectory && await isFile(path)) {
      throw new Deno.errors.NotADirectory(
        `Cannot begin a run in ${path} as it must be a folder: it is a file; choose ` +
          `another name with --out`,
        { cause: error },
      );
    }
    throw fileError(error, { action: "write", path });
  }
  // A run that was killed before its configuration was whole leaves these.
  const taken = names.filter((name) =>
    name !== LOCK_FILE && !isTemporary(name, "config.json")
  );
  if (taken.length === 0) return;
  const found = await isRun(path)
    ? `it holds a run; continue that with --resume ${path}`
    : `it holds ${taken.toSorted()[0]}; choose another folder with --out`;
  throw new RangeError(`Cannot begin a run in ${path} as it must be empty: ${found}`);
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((stat) => !stat.isDirectory, () => false);
}

// A run of another version, which openRun would refuse, is one all the same.
async function isRun(path: string): Promise<boolean> {
  try {
    const config = JSON.parse(await readTextIfThere(runFiles(path).config) ?? "");
    return typeof config.format === "number";
  } catch {
    return false;
  }
}

async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw error;
  }
}

async function readTextIfThere(path: string): Promise<string | undefined> {
  const bytes = await readIfThere(path);
  return bytes && new TextDecoder().decode(bytes);
}
