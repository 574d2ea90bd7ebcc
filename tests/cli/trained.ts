import { join } from "node:path";
import { type RunOptions, trainRun } from "elbo/training";
import { type ImageFolderOptions, writeImageFolder } from "../helpers/idx.ts";

const tiny: Omit<RunOptions, "dataset"> = {
  binarization: "dynamic",
  network: {
    model: "vae",
    hidden: [6],
    latentDim: 2,
    activation: "relu",
    likelihood: { kind: "bernoulli" },
    beta: 1,
  },
  epochs: 2,
  batchSize: 4,
  learningRate: 1e-3,
  seed: 1,
  backend: "cpu",
};

/** What {@linkcode trainTiny} trains; left out parts take small defaults. */
export interface TinyOptions {
  readonly network?: Partial<RunOptions["network"]>;
  readonly binarization?: RunOptions["binarization"];
  readonly data?: ImageFolderOptions;
}

/**
 * Writes a small data set and trains a small run on it, both in `dir`; the images are of
 * 4 x 3 pixels. Needs read and write permission.
 *
 * @returns The run folder.
 */
export async function trainTiny(
  dir: string,
  options: TinyOptions = {},
): Promise<string> {
  const [data, out] = [join(dir, "data"), join(dir, "run")];
  await Deno.mkdir(data);
  await writeImageFolder(data, options.data);
  const { step } = await trainRun({
    ...tiny,
    dataset: data,
    binarization: options.binarization ?? tiny.binarization,
    network: { ...tiny.network, ...options.network },
  }, { out });
  step.dispose();
  return out;
}
