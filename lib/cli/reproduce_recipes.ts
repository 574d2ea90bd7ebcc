import type { Binarization } from "../datasets/mod.ts";
import type { RateStage, RunOptions } from "../training/mod.ts";

/** How much of a published recipe is run. */
export const BUDGETS = ["short", "medium", "full"] as const;

/** One of {@linkcode BUDGETS}. */
export type Budget = typeof BUDGETS[number];

/** What makes one recipe several: Burda's table has a row for each. */
export interface RecipeChoice {
  /** K of the K-sample bound. */
  readonly samples: number;
  /** How bytes become pixels. */
  readonly binarize: Binarization;
}

/** A published result, and how it was obtained. */
export interface PublishedRecipe {
  /** What it is, with its source. */
  readonly work: string;
  /** The K that may be asked for, the default one first. */
  readonly samples: readonly number[];
  /** The binarisations that may be asked for, the default one first. */
  readonly binarizations: readonly Binarization[];
  /** In epochs; a longer budget goes on from where a shorter one ended. */
  readonly epochs: Readonly<Record<Budget, number>>;
  /** What was published, for each choice that has a figure. */
  readonly published: (choice: RecipeChoice) => string | undefined;
  /** The training, but for what the command line adds. */
  readonly options: (choice: RecipeChoice) => RecipeOptions;
}

/** What a recipe lays down of a run. */
export type RecipeOptions = Omit<RunOptions, "epochs" | "seed" | "backend">;

/** Stage i of 3^i epochs at 1e-3 10^(-i / 7), i from 0 to 7: 3280 epochs. */
function burdaStages(): RateStage[] {
  const stages: RateStage[] = [];
  let fromEpoch = 1;
  for (let i = 1; i < 8; i++) {
    stages.push({ fromEpoch, learningRate: 1e-3 * 10 ** (-i / 7) });
    fromEpoch += 3 ** i;
  }
  return stages;
}

function burda({ samples, binarize }: RecipeChoice): RecipeOptions {
  return {
    dataset: "mnist",
    binarization: binarize,
    network: {
      model: "vae",
      hidden: [200, 200],
      latentDim: 50,
      activation: "tanh",
      likelihood: { kind: "bernoulli" },
      beta: 1,
      ...samples > 1 && { samples },
    },
    batchSize: 20,
    learningRate: 1e-3,
    rateStages: burdaStages(),
    adamEpsilon: 1e-4,
    outputBias: "mean",
  };
}

const BURDA_EPOCHS = { short: 4, medium: 40, full: 3280 };
const BURDA = "Burda, Grosse, Salakhutdinov 2015, arXiv 1509.00519, Table 1";

const oneHiddenLayer = (hidden: number, latentDim: number): RunOptions["network"] => ({
  model: "vae",
  hidden: [hidden],
  latentDim,
  activation: "relu",
  likelihood: { kind: "bernoulli" },
  beta: 1,
});

/** The recipes by name; nats per image on MNIST's test images unless they say otherwise. */
export const RECIPES: Readonly<Record<string, PublishedRecipe>> = {
  "burda-vae": {
    work: `${BURDA}, VAE with k = 1`,
    samples: [1],
    binarizations: ["dynamic", "static"],
    epochs: BURDA_EPOCHS,
    published: ({ binarize }) =>
      binarize === "dynamic"
        ? "NLL 86.76 after 3280 epochs (5000 samples)"
        : "NLL 93.64 +- 0.55 after 40 epochs, an independent run (1000 samples, " +
          "2000 images)",
    options: burda,
  },
  "burda-iwae": {
    work: `${BURDA}, IWAE`,
    samples: [5, 50, 1],
    binarizations: ["dynamic", "static"],
    epochs: BURDA_EPOCHS,
    published: ({ binarize, samples }) => {
      if (binarize === "dynamic") {
        const nll = { 1: "86.76", 5: "85.54", 50: "84.78" }[samples];
        return nll && `NLL ${nll} after 3280 epochs (5000 samples)`;
      }
      return samples === 5
        ? "NLL 92.25 +- 0.55 after 40 epochs, an independent run (1000 samples, " +
          "2000 images)"
        : undefined;
    },
    options: burda,
  },
  "pytorch-example": {
    work: "PyTorch examples/vae, grey pixels under a cross entropy",
    samples: [1],
    binarizations: ["none"],
    epochs: { short: 1, medium: 10, full: 10 },
    published: () =>
      "-ELBO 127.3 after epoch 1, 105.6 after epoch 10 (two public logs)",
    options: ({ binarize }) => ({
      dataset: "mnist",
      binarization: binarize,
      network: oneHiddenLayer(400, 20),
      batchSize: 128,
      learningRate: 1e-3,
    }),
  },
  "pythae-vae": {
    work: "pythae's VAE",
    samples: [1],
    binarizations: ["static"],
    epochs: { short: 5, medium: 50, full: 500 },
    published: () => "NLL 89.78 after 500 epochs",
    options: ({ binarize }) => ({
      dataset: "mnist",
      binarization: binarize,
      network: oneHiddenLayer(400, 40),
      batchSize: 100,
      learningRate: 1e-4,
      // x 10^(-1/5) at 200, 350 and 500; at 500 it has ended.
      rateStages: [200, 350].map((fromEpoch, i) => ({
        fromEpoch,
        learningRate: 1e-4 * 10 ** (-(i + 1) / 5),
      })),
    }),
  },
  "fashion-vae": {
    work:
      "Fashion-MNIST, the network of PyTorch's example (Xiao et al. 2017 for the data)",
    samples: [1],
    binarizations: ["dynamic", "static"],
    epochs: { short: 2, medium: 20, full: 100 },
    published: () => undefined,
    options: ({ binarize }) => ({
      dataset: "fashion-mnist",
      binarization: binarize,
      network: oneHiddenLayer(400, 20),
      batchSize: 128,
      learningRate: 1e-3,
    }),
  },
};

/** How much the NLL of a budget costs: K, and how many test images. */
export const NLL_EFFORT: Readonly<Record<Budget, { samples: number; images: number }>> =
  {
    short: { samples: 500, images: 1000 },
    medium: { samples: 5000, images: 10_000 },
    full: { samples: 5000, images: 10_000 },
  };
