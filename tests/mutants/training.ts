/**
 * Trains a small network on real MNIST with whatever library stands around this file,
 * and prints the mean objective of its two epochs, in nats, as JSON.
 *
 *     deno run --allow-read --allow-write tests/mutants/training.ts '{"engine":"simd"}'
 */
import { resumeRun, type RunOptions, trainRun } from "elbo/training";
import type { Training } from "./mutant.ts";

const LIKELIHOODS = {
  "bernoulli": { kind: "bernoulli" },
  "continuous-bernoulli": { kind: "continuous-bernoulli" },
  "gaussian": { kind: "gaussian", variance: "pixel" },
  "logistic-mixture": { kind: "logistic-mixture", components: 2 },
} as const;

const {
  engine = "tfjs",
  likelihood = "bernoulli",
  network = {},
  recipe = {},
  resumed = false,
}: Training = JSON.parse(Deno.args[0] ?? "{}");
const options: RunOptions = {
  dataset: "mnist",
  limit: 1500,
  binarization: likelihood === "bernoulli" ? "dynamic" : "none",
  network: {
    model: "vae",
    hidden: [64],
    latentDim: 8,
    activation: "relu",
    likelihood: LIKELIHOODS[likelihood],
    beta: 1,
    ...network,
  },
  epochs: resumed ? 1 : 2,
  batchSize: 100,
  learningRate: 1e-3,
  seed: 0,
  backend: engine === "tfjs" ? "wasm" : "auto",
  engine,
  ...recipe,
};
const out = await Deno.makeTempDir();
try {
  let trained = await trainRun(options, { out });
  trained.step.dispose();
  if (resumed) {
    trained = await resumeRun(out, { epochs: 2 });
    trained.step.dispose();
  }
  console.log(JSON.stringify(trained.run.metrics.map((epoch) => epoch.trainObjective)));
} finally {
  await Deno.remove(out, { recursive: true });
}
