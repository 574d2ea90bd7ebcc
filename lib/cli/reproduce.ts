import { join } from "node:path";

import { BINARIZATIONS } from "../datasets/mod.ts";
import { isThere } from "../files/mod.ts";
import {
  openRun,
  resumeRun,
  type RunHooks,
  type TrainedRun,
  trainRun,
} from "../training/mod.ts";
import { checkEngineOptions, engineOptions } from "./engine_options.ts";
import { UsageError } from "./errors.ts";
import { evaluateRun } from "./evaluate_run.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { defineCommand, type Parsed, runCommand } from "./options.ts";
import { createProgress } from "./progress.ts";
import {
  BUDGETS,
  NLL_EFFORT,
  type PublishedRecipe,
  type RecipeChoice,
  RECIPES,
} from "./reproduce_recipes.ts";
import { markdownRow, resultOf } from "./reproduce_result.ts";
import { shellWord } from "./shell_word.ts";

/** `deno task reproduce`. */
export const reproduceCommand = defineCommand({
  name: "deno task reproduce",
  act: "reproduce",
  summary:
    `Trains a published recipe and sets its figure beside the published one. NAME is ` +
    `one of ${Object.keys(RECIPES).join(", ")}. A run that was stopped, or was made ` +
    `for a smaller budget, goes on; other seeds are runs of their own.`,
  positionals: ["NAME"],
  options: {
    budget: {
      kind: "choice",
      choices: BUDGETS,
      default: "short",
      help: "How many epochs: short, medium or full (as published).",
    },
    samples: {
      kind: "integer",
      min: 1,
      help: "K of burda-iwae: 5 (default), 50 or 1.",
    },
    binarize: {
      kind: "choice",
      choices: BINARIZATIONS,
      placeholder: "WAY",
      help: "Another binarisation that the recipe knows. Default: as published.",
    },
    seed: {
      kind: "integer",
      default: 0,
      min: 0,
      max: 2 ** 32 - 1,
      help: "Of the run.",
    },
    "nll-samples": {
      kind: "integer",
      min: 1,
      help: "Draws of z an image for the NLL.",
    },
    "nll-images": { kind: "integer", min: 2, help: "Test images for the NLL." },
    out: {
      kind: "string",
      default: "runs/reproduce",
      placeholder: "DIR",
      help: "The folder of the runs, and of results.jsonl with a line for each.",
    },
    ...engineOptions,
    quiet: { kind: "flag", help: "Print the results only." },
  },
  examples: [
    "deno task reproduce pytorch-example",
    "deno task reproduce burda-vae --binarize static --budget medium --seed 1",
    "deno task reproduce burda-iwae --samples 5 --budget medium",
  ],
});

type Line = Parsed<typeof reproduceCommand.options>;

async function reproduce(line: Line): Promise<number> {
  const { values, positionals: [name] } = line;
  checkEngineOptions("reproduce", values);
  const recipe = recipeOf(name);
  const choice = choiceOf(recipe, line);
  const progress = createProgress({ quiet: values.quiet });
  const interrupt = listenForInterrupt(progress);
  const path = join(values.out, runName(name, choice, values.seed));
  const hooks: RunHooks = {
    signal: interrupt.signal,
    threads: values.threads,
    onProgress: progress.show,
    onNote: progress.say,
    onStart: (run) => progress.say(`${recipe.work}, into ${run.path}`),
  };
  try {
    const trained = await train(path, { recipe, choice, values, hooks });
    const { step, stopped, run, dataset: { test } } = trained;
    try {
      if (stopped) {
        console.error(`Stopped and saved; the same command goes on.`);
        return interrupt.status;
      }
      interrupt.endWith("The model is saved; the same command evaluates it.");
      progress.say("Evaluating.");
      const effort = effortOf(values, choice);
      const startedAt = performance.now();
      const record = await evaluateRun({ run, step, test }, {
        samples: effort.samples,
        images: Math.min(test.count, effort.images),
        ais: 0,
        aisChains: 1,
        aisSteps: 1,
      });
      const evaluationSeconds = (performance.now() - startedAt) / 1000;
      const command = commandOf(name, line);
      const published = recipe.published(choice);
      const options = { name, published, command, evaluationSeconds };
      const result = resultOf({ run, record }, { ...values, ...options });
      const results = join(values.out, "results.jsonl");
      await Deno.writeTextFile(results, JSON.stringify(result) + "\n", {
        append: true,
      });
      progress.close();
      console.log(markdownRow(result));
      return 0;
    } finally {
      step.dispose();
    }
  } finally {
    interrupt.unlisten();
    progress.close();
  }
}

/** Grey pixels have no likelihood under coins: then as little as can be is drawn. */
function effortOf(
  { budget, nllSamples, nllImages }: Line["values"],
  { binarize }: RecipeChoice,
): { samples: number; images: number } {
  if (binarize === "none") return { samples: 1, images: 2 };
  const { samples, images } = NLL_EFFORT[budget];
  return { samples: nllSamples ?? samples, images: nllImages ?? images };
}

async function train(
  path: string,
  { recipe, choice, values, hooks }: {
    recipe: PublishedRecipe;
    choice: RecipeChoice;
    values: Line["values"];
    hooks: RunHooks;
  },
): Promise<TrainedRun> {
  const { seed, backend, engine, budget } = values;
  const epochs = recipe.epochs[budget];
  if (!await isThere(join(path, "config.json"))) {
    const options = { ...recipe.options(choice), epochs, seed, backend, engine };
    return await trainRun(options, { ...hooks, out: path });
  }
  const { metrics } = await openRun(path);
  if (metrics.length > epochs) {
    throw new UsageError(
      `Cannot reproduce as the run must not be beyond the budget: ${path} has ` +
        `${metrics.length} epochs and ${budget} means ${epochs}; give a larger --budget, ` +
        `another --seed or another --out`,
    );
  }
  return await resumeRun(path, { ...hooks, epochs });
}

function recipeOf(name: string): PublishedRecipe {
  const recipe = Object.hasOwn(RECIPES, name) ? RECIPES[name] : undefined;
  if (recipe) return recipe;
  throw new UsageError(
    `Cannot reproduce as NAME must be one of ${
      Object.keys(RECIPES).join(", ")
    }: it is ` +
      JSON.stringify(name),
  );
}

function choiceOf(
  { samples, binarizations }: PublishedRecipe,
  { values }: Line,
): RecipeChoice {
  const pick = <T>(name: string, known: readonly T[], wanted: T | undefined): T => {
    if (wanted === undefined) return known[0];
    if (known.includes(wanted)) return wanted;
    throw new UsageError(
      `Cannot reproduce as --${name} must be one of ${known.join(", ")} for this ` +
        `recipe: it is ${wanted}`,
    );
  };
  return {
    samples: pick("samples", samples, values.samples),
    binarize: pick("binarize", binarizations, values.binarize),
  };
}

/** A folder for each choice and seed, so that a job scheduler can spread them. */
function runName(
  name: string,
  { samples, binarize }: RecipeChoice,
  seed: number,
): string {
  return `${name}-k${samples}-${binarize}-seed${seed}`;
}

function commandOf(name: string, { values, given }: Line): string {
  const shaping = [
    "budget",
    "samples",
    "binarize",
    "seed",
    "nll-samples",
    "nll-images",
  ];
  const of: Record<string, unknown> = {
    ...values,
    "nll-samples": values.nllSamples,
    "nll-images": values.nllImages,
  };
  const words = shaping.filter((option) => given.includes(option))
    .map((option) => `--${option} ${shellWord(String(of[option]))}`);
  return ["deno task reproduce", name, ...words].join(" ");
}

/**
 * Runs `deno task reproduce`.
 *
 * @param args The words after the script's name.
 * @returns The exit status.
 */
export function runReproduce(args: readonly string[]): Promise<number> {
  return runCommand(reproduceCommand, reproduce, { args });
}

if (import.meta.main) Deno.exit(await runReproduce(Deno.args));
