import * as tf from "@tensorflow/tfjs";
import { fillNormals } from "../math/mod.ts";
import type { NetworkSpec } from "../networks/mod.ts";
import { clearUpperHalves } from "../simd/mod.ts";
import { checkMatrix, type MatrixShape } from "./checks.ts";
import type { TensorBatch } from "./objective.ts";
import type { Batch, Noise } from "./types.ts";

/** Images as a tensor [batchSize, dataDim]. */
export function uploadImages(
  { dataDim }: NetworkSpec,
  { images, batchSize, act }: { images: Float32Array; batchSize: number; act: string },
): tf.Tensor2D {
  return uploadMatrix(images, {
    act,
    name: "images",
    rows: ["batchSize", batchSize],
    columns: ["dataDim", dataDim],
  });
}

/** A row-major matrix as a tensor. */
export function uploadMatrix(values: Float32Array, shape: MatrixShape): tf.Tensor2D {
  checkMatrix(values, shape);
  return tf.tensor2d(values, [shape.rows[1], shape.columns[1]]);
}

/** Images and, for a vae, the noise of a step: [samples * batchSize, latentDim]. */
export function uploadBatch(
  spec: NetworkSpec,
  batch: Batch,
  { noise, act, samples = 1 }: { noise: Noise; act: string; samples?: number },
): TensorBatch {
  const images = uploadImages(spec, { ...batch, act });
  if (spec.model === "autoencoder") return { images };
  const rows = samples * batch.batchSize;
  return {
    images,
    eps: drawNoise({ ...noise, step: batch.step, rows, columns: spec.latentDim }),
  };
}

/** Standard normal draws [rows, columns] from our generator, as float32. */
export function drawNoise(
  block: Parameters<typeof fillNormals>[1],
): tf.Tensor2D {
  const values = new Float32Array(block.rows * block.columns);
  clearUpperHalves();
  fillNormals(values, block);
  return tf.tensor2d(values, [block.rows, block.columns]);
}
