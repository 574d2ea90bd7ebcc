import { ENCODER_GRADIENTS, type NetworkSpec } from "../networks/mod.ts";
import type { RateStage, Recipe } from "../training/mod.ts";
import { UsageError } from "./errors.ts";
import type { Values } from "./options.ts";
import { readNumber } from "./values.ts";

/** Options of `deno task train` for what most runs do without. */
export const recipeOptions = {
  "warm-up": {
    kind: "number",
    above: 0,
    placeholder: "EPOCHS",
    help: "Let beta rise from 0 to its value over the first so many epochs.",
  },
  cycles: {
    kind: "integer",
    default: 1,
    min: 1,
    help: "Cut the warm-up into cycles: in each beta rises for half of it.",
  },
  "free-bits": {
    kind: "number",
    above: 0,
    placeholder: "NATS",
    help: "Let each latent dimension cost so many nats before the KL presses it.",
  },
  samples: {
    kind: "integer",
    default: 1,
    min: 1,
    max: 10_000,
    placeholder: "K",
    help: "Draws of z an image in training: above 1 the K-sample bound (IWAE) is " +
      "trained in place of the ELBO.",
  },
  "encoder-gradient": {
    kind: "choice",
    choices: ENCODER_GRADIENTS,
    placeholder: "KIND",
    help: "Of the K-sample bound: reparameterized, or doubly-reparameterized, whose " +
      "noise does not grow with K. Default: reparameterized.",
  },
  "rate-at": {
    kind: "string",
    placeholder: "EPOCH:RATE,...",
    help: "Other learning rates from so many epochs on, as in 200:6e-4,350:4e-4.",
  },
  "adam-epsilon": {
    kind: "number",
    default: 1e-8,
    above: 0,
    help: "Of Adam: what it adds to the root of its second moment.",
  },
  "output-bias": {
    kind: "choice",
    choices: ["zero", "mean"],
    placeholder: "KIND",
    default: "zero",
    help: "The decoder's first output bias: zero, or the logit of the mean image.",
  },
} as const;

type RecipeValues = Values<typeof recipeOptions>;

/** The names of the options that concern the KL, which an autoencoder has not. */
const ofKl = ["beta", "warm-up", "cycles", "free-bits"];

/** What of the objective a network may do without. */
type ObjectiveSpec = Pick<NetworkSpec, "freeBits" | "samples" | "encoderGradient">;

/**
 * Turns the options into a recipe; what was not asked for has no key.
 *
 * @param values The options' values.
 * @param line `given`, the options that were typed; the model and its likelihood.
 * @returns The recipe, and what it adds to the network's objective.
 * @throws {UsageError} If options have no meaning together.
 */
export function recipeOf(
  values: RecipeValues,
  { given, model, likelihood, variance }: {
    readonly given: readonly string[];
    readonly model: NetworkSpec["model"];
    readonly likelihood: string;
    readonly variance?: string;
  },
): { recipe: Recipe; objective: ObjectiveSpec } {
  const { warmUp, cycles, freeBits, rateAt, adamEpsilon, outputBias } = values;
  const { samples, encoderGradient } = values;
  checkSamples(values, { given, model, variance });
  const notItsOwn = model === "autoencoder" &&
    ofKl.find((name) => given.includes(name));
  if (notItsOwn) {
    throw new UsageError(
      `Cannot train as --${notItsOwn} must come with --model vae: an autoencoder has ` +
        `no KL`,
    );
  }
  if (given.includes("cycles") && warmUp === undefined) {
    throw new UsageError(
      `Cannot train as --cycles must come with --warm-up: there is no time to cut`,
    );
  }
  if (outputBias === "mean" && likelihood !== "bernoulli") {
    throw new UsageError(
      `Cannot train as --output-bias mean must come with --likelihood bernoulli: a ` +
        `${likelihood} has no logits`,
    );
  }
  return {
    recipe: {
      ...warmUp !== undefined && { warmUp: { epochs: warmUp, cycles } },
      ...rateAt !== undefined && { rateStages: stagesOf(rateAt) },
      ...given.includes("adam-epsilon") && { adamEpsilon },
      ...outputBias === "mean" && { outputBias },
    },
    objective: {
      ...freeBits !== undefined && { freeBits },
      ...samples > 1 && { samples },
      ...encoderGradient !== undefined && { encoderGradient },
    },
  };
}

function checkSamples(
  { samples, encoderGradient }: RecipeValues,
  { given, model, variance }: {
    readonly given: readonly string[];
    readonly model: string;
    readonly variance?: string;
  },
): void {
  if (samples === 1) {
    if (encoderGradient === undefined) return;
    throw new UsageError(
      `Cannot train as --encoder-gradient must come with --samples above 1: the ELBO ` +
        `has its own; add --samples 5, say, or leave it out`,
    );
  }
  if (model === "autoencoder") {
    throw new UsageError(
      "Cannot train as --samples must come with --model vae: an autoencoder draws no z",
    );
  }
  if (variance === "optimal") {
    throw new UsageError(
      `Cannot train as --samples must come without --variance optimal: the best variance ` +
        "of the K-sample bound has no closed form; take --variance shared",
    );
  }
  const other = ofKl.find((name) => given.includes(name));
  if (other !== undefined) {
    throw new UsageError(
      `Cannot train as --samples must come without --${other}: the K-sample bound has ` +
        `no KL of its own to weigh; leave one of them out`,
    );
  }
}

function stagesOf(text: string): RateStage[] {
  const stages = text.split(",").map((part) => {
    const [epoch, rate, ...more] = part.split(":");
    if (rate === undefined || more.length > 0) {
      throw new UsageError(
        `Cannot train as --rate-at must be EPOCH:RATE with commas between them: it is ` +
          JSON.stringify(text),
      );
    }
    const asker = { act: "train", name: "--rate-at" };
    return {
      fromEpoch: readNumber(epoch.trim(), { whole: true, min: 1 }, asker),
      learningRate: readNumber(rate.trim(), { whole: false, above: 0 }, asker),
    };
  });
  if (
    stages.some(({ fromEpoch }, i) => i > 0 && fromEpoch <= stages[i - 1].fromEpoch)
  ) {
    throw new UsageError(
      `Cannot train as --rate-at must name later and later epochs: it is ` +
        JSON.stringify(text),
    );
  }
  return stages;
}

/**
 * What beta, warm-up and free bits make of the objective, one line each.
 *
 * @param network Of a vae.
 * @param recipe Its warm-up.
 * @returns The lines.
 */
export function objectiveNotes(
  { beta, freeBits, samples = 1 }: ObjectiveSpec & Pick<NetworkSpec, "beta">,
  { warmUp }: Recipe,
): string[] {
  const notes: string[] = [];
  if (samples > 1) {
    notes.push(
      `Note: minus the objective is the bound of ${samples} samples, which lies between ` +
        "the ELBO and ln p(x); metrics have the ELBO, which training may let fall.",
    );
  }
  if (beta !== 1) {
    const what = beta > 1
      ? "a lower bound on ln p(x), but a looser one than the ELBO"
      : "no bound on ln p(x)";
    notes.push(
      `Note: with beta ${beta} minus the objective is ${what}; metrics have beta 1.`,
    );
  }
  if (warmUp && beta > 0) {
    const { epochs, cycles } = warmUp;
    const rises = cycles === 1
      ? "beta rises from 0"
      : `beta rises from 0 ${cycles} times`;
    notes.push(
      `Note: for ${epochs} epochs ${rises}; minus the objective is no bound on ` +
        `ln p(x) while beta is below 1; metrics have beta 1.`,
    );
  }
  if (freeBits !== undefined) {
    notes.push(
      `Note: with free bits the objective charges each latent dimension ${freeBits} ` +
        `nats at least` +
        (beta < 1 ? "" : ", which makes minus it a looser bound than the ELBO") +
        `; metrics have the KL as it is.`,
    );
  }
  return notes;
}

/**
 * The options that ask for a recipe.
 *
 * @param recipe Of a run.
 * @param objective Of its network.
 * @returns Names and values, null where there is none.
 */
export function recipeWords(
  { warmUp, rateStages, adamEpsilon, outputBias }: Recipe,
  { freeBits, samples, encoderGradient }: ObjectiveSpec,
): [string, string | number | null][] {
  const stages = rateStages?.map((stage) => `${stage.fromEpoch}:${stage.learningRate}`);
  return [
    ["warm-up", warmUp?.epochs ?? null],
    ["cycles", warmUp && warmUp.cycles > 1 ? warmUp.cycles : null],
    ["free-bits", freeBits ?? null],
    ["samples", samples ?? null],
    ["encoder-gradient", encoderGradient ?? null],
    ["rate-at", stages?.join(",") ?? null],
    ["adam-epsilon", adamEpsilon ?? null],
    ["output-bias", outputBias ?? null],
  ];
}
