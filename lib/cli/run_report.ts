import { encoderSizes } from "./layer_sizes.ts";
import { byteModel } from "../datasets/mod.ts";
import { bitsPerDimension } from "../evaluation/mod.ts";
import type { Report } from "../figures/mod.ts";
import type { MetricsRecord, RunConfig } from "../training/mod.ts";
import { count, nats, seconds } from "./numbers.ts";
import type { RunPicture } from "./picture_source.ts";
import { settingsOf } from "./run_settings.ts";
import { shellWord } from "./shell_word.ts";
import { trainCommandLine } from "./train_command_line.ts";

/** What the report of a run is made of. */
export interface RunReport {
  readonly path: string;
  readonly config: RunConfig;
  readonly metrics: readonly MetricsRecord[];
  readonly pictures: readonly RunPicture[];
  readonly trainCount: number;
  readonly testCount: number;
}

/**
 * Put the results of a run into words.
 *
 * @param run Configuration, metrics and pictures.
 * @returns What the report says.
 */
export function reportOf(run: RunReport): Report {
  const { config, metrics, pictures, path } = run;
  const { dataset, network, training } = config;
  const kind = network.model === "vae" ? "Variational autoencoder" : "Autoencoder";
  return {
    title: `${kind} on ${titleOf(dataset.name)}`,
    lead:
      `${encoderSizes(network)} and back, ${network.activation}, ${
        likelihoodWords(config)
      }; ` +
      `${count(run.trainCount)} training images, ${
        count(run.testCount)
      } test images, ` +
      `${metrics.length} ${metrics.length === 1 ? "epoch" : "epochs"}, ` +
      `seed ${training.seed}.`,
    numbers: [...numbersOf(metrics), ...bitsOf(config, metrics)],
    notes: notesOf(config),
    figures: pictures,
    epochs: epochTable(metrics),
    settings: settingsOf(config),
    commands: [
      trainCommandLine(config),
      ...(network.model === "vae"
        ? [
          `deno task evaluate ${shellWord(path)}`,
          `deno task sample ${shellWord(path)} --draw --out samples.png`,
        ]
        : []),
    ],
  };
}

function titleOf(name: string): string {
  if (name === "mnist") return "MNIST";
  return name === "fashion-mnist" ? "Fashion-MNIST" : name;
}

const PIXEL_WORDS = {
  dynamic: "pixels binarised anew each epoch",
  static: "pixels binarised once",
  threshold: "pixels thresholded at half",
  dequantize: "bytes with noise",
  none: "grey pixels",
};

const VARIANCE_WORDS = {
  pixel: "variance learnt for each pixel",
  shared: "variance learnt as one number",
  optimal: "variance set to the best for each batch",
};

function likelihoodWords({ network: { likelihood }, dataset }: RunConfig): string {
  const pixels = PIXEL_WORDS[dataset.binarization];
  switch (likelihood.kind) {
    case "bernoulli":
      return `Bernoulli likelihood on ${pixels}`;
    case "continuous-bernoulli":
      return `continuous Bernoulli likelihood on ${pixels}`;
    case "gaussian": {
      const { variance } = likelihood;
      return typeof variance === "number"
        ? `Gaussian likelihood of variance ${variance} on ${pixels}`
        : `Gaussian likelihood on ${pixels}, ${VARIANCE_WORDS[variance]}`;
    }
    case "gaussian-mixture":
      return `mixture of ${likelihood.components} Gaussians in each pixel, on ${pixels}`;
    case "logistic-mixture":
      return `mixture of ${likelihood.components} discretised logistics in each pixel, ` +
        "on bytes";
  }
}

function numbersOf(metrics: readonly MetricsRecord[]): Report["numbers"] {
  const last = metrics.at(-1);
  if (last === undefined) return [];
  const { testElbo, testExpectedLogLikelihood, testKl, validationElbo } = last;
  const unit = "nats per image";
  const total = metrics.reduce((sum, record) => sum + record.seconds, 0);
  const time = {
    name: "Training time",
    value: seconds(total),
    unit: "",
    meaning: `Training alone, ${seconds(total / metrics.length)} an epoch; measuring ` +
      "the test images is not in it.",
  };
  if (typeof testElbo !== "number" || typeof testKl !== "number") {
    return [{
      name: "Test −ln p(x|z)",
      value: nats(-testExpectedLogLikelihood),
      unit,
      meaning:
        "The reconstruction error at the code of each image. An autoencoder has no " +
        "prior over z, hence no ln p(x) and no bound on it.",
    }, time];
  }
  const whole = nats(-testElbo);
  const kl = nats(testKl);
  return [
    {
      name: "Test −ELBO",
      value: whole,
      unit,
      meaning: "An upper bound on −ln p(x), not −ln p(x) itself: it is too large by " +
        "KL(q(z|x) ‖ p(z|x)). Beta 1, one sample of z an image.",
    },
    {
      name: "= reconstruction",
      value: reconstruction(last),
      unit,
      meaning: "−E[ln p(x|z)], z ~ q(z|x): what the decoder still has to say about x " +
        "once it is told z.",
    },
    {
      name: "+ KL",
      value: kl,
      unit,
      meaning:
        "KL(q(z|x) ‖ p(z)): how far the code of an image is from the prior; what " +
        "it costs to tell z.",
    },
    ...(typeof validationElbo === "number"
      ? [{
        name: "Validation −ELBO",
        value: nats(-validationElbo),
        unit,
        meaning: "The same on the training images that were held out.",
      }]
      : []),
    time,
  ];
}

function bitsOf(
  { network: { likelihood, dataDim }, dataset }: RunConfig,
  metrics: readonly MetricsRecord[],
): Report["numbers"] {
  const of = byteModel(likelihood.kind, dataset.binarization);
  const elbo = metrics.at(-1)?.testElbo;
  if (of === undefined || typeof elbo !== "number") return [];
  return [{
    name: "Bits per dimension",
    value: bitsPerDimension(-elbo, { dataDim, of }).toFixed(4),
    unit: "",
    meaning: of === "mass"
      ? "Test −ELBO / (D ln 2): an upper bound on the code length of a byte."
      : "Test −ELBO / (D ln 2) + 8: an upper bound on the code length of a byte, once " +
        "for the ELBO and once for the noise on the bytes.",
  }];
}

function notesOf({ network, dataset }: RunConfig): string[] {
  const { model, likelihood, beta, freeBits } = network;
  const notes: string[] = [];
  if (likelihood.kind === "bernoulli" && dataset.binarization === "none") {
    notes.push(
      "A Bernoulli likelihood of grey pixels is a cross entropy and no density: these " +
        "numbers bound no ln p(x), and compare with those of other grey runs only.",
    );
  }
  if (likelihood.kind === "logistic-mixture") {
    notes.push(
      "A mass on bytes: these numbers compare in bits per dimension with those of other " +
        "models of bytes, not with Bernoulli runs.",
    );
  } else if (likelihood.kind !== "bernoulli") {
    notes.push(
      "A density can be above 1, so these numbers may be negative; they compare with " +
        "other densities of the same pixels, not with Bernoulli runs" +
        (dataset.binarization === "dequantize"
          ? ", and in bits per dimension with other models of bytes."
          : "."),
    );
  }
  if (model === "vae" && freeBits !== undefined) {
    notes.push(
      `Trained with ${freeBits} free nats a latent dimension; the KL is given as it is.`,
    );
  }
  if (model === "vae" && beta !== 1) {
    notes.push(
      `Trained with beta ${beta}; the ELBO and its parts are given with beta 1 all the ` +
        "same" + (beta < 1
          ? ", as the objective that was trained is no bound on ln p(x)."
          : ", as the objective that was trained is a looser bound."),
    );
  }
  if (model === "autoencoder") {
    notes.push(
      "A plain autoencoder has no prior: there are no samples from it, and no manifold " +
        "on the quantiles of a prior.",
    );
  }
  return notes;
}

interface Column {
  readonly head: string;
  readonly cell: (record: MetricsRecord) => string | undefined;
}

const columns: readonly Column[] = [
  { head: "epoch", cell: ({ epoch }) => String(epoch) },
  { head: "steps", cell: ({ step }) => count(step) },
  { head: "train objective", cell: ({ trainObjective }) => nats(trainObjective) },
  { head: "train −ELBO", cell: ({ trainElbo }) => minus(trainElbo) },
  { head: "test −ELBO", cell: ({ testElbo }) => minus(testElbo) },
  {
    head: "test −E[ln p(x|z)]",
    cell: (record) => reconstruction(record),
  },
  { head: "test KL", cell: ({ testKl }) => plain(testKl) },
  { head: "validation −ELBO", cell: ({ validationElbo }) => minus(validationElbo) },
  { head: "seconds", cell: (record) => record.seconds.toFixed(1) },
];

/** Where there is an ELBO from the printed numbers, so that the printed parts add up. */
function reconstruction(
  { testElbo, testKl, testExpectedLogLikelihood }: MetricsRecord,
): string {
  if (testElbo === null || testKl === null) return nats(-testExpectedLogLikelihood);
  return nats(Number(nats(-testElbo)) - Number(nats(testKl)));
}

function minus(value: number | null | undefined): string | undefined {
  return typeof value === "number" ? nats(-value) : undefined;
}

function plain(value: number | null | undefined): string | undefined {
  return typeof value === "number" ? nats(value) : undefined;
}

/** The columns that this run has; with beta 1 the objective is -ELBO and goes unsaid. */
function epochTable(metrics: readonly MetricsRecord[]): Report["epochs"] {
  const twice = metrics.every((record) =>
    nats(record.trainObjective) === minus(record.trainElbo)
  );
  const shown = columns.filter(({ head, cell }) =>
    metrics.some((record) => cell(record) !== undefined) &&
    !(twice && head === "train objective")
  );
  return {
    note: "In nats per image, but for epoch, steps and seconds (of training alone).",
    head: shown.map(({ head }) => head),
    rows: metrics.map((record) => shown.map(({ cell }) => cell(record) ?? "")),
  };
}
