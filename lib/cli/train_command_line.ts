import type { RunConfig } from "../training/mod.ts";
import { recipeWords } from "./recipe_options.ts";
import { shellWord } from "./shell_word.ts";

/**
 * Write the command that repeats a run.
 *
 * @param config The run's configuration.
 * @returns One line for a shell; every option that shapes the result is in it.
 */
export function trainCommandLine(config: RunConfig): string {
  const { dataset, network, training } = config;
  const { likelihood } = network;
  const { engine = "tfjs" } = training;
  const options: [string, string | number | null][] = [
    ["dataset", dataset.name],
    ["binarize", dataset.binarization],
    ["validation", dataset.validation || null],
    ["limit", dataset.limit],
    ["model", network.convolution ? "conv-vae" : network.model],
    ["channels", network.convolution?.channels.join(",") ?? null],
    ["likelihood", likelihood.kind],
    ["variance", likelihood.kind === "gaussian" ? likelihood.variance : null],
    ["components", "components" in likelihood ? likelihood.components : null],
    ["hidden", network.hidden.join(",") || null],
    ["latent", network.latentDim],
    ["activation", network.activation],
    ["beta", network.model === "vae" ? network.beta : null],
    ...recipeWords(training, network),
    ["epochs", training.epochs],
    ["batch", training.batchSize],
    ["learning-rate", training.learningRate],
    ["seed", training.seed],
    ["engine", engine],
    ["backend", engine === "tfjs" ? training.backend : null],
  ];
  const words = options.filter(([, value]) => value !== null)
    .map(([name, value]) => `--${name} ${shellWord(String(value))}`);
  return ["deno task train", ...words].join(" ");
}
