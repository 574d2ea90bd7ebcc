import {
  readFile,
  readSafetensors,
  safetensorsParts,
  writeAtomically,
} from "../files/mod.ts";
import type { TrainState } from "../models/mod.ts";
import {
  checkWeights,
  type NetworkSpec,
  type Weight,
  type Weights,
  weightShapes,
} from "../networks/mod.ts";
import { parsePosition, type Position } from "./position.ts";

/** Everything that the rest of a run depends on. */
export interface Checkpoint {
  /** Weights, both moments of Adam, and how many updates were made. */
  readonly state: TrainState;
  /** Where in which epoch. */
  readonly position: Position;
}

const parts = ["weights", "firstMoment", "secondMoment"] as const;
const format = "elbo-checkpoint-1";

/**
 * Writes a checkpoint; a crash at any moment leaves the old one or the new one, whole.
 *
 * @param path The file.
 * @param checkpoint Weights, both moments of Adam, and the position.
 * @param options `configHash`: the configuration that it belongs to.
 * @throws {Error} If it cannot be written: one sentence with a remedy.
 *
 * @example There and back (needs read and write permission, else does nothing)
 * ```ts
 * import { initialWeights, type NetworkSpec } from "elbo/networks";
 * import { epochStart, readCheckpoint, writeCheckpoint } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [3],
 *   latentDim: 2,
 *   activation: "relu",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const weights = initialWeights(spec, { seed: 0 });
 * const state = { step: 0, weights, firstMoment: weights, secondMoment: weights };
 * const checkpoint = { state, position: epochStart(0) };
 * const states = await Promise.all((["read", "write"] as const).map((name) =>
 *   Deno.permissions.query({ name })
 * ));
 * if (states.every(({ state }) => state === "granted")) {
 *   const path = await Deno.makeTempFile();
 *   await writeCheckpoint(path, checkpoint, { configHash: "a" });
 *   assertEquals(await readCheckpoint(path, { spec, configHash: "a" }), checkpoint);
 *   await Deno.remove(path);
 * }
 * ```
 */
export async function writeCheckpoint(
  path: string,
  { state, position }: Checkpoint,
  { configHash }: { configHash: string },
): Promise<void> {
  const tensors = new Map<string, Weight>();
  for (const part of parts) {
    for (const [name, weight] of state[part]) {
      tensors.set(`${part}.${name}`, weight);
    }
  }
  const metadata = {
    format,
    configHash,
    step: String(state.step),
    position: JSON.stringify(position),
  };
  await writeAtomically(path, safetensorsParts(tensors, metadata));
}

/**
 * Reads a checkpoint and holds it against the run that it should belong to.
 *
 * @param path The file.
 * @param options `spec`: the run's network; `configHash`: its configuration.
 * @returns The checkpoint.
 * @throws {SyntaxError} If the file is cut short or is no checkpoint.
 * @throws {RangeError} If it belongs to another configuration.
 * @throws {Deno.errors.NotFound} If there is no such file.
 *
 * @example No file (needs read permission, else does nothing); one that is there stands
 * with {@linkcode writeCheckpoint}
 * ```ts
 * import type { NetworkSpec } from "elbo/networks";
 * import { readCheckpoint } from "elbo/training";
 * import { assertRejects } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [3],
 *   latentDim: 2,
 *   activation: "relu",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const { state } = await Deno.permissions.query({ name: "read", path: "." });
 * if (state === "granted") {
 *   await assertRejects(
 *     () => readCheckpoint("no/such/file", { spec, configHash: "a" }),
 *     Deno.errors.NotFound,
 *   );
 * }
 * ```
 */
export async function readCheckpoint(
  path: string,
  { spec, configHash }: { spec: NetworkSpec; configHash: string },
): Promise<Checkpoint> {
  const { tensors, metadata } = readSafetensors(await readFile(path), path);
  const position = parsePosition(metadata.position ?? "");
  const step = Number(metadata.step);
  if (metadata.format !== format || !position || !Number.isSafeInteger(step)) {
    throw new SyntaxError(
      `Cannot resume from ${path} as it must be a checkpoint of format ${format}: ` +
        `it is ${metadata.format ?? "another kind of file"}`,
    );
  }
  if (metadata.configHash !== configHash) {
    throw new RangeError(
      `Cannot resume from ${path} as it must belong to the config.json beside it: ` +
        `it was written under another configuration; restore config.json, ` +
        `or start a new run with the options you want`,
    );
  }
  const read = (part: string): Weights => {
    const weights = new Map(
      [...weightShapes(spec).keys()].map((name) => {
        const tensor = tensors.get(`${part}.${name}`);
        if (tensor?.values instanceof Float32Array) {
          return [name, { shape: tensor.shape, values: tensor.values }];
        }
        throw new SyntaxError(
          `Cannot resume from ${path} as it must hold ${part}.${name} as F32: ` +
            `it does not`,
        );
      }),
    );
    checkWeights(spec, weights);
    return weights;
  };
  const [weights, firstMoment, secondMoment] = parts.map(read);
  return { state: { step, weights, firstMoment, secondMoment }, position };
}
