import { engineGap } from "../engine/layers.ts";
import type { BackendRequest, Step, StepOptions } from "../models/mod.ts";
import type { NetworkSpec } from "../networks/mod.ts";

/**
 * What may compute a step: tfjs, or the hand-written engine on vector instructions;
 * products of `simd-relaxed` round as the machine likes.
 */
export const ENGINES = ["simd", "simd-relaxed", "tfjs"] as const;

/** One of {@linkcode ENGINES}. */
export type EngineName = typeof ENGINES[number];

/** What a user may ask for; `auto` is `simd` for every network that it knows. */
export type EngineRequest = EngineName | "auto";

/** What an engine is wanted for. */
export interface EngineWish {
  /** `auto` unless told. */
  readonly engine?: EngineRequest;
  /** A backend of tfjs; one that is named asks for tfjs. */
  readonly backend?: BackendRequest;
}

/** Which engine computes, and why it is not the faster one. */
export interface EngineChoice {
  /** The engine. */
  readonly engine: EngineName;
  /** One line for the user. */
  readonly note?: string;
}

/**
 * Chooses what computes a network.
 *
 * @param network The network; its dataDim does not matter.
 * @param wish What the user asked for.
 * @returns The engine, and a note where `auto` takes tfjs for what the network is.
 * @throws {RangeError} If the hand-written engine is asked for and does not know the
 * network, or together with a backend.
 *
 * @example The engine computes a dense VAE; a named backend is one of tfjs
 * ```ts
 * import { chooseEngine } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const network = { likelihood: { kind: "bernoulli" as const } };
 * assertEquals(chooseEngine(network), { engine: "simd" });
 * assertEquals(chooseEngine(network, { backend: "wasm" }), { engine: "tfjs" });
 * ```
 */
export function chooseEngine(
  network: Pick<NetworkSpec, "likelihood"> & { readonly convolution?: unknown },
  { engine = "auto", backend = "auto" }: EngineWish = {},
): EngineChoice {
  if (engine === "tfjs") return { engine };
  const gap = engineGap(network);
  if (engine !== "auto") {
    if (backend !== "auto") {
      throw new RangeError(
        `Cannot choose an engine as a backend must come with tfjs: ${backend} with ` +
          `${engine}; leave one of them out`,
      );
    }
    if (gap === undefined) return { engine };
    throw new RangeError(
      `Cannot choose ${engine} as it must know the network: ${gap}; choose tfjs or auto`,
    );
  }
  if (backend !== "auto") return { engine: "tfjs" };
  if (gap === undefined) return { engine: "simd" };
  return {
    engine: "tfjs",
    note:
      `Note: tfjs computes this network, as the faster engine does not know it: ${gap}.`,
  };
}

/**
 * Names the backend of a run, so that config.json has the one that computes.
 *
 * @param choice The engine, and the backend that was asked for.
 * @param options `onNote`: told which backend "auto" is here, and why.
 * @returns The backend; "auto" only where none computes.
 */
export async function settleBackend(
  { engine, backend }: { engine: EngineName; backend: BackendRequest },
  { onNote }: { onNote?: (text: string) => void } = {},
): Promise<BackendRequest> {
  if (engine !== "tfjs" || backend !== "auto") return backend;
  const { chooseBackend } = await import("../models/mod.ts");
  const { name, description, why } = await chooseBackend("auto");
  onNote?.(`Backend ${name}, ${description}${why && `; ${why}`}.`);
  return name;
}

/** What {@linkcode createStepOn} needs besides the network. */
export interface StepOnOptions extends StepOptions {
  /** What computes. */
  readonly engine: EngineName;
  /** Threads of the hand-written engine. */
  readonly threads?: number;
  /** Told what the user should know. */
  readonly onNote?: (text: string) => void;
}

/**
 * Makes a network ready on an engine, and loads no other: tfjs takes longer to load than
 * the first steps take.
 *
 * @param spec The network.
 * @param options The engine, and what a step needs.
 * @returns The step; its owner calls `dispose`.
 *
 * @example On one thread
 * ```ts
 * import { createStepOn } from "elbo/training";
 *
 * const step = await createStepOn({
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [3],
 *   latentDim: 2,
 *   activation: "relu",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * }, { engine: "simd", threads: 1, seed: 0, learningRate: 1e-3 });
 * step.dispose();
 * ```
 */
export async function createStepOn(
  spec: NetworkSpec,
  { engine, ...options }: StepOnOptions,
): Promise<Step> {
  if (engine !== "tfjs") {
    const { createEngineStep } = await import("../engine/mod.ts");
    return await createEngineStep(spec, {
      ...options,
      relaxed: engine === "simd-relaxed",
    });
  }
  const { createStep } = await import("../models/mod.ts");
  return await createStep(spec, options);
}
