import { instantiate, tanh } from "../../simd/mod.ts";
import { FLOAT_BYTES, type Layout, PANELS_AT_ONCE } from "../layout.ts";
import { roundUp } from "../layers.ts";
import {
  drawLatent,
  klMeans,
  kSampleLatentGradient,
  latentGradient,
  latentLogRatio,
} from "./latent.ts";
import { likelihoodRows } from "./likelihood.ts";
import {
  eachVector,
  packRows,
  relu,
  scaleRows,
  sumColumns,
  throughRelu,
  throughTanh,
  transposeRows,
} from "./rows.ts";
import { listColumns, listRows, multiplyLists } from "./sparse.ts";

/** A kernel: addresses in bytes and numbers in, results in memory. */
export type Kernel = (...args: number[]) => void;

/** The kernels of an engine besides products and Adam; each is described where it is made. */
export type Kernels = Readonly<
  Record<
    | "activate"
    | "throughActivation"
    | "packRows"
    | "sumColumns"
    | "transposeRows"
    | "listRows"
    | "listColumns"
    | "multiplyLists"
    | "multiplyListsTwice"
    | "multiplyListsFrom"
    | "multiplyListsFromTwice"
    | "drawLatent"
    | "klMeans"
    | "latentGradient"
    | "kSampleLatentGradient"
    | "scaleRows"
    | "latentLogRatio"
    | "likelihood"
    | "likelihoodAndGradient",
    Kernel
  >
>;

/** Makes the kernels for a network on a memory, all in one module. */
export function createKernels(
  memory: WebAssembly.Memory,
  { layout, relaxed }: { layout: Layout; relaxed: boolean },
): Kernels {
  const { spec, layers, z } = layout;
  const heads = layers.findLast(({ layer }) => layer.part === "encoder")!;
  const output = layers[layers.length - 1];
  const latent = {
    heads: FLOAT_BYTES * heads.columns,
    logVar: FLOAT_BYTES * roundUp(spec.latentDim, 4),
    z: FLOAT_BYTES * z.stride,
  };
  const shape = {
    dataDim: spec.dataDim,
    output: FLOAT_BYTES * output.columns,
    logVar: FLOAT_BYTES * roundUp(spec.dataDim, 4),
  };
  const lists = (shape: { panels: number; hasStart: boolean }) =>
    multiplyLists({ ...shape, relaxed });
  const isRelu = spec.activation === "relu";
  return instantiate({
    activate: isRelu ? relu : eachVector(tanh),
    throughActivation: isRelu ? throughRelu : throughTanh,
    ...{ packRows, scaleRows, sumColumns, transposeRows, listRows, listColumns },
    multiplyLists: lists({ panels: 1, hasStart: false }),
    multiplyListsTwice: lists({ panels: PANELS_AT_ONCE, hasStart: false }),
    multiplyListsFrom: lists({ panels: 1, hasStart: true }),
    multiplyListsFromTwice: lists({ panels: PANELS_AT_ONCE, hasStart: true }),
    drawLatent: drawLatent(latent),
    klMeans: klMeans(latent),
    latentGradient: latentGradient(latent),
    kSampleLatentGradient: kSampleLatentGradient(latent, {
      doubly: spec.encoderGradient === "doubly-reparameterized",
    }),
    latentLogRatio: latentLogRatio(latent),
    likelihood: likelihoodRows(spec, shape, { withGradient: false }),
    likelihoodAndGradient: likelihoodRows(spec, shape, { withGradient: true }),
  }, memory) as unknown as Kernels;
}
