import { evaluateRun, type JudgedStep } from "./evaluate_run.ts";
import { evaluationLines } from "./evaluation_lines.ts";
import { checkEngineOptions, engineOptions } from "./engine_options.ts";
import { UsageError } from "./errors.ts";
import { count } from "./numbers.ts";
import { defineCommand, type Parsed, runCommand } from "./options.ts";
import { createStatusLine } from "./status_line.ts";
import { trainedStep } from "./trained_step.ts";
import type { Step } from "../models/mod.ts";
import { openRun, runDataset } from "../training/mod.ts";
import { listenForInterrupt } from "./interrupt.ts";

/** `deno task evaluate`. */
export const evaluateCommand = defineCommand({
  name: "deno task evaluate",
  act: "evaluate",
  summary:
    "Measures a trained run on its test images, in nats per image: the ELBO and " +
    "its two parts, -ln p(x) by importance sampling (NLL), and the active units.",
  positionals: ["RUN"],
  options: {
    samples: {
      kind: "integer",
      default: 500,
      min: 1,
      max: 1_000_000,
      help: "K: draws of z an image for the NLL. A larger K gives a tighter estimate.",
    },
    images: {
      kind: "integer",
      default: 2000,
      min: 2,
      help: "Test images for the NLL, evenly spaced over the set; at most all of it.",
    },
    ais: {
      kind: "integer",
      default: 0,
      min: 0,
      max: 10_000,
      placeholder: "IMAGES",
      help: "Anneal so many test images too: ln p(x) by annealed importance sampling " +
        "(exactly, for 1 or 2 latent dimensions), and where the ELBO falls short of " +
        "it. In float64: 10 s an image or so. Default: 0.",
    },
    "ais-chains": {
      kind: "integer",
      default: 16,
      min: 2,
      help: "Chains an image.",
    },
    "ais-steps": {
      kind: "integer",
      default: 200,
      min: 2,
      help: "Steps of a chain: with more the bound comes nearer to ln p(x).",
    },
    ...engineOptions,
    json: { kind: "flag", help: "Print one JSON object." },
    quiet: { kind: "flag", help: "Print the results only." },
  },
  examples: [
    "deno task evaluate runs/two",
    "deno task evaluate runs/two --samples 5000 --images 200 --json",
    "deno task evaluate runs/two --ais 20",
  ],
});

async function evaluate(
  { positionals: [path], values, given }: Parsed<typeof evaluateCommand.options>,
): Promise<void> {
  const { samples, images, ais, aisChains, aisSteps, json, quiet } = values;
  const { engine, threads, backend } = values;
  checkEngineOptions("evaluate", { engine, backend });
  const run = await openRun(path);
  const ofNll = given.find((name) => /^(samples|images|ais.*)$/.test(name));
  if (run.spec.model === "autoencoder" && ofNll !== undefined) {
    throw new UsageError(
      `Cannot evaluate as --${ofNll} must come with a VAE: an autoencoder has no prior, ` +
        `hence no p(x) to estimate; leave --${ofNll} out`,
    );
  }
  const { test } = await runDataset(run, { act: "evaluate" });
  if (given.includes("images") && images > test.count) {
    throw new UsageError(
      `Cannot evaluate as --images must be at most ${test.count}, the test set: ${images}`,
    );
  }
  const ofChains = given.find((name) => name.startsWith("ais-"));
  if (ofChains !== undefined && ais === 0) {
    throw new UsageError(
      `Cannot evaluate as --${ofChains} must come with --ais: no image is annealed; add ` +
        "--ais 20, say",
    );
  }
  if (ais > test.count) {
    throw new UsageError(
      `Cannot evaluate as --ais must be at most ${test.count}, the test set: ${ais}`,
    );
  }
  const onNote = quiet ? undefined : console.error;
  const step = await trainedStep(run, { engine, backend, threads, onNote });
  const status = createStatusLine(quiet ? { live: false } : {});
  // An image takes 10 s to anneal, in which no listener would be heard.
  const interrupt = ais === 0
    ? listenForInterrupt({ say: () => {}, close: status.close })
    : undefined;
  interrupt?.endWith("Stopped: an evaluation keeps nothing.");
  if (!quiet && !Deno.stderr.isTerminal()) {
    console.error(measuringLine({ ...values, model: run.spec.model, all: test.count }));
  }
  try {
    const record = await evaluateRun({ run, step: breathing(step), test }, {
      ...{ samples, images, ais, aisChains, aisSteps },
      onProgress: status.show,
    });
    status.close();
    console.log(
      json ? JSON.stringify(record, null, 2) : evaluationLines(record).join("\n"),
    );
  } finally {
    interrupt?.unlisten();
    status.close();
    step.dispose();
  }
}

/** The same step, which lets Ctrl-C be heard between two answers. */
function breathing(step: Step): JudgedStep {
  const withBreath = async <T>(answer: Promise<T>): Promise<T> => {
    // Answers are few and long: a timer lets all that waits be served at once.
    await new Promise((resolve) => setTimeout(resolve));
    return await answer;
  };
  return {
    evaluate: (batch) => withBreath(step.evaluate(batch)),
    encode: (images, batchSize) => withBreath(step.encode(images, batchSize)),
    logWeights: (batch) => withBreath(step.logWeights(batch)),
  };
}

function measuringLine(
  { model, all, samples, images }: {
    model: string;
    all: number;
    samples: number;
    images: number;
  },
): string {
  const nll = `, and the NLL of ${count(Math.min(images, all))} with K = ${samples}`;
  return `Measuring ${count(all)} test images${model === "vae" ? nll : ""}.`;
}

/**
 * Runs `deno task evaluate`.
 *
 * @param args The words after the script's name.
 * @returns The exit status.
 */
export function runEvaluate(args: readonly string[]): Promise<number> {
  return runCommand(evaluateCommand, evaluate, { args });
}

if (import.meta.main) Deno.exit(await runEvaluate(Deno.args));
