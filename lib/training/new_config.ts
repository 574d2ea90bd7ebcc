import type { Dataset, ImageSet } from "../datasets/mod.ts";
import { logit } from "../math/mod.ts";
import { RUN_FORMAT, type RunConfig } from "./config.ts";
import { chooseEngine } from "./engine.ts";
import type { RunOptions } from "./train_run.ts";
import { versions } from "./versions.ts";

/**
 * The configuration of a new run.
 *
 * @param options What the run is to be.
 * @param dataset Its data.
 * @returns All that config.json holds; what was not asked for has no key.
 */
export function configOf(options: RunOptions, dataset: Dataset): RunConfig {
  const { network, epochs, batchSize, learningRate, seed } = options;
  const { backend = "auto" } = options;
  const { engine } = chooseEngine(network, options);
  const { warmUp, rateStages, adamEpsilon, outputBias } = options;
  const { height, width, dataDim } = dataset.train;
  const { model, hidden, latentDim, activation, likelihood, beta } = network;
  const { convolution, freeBits, samples, encoderGradient } = network;
  return {
    format: RUN_FORMAT,
    versions: versions(),
    dataset: {
      name: options.dataset,
      height,
      width,
      validation: options.validation ?? 0,
      limit: options.limit ?? null,
      binarization: options.binarization,
      sha256: dataset.sha256,
    },
    network: {
      model,
      dataDim,
      hidden: [...hidden],
      ...convolution && {
        convolution: { height, width, channels: [...convolution.channels] },
      },
      ...{ latentDim, activation, likelihood, beta },
      ...freeBits !== undefined && { freeBits },
      ...samples !== undefined && { samples },
      ...encoderGradient !== undefined && { encoderGradient },
    },
    training: {
      ...{ epochs, batchSize, learningRate, seed, backend, engine },
      ...warmUp && { warmUp },
      ...rateStages && { rateStages },
      ...adamEpsilon !== undefined && { adamEpsilon },
      ...outputBias && { outputBias },
    },
  };
}

/** How near to 0 and 1 a mean pixel is taken to be; as in the code of Burda et al. */
const LEAST = 1e-3;

/**
 * The logit of the mean of each pixel, held off 0 and 1 by a thousandth.
 *
 * @param images The training images.
 * @returns `[dataDim]`.
 */
export function meanBias({ images, count, dataDim }: ImageSet): number[] {
  const sums = new Float64Array(dataDim);
  for (let i = 0; i < count * dataDim; i++) sums[i % dataDim] += images[i];
  return Array.from(sums, (sum) => {
    const mean = sum / (255 * count);
    return logit(Math.min(1 - LEAST, Math.max(LEAST, mean)));
  });
}
