import type { Report } from "../figures/mod.ts";
import type { RunConfig } from "../training/mod.ts";
import { recipeWords } from "./recipe_options.ts";

/**
 * Put the configuration of a run into tables.
 *
 * @param config The configuration.
 * @returns Its tables: model, training, data, files and versions.
 */
export function settingsOf(config: RunConfig): Report["settings"] {
  const { dataset, network, training, versions } = config;
  const { likelihood } = network;
  const { engine = "tfjs" } = training;
  const text = (value: unknown) => String(value ?? "none");
  return [
    {
      title: "Model",
      rows: [
        ["model", network.convolution ? "conv-vae" : network.model],
        ...(network.convolution
          ? [["channels", network.convolution.channels.join(", ")] as const]
          : []),
        ["hidden sizes", network.hidden.join(", ") || "none"],
        ["latent dimensions", text(network.latentDim)],
        ["activation", network.activation],
        ["likelihood", likelihood.kind],
        ...(likelihood.kind === "gaussian"
          ? [["variance", text(likelihood.variance)] as const]
          : []),
        ...("components" in likelihood
          ? [["components", text(likelihood.components)] as const]
          : []),
        ["beta", text(network.beta)],
      ],
    },
    {
      title: "Training",
      rows: [
        ["epochs", text(training.epochs)],
        ["images a step", text(training.batchSize)],
        ["optimizer", `Adam, rate ${training.learningRate}`],
        ...recipeWords(training, network)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => [name.replaceAll("-", " "), text(value)] as const),
        ["seed", text(training.seed)],
        ["engine", engine],
        ...engine === "tfjs" ? [["backend", training.backend] as const] : [],
      ],
    },
    {
      title: "Data",
      rows: [
        ["data set", dataset.name],
        ["image", `${dataset.height} x ${dataset.width}`],
        ["binarisation", dataset.binarization],
        ["held out for validation", text(dataset.validation)],
        ["limit", text(dataset.limit)],
      ],
    },
    { title: "Files, SHA-256", rows: Object.entries(dataset.sha256) },
    { title: "Versions", rows: Object.entries(versions) },
  ];
}
