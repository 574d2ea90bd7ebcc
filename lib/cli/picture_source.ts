import { type Binarization, evaluationPixels, type ImageSet } from "../datasets/mod.ts";
import type { EvaluationImages } from "../evaluation/mod.ts";
import type { ChartSpec } from "../figures/mod.ts";
import type { Step } from "../models/mod.ts";
import type { NetworkSpec } from "../networks/mod.ts";
import type { MetricsRecord } from "../training/mod.ts";

/** What the pictures of a run are drawn from. */
export interface PictureSource {
  readonly step: Step;
  readonly spec: NetworkSpec;
  readonly metrics: readonly MetricsRecord[];
  /** The images that the model is shown: those it was not trained on. */
  readonly images: ImageSet;
  readonly datasetName: string;
  readonly binarization: Binarization;
  readonly seed: number;
}

/** One picture of a run, with the words for the report. */
export interface RunPicture {
  /** The file's name without its ending. */
  readonly name: string;
  readonly png: Uint8Array;
  /** The chart behind it, where it is one. */
  readonly spec?: ChartSpec;
  readonly title: string;
  readonly caption: string;
  readonly alt: string;
}

/** Test images as the model is judged by them. */
export function pixelsOf(
  { images, binarization }: PictureSource,
  indices: Uint32Array,
): EvaluationImages {
  const pixels = new Float32Array(indices.length * images.dataDim);
  evaluationPixels(images, { indices, binarization, out: pixels });
  return { pixels, count: indices.length };
}

/** The same images as they are, in grey. */
export function greysOf({ images }: PictureSource, indices: Uint32Array): Float32Array {
  const pixels = new Float32Array(indices.length * images.dataDim);
  evaluationPixels(images, { indices, binarization: "none", out: pixels });
  return pixels;
}
