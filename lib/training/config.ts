import { z } from "zod";

import { type Binarization, BINARIZATIONS } from "../datasets/mod.ts";
import { sha256 } from "../files/mod.ts";
import { type EngineName, ENGINES } from "./engine.ts";
import type { Recipe } from "./schedule.ts";
import { ENCODER_GRADIENTS, type NetworkSpec } from "../networks/mod.ts";
import { type Versions, versions } from "./versions.ts";

/** The version of the run folder's layout that this code reads and writes. */
export const RUN_FORMAT = 1;

/** Everything needed to repeat a run: what config.json holds. */
export interface RunConfig {
  /** {@linkcode RUN_FORMAT} when it was written. */
  readonly format: typeof RUN_FORMAT;
  /** What the run began with. */
  readonly versions: Versions;
  /** What it learns from. */
  readonly dataset: DatasetConfig;
  /** What is trained. */
  readonly network: NetworkSpec;
  /** How it is trained. */
  readonly training: TrainingConfig;
}

/** The data of a run. */
export interface DatasetConfig {
  /** `mnist`, `fashion-mnist` or the path of a folder. */
  readonly name: string;
  /** Of an image, in pixels. */
  readonly height: number;
  /** Of an image, in pixels. */
  readonly width: number;
  /** How many of the last training images are held out. */
  readonly validation: number;
  /** How many of the first training images are used; null: all. */
  readonly limit: number | null;
  /** How bytes became pixels. */
  readonly binarization: Binarization;
  /** The SHA-256 of each file, by its name. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** How a run is trained. */
export interface TrainingConfig extends Recipe {
  /** Passes over the training images in all, resumed ones included. */
  readonly epochs: number;
  /** Images a step; the last batch of an epoch may be smaller. */
  readonly batchSize: number;
  /** Of Adam, until the first of the `rateStages`. */
  readonly learningRate: number;
  /** Of weights, order, binarisation and noise: from 0 to 2^32 - 1. */
  readonly seed: number;
  /** What computed; the last bits may differ from one to another. */
  readonly backend: "auto" | "cpu" | "wasm" | "wasm-relaxed" | "webgpu";
  /** The engine; runs from before there were two have none: it was tfjs. */
  readonly engine?: EngineName;
}

const whole = (min: number) => z.int().min(min);

const likelihood = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["bernoulli", "continuous-bernoulli"]) }),
  z.strictObject({
    kind: z.literal("gaussian"),
    variance: z.union([z.enum(["pixel", "shared", "optimal"]), z.number().positive()]),
  }),
  z.strictObject({
    kind: z.enum(["gaussian-mixture", "logistic-mixture"]),
    components: whole(1),
  }),
]);

const schema: z.ZodType<RunConfig> = z.strictObject({
  format: z.literal(RUN_FORMAT),
  versions: z.strictObject({ elbo: z.string(), deno: z.string(), tfjs: z.string() }),
  dataset: z.strictObject({
    name: z.string(),
    height: whole(1),
    width: whole(1),
    validation: whole(0),
    limit: whole(1).nullable(),
    binarization: z.enum(BINARIZATIONS),
    sha256: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
  }),
  network: z.strictObject({
    model: z.enum(["vae", "autoencoder"]),
    dataDim: whole(1),
    hidden: z.array(whole(1)),
    convolution: z.strictObject({
      height: whole(1),
      width: whole(1),
      channels: z.array(whole(1)).nonempty(),
    }).optional(),
    latentDim: whole(1),
    activation: z.enum(["relu", "tanh"]),
    likelihood,
    beta: z.number().min(0),
    freeBits: z.number().positive().optional(),
    samples: whole(2).optional(),
    encoderGradient: z.enum(ENCODER_GRADIENTS).optional(),
  }),
  training: z.strictObject({
    epochs: whole(1),
    batchSize: whole(1),
    learningRate: z.number().positive(),
    seed: whole(0).max(2 ** 32 - 1),
    backend: z.enum(["auto", "cpu", "wasm", "wasm-relaxed", "webgpu"]),
    warmUp: z.strictObject({ epochs: z.number().positive(), cycles: whole(1) })
      .optional(),
    rateStages: z.array(
      z.strictObject({ fromEpoch: whole(1), learningRate: z.number().positive() }),
    ).optional(),
    adamEpsilon: z.number().positive().optional(),
    outputBias: z.literal("mean").optional(),
    engine: z.enum(ENGINES).optional(),
  }),
});

/**
 * Reads and validates the text of a config.json.
 *
 * @param text The text.
 * @param source The file's name, for the messages.
 * @returns The configuration.
 * @throws {SyntaxError} If the text is no JSON.
 * @throws {RangeError} If it was written by another version, or was edited into
 * something that no version writes.
 *
 * @example A version that is not this one
 * ```ts
 * import { parseRunConfig } from "elbo/training";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(
 *   () => parseRunConfig('{"format": 7}', "runs/a/config.json"),
 *   RangeError,
 *   "Cannot read runs/a/config.json as its format must be 1: it is 7",
 * );
 * ```
 */
export function parseRunConfig(text: string, source: string): RunConfig {
  const value = parseJson(text, source);
  const { format, versions: writer } = (value ?? {}) as Partial<RunConfig>;
  if (format !== RUN_FORMAT) {
    const by = writer?.elbo === undefined ? "" : `, written by elbo ${writer.elbo}`;
    throw new RangeError(
      `Cannot read ${source} as its format must be ${RUN_FORMAT}: ` +
        `it is ${JSON.stringify(format)}${by}; use the version of elbo that wrote ` +
        `it, or start a new run with this one (${versions().elbo})`,
    );
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw new RangeError(
    `Cannot read ${source} as ${path.join(".") || "it"} must be as elbo wrote it: ` +
      `${message}; the file was edited, restore it or start a new run`,
  );
}

/**
 * Writes a configuration as the text of a config.json.
 *
 * @param config The configuration.
 * @returns JSON with a final newline; the same bytes for the same configuration.
 *
 * @example There and back
 * ```ts
 * import { formatRunConfig, parseRunConfig, type RunConfig } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const config: RunConfig = {
 *   format: 1,
 *   versions: { elbo: "0.1.0", deno: "2.9.6", tfjs: "4.22.0" },
 *   dataset: {
 *     name: "mnist",
 *     height: 28,
 *     width: 28,
 *     validation: 0,
 *     limit: null,
 *     binarization: "dynamic",
 *     sha256: {},
 *   },
 *   network: {
 *     model: "vae",
 *     dataDim: 784,
 *     hidden: [400],
 *     latentDim: 20,
 *     activation: "relu",
 *     likelihood: { kind: "bernoulli" },
 *     beta: 1,
 *   },
 *   training: {
 *     epochs: 10,
 *     batchSize: 128,
 *     learningRate: 1e-3,
 *     seed: 0,
 *     backend: "wasm",
 *   },
 * };
 * assertEquals(parseRunConfig(formatRunConfig(config), "config.json"), config);
 * ```
 */
export function formatRunConfig(config: RunConfig): string {
  return JSON.stringify(config, null, 2) + "\n";
}

/**
 * Names what a checkpoint may be continued with.
 *
 * The number of epochs, the engine and its backend are left out, since `--resume` may change
 * them.
 *
 * @param config The configuration.
 * @returns 64 hexadecimal digits, the SHA-256 of its JSON with sorted keys.
 *
 * @example More epochs may follow, another seed may not
 * ```ts
 * import { hashRunConfig, type RunConfig } from "elbo/training";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const config: RunConfig = {
 *   format: 1,
 *   versions: { elbo: "0.1.0", deno: "2.9.6", tfjs: "4.22.0" },
 *   dataset: {
 *     name: "mnist",
 *     height: 28,
 *     width: 28,
 *     validation: 0,
 *     limit: null,
 *     binarization: "dynamic",
 *     sha256: {},
 *   },
 *   network: {
 *     model: "vae",
 *     dataDim: 784,
 *     hidden: [400],
 *     latentDim: 20,
 *     activation: "relu",
 *     likelihood: { kind: "bernoulli" },
 *     beta: 1,
 *   },
 *   training: {
 *     epochs: 10,
 *     batchSize: 128,
 *     learningRate: 1e-3,
 *     seed: 0,
 *     backend: "wasm",
 *   },
 * };
 * const hashWith = (change: Partial<RunConfig["training"]>) =>
 *   hashRunConfig({ ...config, training: { ...config.training, ...change } });
 * assertEquals(await hashWith({ epochs: 20 }), await hashWith({}));
 * assertNotEquals(await hashWith({ seed: 1 }), await hashWith({}));
 * ```
 */
export function hashRunConfig(config: RunConfig): Promise<string> {
  const { epochs: _1, backend: _2, engine: _3, ...training } = config.training;
  const text = JSON.stringify({ ...config, training }, sortKeys);
  return sha256(new TextEncoder().encode(text));
}

// The order of keys in an edited or rewritten file means nothing.
function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1),
  );
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(
      `Cannot read ${source} as it must be JSON: ${(error as Error).message}; ` +
        `the file was cut short or edited, restore it or start a new run`,
    );
  }
}
