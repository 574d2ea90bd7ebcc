import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { sigmoid } from "elbo/math";
import { formatRunConfig, hashRunConfig, parseRunConfig } from "elbo/training";
import { configOf, meanBias } from "../../lib/training/new_config.ts";
import { tinyDataset, tinyOptions } from "./fakes.ts";

Deno.test("meanBias: the logit of each pixel's mean, held off 0 and 1", () => {
  const images = Uint8Array.of(0, 255, 51, 0, 255, 0);
  const set = { images, count: 2, height: 1, width: 3, dataDim: 3, name: "train" };
  // Pixels 0 and 0, 255 and 255, 51 and 0.
  const means = meanBias(set).map(sigmoid);
  [1e-3, 1 - 1e-3, 0.1].forEach((mean, i) => assertAlmostEquals(means[i], mean, 1e-12));
});

const recipe = {
  warmUp: { epochs: 3, cycles: 2 },
  rateStages: [{ fromEpoch: 2, learningRate: 1e-4 }],
  adamEpsilon: 1e-4,
  outputBias: "mean",
} as const;

Deno.test("configOf: a recipe is kept, comes back, and counts in the hash", async () => {
  const plain = configOf(tinyOptions, tinyDataset());
  const keys = Object.keys(plain.training);
  assertEquals(keys, [
    "epochs",
    "batchSize",
    "learningRate",
    "seed",
    "backend",
    "engine",
  ]);
  const network = { ...tinyOptions.network, freeBits: 0.25 };
  const full = configOf({ ...tinyOptions, ...recipe, network }, tinyDataset());
  assertEquals({ ...plain.training, ...recipe }, full.training);
  assertEquals(full.network.freeBits, 0.25);
  assertEquals(parseRunConfig(formatRunConfig(full), "config.json"), full);
  assertNotEquals(await hashRunConfig(full), await hashRunConfig(plain));
});
