import { columnsFor, imageGrid } from "../figures/mod.ts";
import { fileError, writeAtomically } from "../files/mod.ts";
import { openRun } from "../training/mod.ts";
import { checkEngineOptions, engineOptions } from "./engine_options.ts";
import { UsageError } from "./errors.ts";
import { defineCommand, type Parsed, runCommand } from "./options.ts";
import { samplePrior } from "./sample_prior.ts";
import { trainedStep } from "./trained_step.ts";

/** `deno task sample`. */
export const sampleCommand = defineCommand({
  name: "deno task sample",
  act: "sample",
  summary:
    "Draws z from the prior of a trained VAE and shows what the decoder makes of " +
    "it: the mean image E[x|z], or an image drawn from p(x|z). Writes one PNG.",
  positionals: ["RUN"],
  options: {
    count: {
      kind: "integer",
      default: 64,
      min: 1,
      max: 10_000,
      help: "How many images.",
    },
    mean: { kind: "flag", help: "Show E[x|z], smooth, no sample of x. The default." },
    draw: { kind: "flag", help: "Show x ~ p(x|z), what the model generates." },
    out: {
      kind: "string",
      placeholder: "FILE",
      help: "The PNG to write; one that is there already is replaced.",
    },
    seed: {
      kind: "integer",
      default: 0,
      min: 0,
      max: 2 ** 32 - 1,
      help: "Of z and x; --mean and --draw of one seed are of the same z.",
    },
    ...engineOptions,
    quiet: { kind: "flag", help: "Print the file's name only." },
  },
  examples: [
    "deno task sample runs/two --out means.png",
    "deno task sample runs/two --count 100 --draw --out draws.png",
  ],
});

type SampleLine = Parsed<typeof sampleCommand.options>;

async function sample({ positionals: [path], values }: SampleLine): Promise<void> {
  const out = requestedFile(values);
  const run = await openRun(path);
  if (run.spec.model === "autoencoder") {
    throw new RangeError(
      `Cannot sample ${path} as its model must have a prior over z to draw from: an ` +
        "autoencoder has none; train one with --model vae",
    );
  }
  await requireReplaceable(out);
  const { count, draw, mean, seed, engine, threads, backend, quiet } = values;
  checkEngineOptions("sample", { engine, backend });
  if (!quiet && !draw && !mean) {
    console.error("Showing the decoder's means; --draw shows samples of x instead.");
  }
  const { spec, config: { dataset: { height, width } } } = run;
  const onNote = quiet ? undefined : console.error;
  const step = await trainedStep(run, { engine, backend, threads, onNote });
  try {
    const { means, draws } = await samplePrior({ step, spec, seed }, { count });
    const png = await imageGrid({
      ...{ images: draw ? draws : means, count, height, width },
      columns: columnsFor(count),
      invert: true,
      title: draw
        ? "Samples x ~ p(x|z) at z ~ N(0, I)"
        : "Decoder means E[x|z] at z ~ N(0, I)",
      subtitle: draw
        ? "what the model generates, each pixel drawn by itself"
        : "the average image at each z, not a sample of x",
    });
    await writeAtomically(out, png);
  } finally {
    step.dispose();
  }
  console.log(out);
}

function requestedFile({ mean, draw, out }: SampleLine["values"]): string {
  if (mean && draw) {
    throw new UsageError(
      "Cannot sample as --mean and --draw must not come together: a mean is no draw; " +
        "leave one of them out",
    );
  }
  if (out === undefined) {
    throw new UsageError(
      "Cannot sample as --out must name the PNG to write: it is not given; add " +
        "--out samples.png",
    );
  }
  return out;
}

/** The first eight bytes of every PNG file. */
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Refuses to replace anything that is no PNG: a slip must not cost a model. */
async function requireReplaceable(path: string): Promise<void> {
  const head = new Uint8Array(PNG_SIGNATURE.length);
  try {
    using file = await Deno.open(path);
    await file.read(head);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw fileError(error, { action: "write", path });
  }
  if (PNG_SIGNATURE.every((byte, i) => head[i] === byte)) return;
  throw new RangeError(
    `Cannot write ${path} as only a PNG must be replaced: the file there is none; choose ` +
      "another name",
  );
}

/**
 * Runs `deno task sample`.
 *
 * @param args The words after the script's name.
 * @returns The exit status.
 */
export function runSample(args: readonly string[]): Promise<number> {
  return runCommand(sampleCommand, sample, { args });
}

if (import.meta.main) Deno.exit(await runSample(Deno.args));
