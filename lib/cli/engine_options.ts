import type { BackendRequest } from "../backend/mod.ts";
import { type EngineRequest, ENGINES } from "../training/mod.ts";
import { UsageError } from "./errors.ts";
import type { OptionSpecs } from "./options.ts";

/** The options by which a command is told what computes. */
export const engineOptions = {
  engine: {
    kind: "choice",
    placeholder: "NAME",
    choices: ["auto", ...ENGINES],
    default: "auto",
    help:
      "What computes: simd (written by hand, fast), simd-relaxed (its products may " +
      "round once: faster on some machines, and not the same bits on all), tfjs, or " +
      "auto: simd for every network that it knows.",
  },
  threads: {
    kind: "integer",
    min: 1,
    max: 64,
    help:
      "Of simd and simd-relaxed; any number gives the same result. Default: one a core, at most 8.",
  },
  backend: {
    kind: "choice",
    placeholder: "NAME",
    choices: ["auto", "cpu", "wasm", "wasm-relaxed", "webgpu"],
    default: "auto",
    help: "Of tfjs, which it asks for: cpu, wasm, wasm-relaxed (products may round " +
      "once: faster on some machines, and not the same bits on all), webgpu, or auto: " +
      "webgpu on a graphics processor, else wasm, else cpu.",
  },
} as const satisfies OptionSpecs;

/** Refuses a backend where there is none. */
export function checkEngineOptions(
  act: string,
  { engine, backend }: { engine: EngineRequest; backend: BackendRequest },
): void {
  if (engine === "auto" || engine === "tfjs" || backend === "auto") return;
  throw new UsageError(
    `Cannot ${act} as --backend must come with --engine tfjs: it is ${backend}; leave ` +
      "--engine or --backend out",
  );
}
