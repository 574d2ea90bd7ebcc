import { byteModel, type Dataset } from "../datasets/mod.ts";
import { bitsPerDimension } from "../evaluation/mod.ts";
import type { Run } from "../training/mod.ts";
import { networkSizes } from "./layer_sizes.ts";
import { count, nats, seconds } from "./numbers.ts";

/**
 * Says what is about to be trained.
 *
 * @param run The run.
 * @param dataset Its data.
 * @returns One line.
 */
export function startLine(
  { path, config, spec, metrics }: Run,
  { train }: Dataset,
): string {
  const { model, convolution } = spec;
  const kind = convolution ? "a convolutional VAE" : "a VAE";
  const { epochs, backend, engine } = config.training;
  const done = metrics.length === 0 ? "" : ` (${metrics.length} done)`;
  return `Training ${model === "vae" ? kind : "an autoencoder"} ` +
    `${networkSizes(spec)} on ${count(train.count)} ` +
    `${train.count === 1 ? "image" : "images"} of ${config.dataset.name}, ` +
    `${epochs} ${epochs === 1 ? "epoch" : "epochs"}${done}, ${
      (engine ?? "tfjs") === "tfjs" ? `${backend} backend` : `${engine} engine`
    }, into ${path}`;
}

/**
 * The final result of a run, for stdout.
 *
 * @param run A run with at least one epoch.
 * @returns A few lines; the printed parts add up to the printed whole.
 */
export function summaryLines({ path, files, metrics, config }: Run): string[] {
  const last = metrics[metrics.length - 1];
  const total = (key: "seconds" | "evalSeconds") =>
    metrics.reduce((sum, record) => sum + record[key], 0);
  return [
    `run      ${path}`,
    `test     ${testText(last)}`,
    ...last.testElbo !== null && last.testElbo > 0
      ? ["         (a density may be above 1, so -ELBO may be below 0)"]
      : [],
    ...bitsLines(config, last),
    ...heldOutLines(last),
    `time     ${seconds(total("seconds"))} for ${metrics.length} ` +
    `${metrics.length === 1 ? "epoch" : "epochs"}, ` +
    `and ${seconds(total("evalSeconds"))} of measuring`,
    `model    ${files.model}`,
    `report   ${files.report}`,
  ];
}

function bitsLines(
  { network: { likelihood, dataDim }, dataset }: Run["config"],
  { testElbo }: Run["metrics"][number],
): string[] {
  const of = byteModel(likelihood.kind, dataset.binarization);
  if (of === undefined || testElbo === null) return [];
  const bits = bitsPerDimension(-testElbo, { dataDim, of });
  return [`         ${bits.toFixed(4)} bits per dimension, by -ELBO`];
}

function heldOutLines(
  { validationElbo, validationExpectedLogLikelihood: expected }: Run["metrics"][number],
): string[] {
  if (expected === undefined) return [];
  const [name, value] = typeof validationElbo === "number"
    ? ["-ELBO", -validationElbo]
    : ["-ln p(x|z)", -expected];
  return [`held out ${name} ${nats(value)} nats per image`];
}

function testText(record: Run["metrics"][number]): string {
  const { testElbo, testExpectedLogLikelihood, testKl } = record;
  if (testElbo === null || testKl === null) {
    return `-ln p(x|z) ${nats(-testExpectedLogLikelihood)} nats per image`;
  }
  const whole = nats(-testElbo);
  const kl = nats(testKl);
  const rest = nats(Number(whole) - Number(kl));
  return `-ELBO ${whole} nats per image = ${rest} (-E[ln p(x|z)]) + ${kl} (KL)`;
}
