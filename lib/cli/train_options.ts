import { resolve } from "node:path";

import { binarizationFor, BINARIZATIONS } from "../datasets/mod.ts";
import { LIKELIHOODS } from "../networks/mod.ts";
import type { ResumeOptions, RunOptions } from "../training/mod.ts";
import { checkEngineOptions, engineOptions } from "./engine_options.ts";
import { UsageError } from "./errors.ts";
import {
  binarizationOf,
  DEFAULT_COMPONENTS,
  likelihoodOf,
} from "./likelihood_options.ts";
import { defineCommand, type Parsed } from "./options.ts";
import { objectiveNotes, recipeOf, recipeOptions } from "./recipe_options.ts";

const maxSize = 100_000;

/** Of MNIST they make 7 x 7 places. */
const DEFAULT_CHANNELS = [16, 32];

/** The command line of `deno task train`. */
export const trainCommand = defineCommand({
  name: "deno task train",
  act: "train",
  summary:
    "Trains a variational autoencoder, or the plain autoencoder, on images, and " +
    "writes a run folder: configuration, metrics, checkpoint, model, figures, report.",
  options: {
    dataset: {
      kind: "string",
      default: "mnist",
      placeholder: "NAME|DIR",
      help: "mnist, fashion-mnist, or a folder of IDX files.",
    },
    binarize: {
      kind: "choice",
      choices: BINARIZATIONS,
      placeholder: "WAY",
      help: "How bytes become pixels. 0 or 1: dynamic (drawn anew in every epoch), " +
        "static (drawn once), threshold (cut at one half). Grey: dequantize, (byte + " +
        "noise) / 256, for densities and bits per dimension; none, byte / 255. " +
        "Default: dynamic for bernoulli, dequantize for continuous-bernoulli and " +
        "gaussian-mixture, none for gaussian and logistic-mixture.",
    },
    validation: {
      kind: "integer",
      default: 0,
      min: 0,
      help: "Hold out the last N training images and measure them too.",
    },
    limit: {
      kind: "integer",
      min: 1,
      help: "Train on the first N images only; the test set stays whole.",
    },
    model: {
      kind: "choice",
      placeholder: "KIND",
      choices: ["vae", "conv-vae", "autoencoder"],
      default: "vae",
      help: "vae, autoencoder, or conv-vae: strided convolutions before the hidden " +
        "layers, and their mirror after them.",
    },
    channels: {
      kind: "integers",
      min: 1,
      max: maxSize,
      help: "Of a conv-vae: channels after each convolution, which halves height and " +
        `width. Default: ${DEFAULT_CHANNELS}.`,
    },
    likelihood: {
      kind: "choice",
      placeholder: "KIND",
      choices: LIKELIHOODS,
      default: "bernoulli",
      help: "The decoder's p(x given z), pixel by pixel: bernoulli, " +
        "continuous-bernoulli, gaussian, gaussian-mixture (of K normals), or " +
        "logistic-mixture (of K logistics, on the 256 bytes).",
    },
    variance: {
      kind: "string",
      placeholder: "pixel|shared|optimal|N",
      help: "Of a gaussian decoder: one for each pixel from the network, one learnt " +
        "for all, one set to the best for each batch (sigma-VAE), or a fixed number. " +
        "Default: pixel.",
    },
    components: {
      kind: "integer",
      min: 1,
      max: 100,
      placeholder: "K",
      help: "Of a gaussian-mixture or logistic-mixture: how many in each pixel. " +
        `Default: ${DEFAULT_COMPONENTS}.`,
    },
    hidden: {
      kind: "integers",
      default: [400],
      min: 1,
      max: maxSize,
      help: "Sizes of the encoder's hidden layers; the decoder has them reversed.",
    },
    activation: {
      kind: "choice",
      choices: ["relu", "tanh"],
      default: "relu",
      help: "Of the hidden layers.",
    },
    latent: {
      kind: "integer",
      default: 20,
      min: 1,
      max: maxSize,
      help: "Dimensions of z.",
    },
    epochs: {
      kind: "integer",
      default: 10,
      min: 1,
      help: "Passes over the training images; with --resume the new total.",
    },
    batch: {
      kind: "integer",
      default: 128,
      min: 1,
      help: "Images a step.",
    },
    "learning-rate": {
      kind: "number",
      default: 1e-3,
      above: 0,
      help: "Of Adam.",
    },
    beta: {
      kind: "number",
      default: 1,
      min: 0,
      help: "Weight of the KL in the objective; metrics always have 1.",
    },
    ...recipeOptions,
    seed: {
      kind: "integer",
      default: 0,
      min: 0,
      max: 2 ** 32 - 1,
      help: "Of weights, order, binarisation and noise.",
    },
    out: {
      kind: "string",
      placeholder: "DIR",
      help: "The run folder, new or empty. Default: runs/<time>.",
    },
    resume: {
      kind: "string",
      placeholder: "RUN",
      help: "Continue a run with its own configuration.",
    },
    ...engineOptions,
    quiet: { kind: "flag", help: "Print the final result only." },
  },
  examples: [
    "deno task train",
    "deno task train --latent 2 --epochs 5 --out runs/two",
    "deno task train --likelihood gaussian --variance optimal --binarize dequantize",
    "deno task train --likelihood logistic-mixture --hidden 200",
    "deno task train --samples 5 --encoder-gradient doubly-reparameterized",
    "deno task train --resume runs/two --epochs 10",
  ],
});

type TrainLine = Parsed<typeof trainCommand.options>;

/** Options that a resumed run may take; all others are its own. */
const resumable = ["resume", "epochs", "engine", "threads", "backend", "quiet"];

/** What a command line asks for: a new run, or an old one to go on with. */
export type TrainRequest =
  & (
    | { readonly kind: "new"; readonly options: RunOptions; readonly out?: string }
    | {
      readonly kind: "resume";
      readonly path: string;
      readonly changes: ResumeOptions;
    }
  )
  & { readonly threads?: number };

/**
 * Turns a command line into what training needs.
 *
 * @param line The parsed command line.
 * @returns The request.
 * @throws {UsageError} If options that are fine alone have no meaning together.
 */
export function trainRequest({ values, given }: TrainLine): TrainRequest {
  const { engine, threads, backend } = values;
  checkEngineOptions("train", { engine, backend });
  if (values.resume !== undefined) {
    const other = given.find((name) => !resumable.includes(name));
    if (other !== undefined) {
      throw new UsageError(
        `Cannot train as --resume must come without --${other}: a run goes on with ` +
          `its own configuration; leave --${other} out, or start a new run`,
      );
    }
    const changes = {
      epochs: given.includes("epochs") ? values.epochs : undefined,
      backend: given.includes("backend") ? backend : undefined,
      engine: given.includes("engine") ? engine : undefined,
    };
    return { kind: "resume", path: values.resume, changes, threads };
  }
  const { dataset, validation, limit, out } = values;
  const { hidden, activation, latent: latentDim, beta } = values;
  const { epochs, batch: batchSize, learningRate, seed } = values;
  const { model, convolution } = modelOf(values);
  const { recipe, objective } = recipeOf(values, { given, ...values, model });
  const likelihood = likelihoodOf(values);
  const binarization = binarizationOf(values);
  const network = {
    ...{ model, hidden, latentDim, activation, likelihood, beta },
    ...convolution && { convolution },
    ...objective,
  };
  const isNamed = ["mnist", "fashion-mnist"].includes(dataset);
  return {
    kind: "new",
    ...{ out, threads },
    options: {
      dataset: isNamed ? dataset : resolve(dataset),
      ...{ validation, limit, binarization, network },
      ...{ epochs, batchSize, learningRate, seed, backend, engine },
      ...recipe,
    },
  };
}

/**
 * What a user should know before such a run, one line each.
 *
 * @param options The new run.
 * @returns The lines; none for most runs.
 */
export function trainNotes(options: RunOptions): string[] {
  const { binarization, network } = options;
  const { model, likelihood } = network;
  const notes: string[] = [];
  const { note } = binarizationFor(likelihood.kind, binarization);
  if (note !== undefined) notes.push(note);
  if (likelihood.kind === "gaussian" && likelihood.variance === "optimal") {
    notes.push(
      "Note: training numbers have the best variance for each batch, which bounds " +
        "nothing; test numbers have the one that the model keeps.",
    );
  }
  if (model === "autoencoder") {
    notes.push("Note: an autoencoder has no ELBO; ln p(x|z) at its code is measured.");
  } else {
    notes.push(...objectiveNotes(network, options));
  }
  return notes;
}

function modelOf(
  { model, channels, likelihood, outputBias }: TrainLine["values"],
): Pick<RunOptions["network"], "model" | "convolution"> {
  if (model !== "conv-vae") {
    if (channels === undefined) return { model };
    throw new UsageError(
      `Cannot train as --channels must come with --model conv-vae: it is ${model}; ` +
        "leave --channels out",
    );
  }
  if (likelihood.endsWith("mixture")) {
    throw new UsageError(
      "Cannot train as --model conv-vae must have one number of a kind for each pixel: " +
        `a ${likelihood} has one for each component; choose another likelihood`,
    );
  }
  if (outputBias !== undefined && outputBias !== "zero") {
    throw new UsageError(
      "Cannot train as --model conv-vae must come without --output-bias: one bias " +
        "serves all pixels; leave it out",
    );
  }
  return { model: "vae", convolution: { channels: channels ?? DEFAULT_CHANNELS } };
}
