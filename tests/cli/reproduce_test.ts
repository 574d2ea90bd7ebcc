import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { learningRateAt } from "elbo/training";
import { runReproduce } from "../../lib/cli/reproduce.ts";
import { BUDGETS, RECIPES } from "../../lib/cli/reproduce_recipes.ts";
import {
  markdownRow,
  type ReproductionResult,
  resultOf,
} from "../../lib/cli/reproduce_result.ts";
import { captured } from "./captured.ts";

Deno.test("reproduce: Burda's stages are 3^i epochs at 1e-3 10^(-i / 7)", () => {
  const options = RECIPES["burda-vae"].options({ samples: 1, binarize: "dynamic" });
  let epoch = 0;
  for (let i = 0; i < 8; i++) {
    for (const at of [epoch, epoch + 3 ** i - 1]) {
      assertAlmostEquals(learningRateAt(options, at), 1e-3 * 10 ** (-i / 7), 1e-18);
    }
    epoch += 3 ** i;
  }
  assertEquals(epoch, RECIPES["burda-vae"].epochs.full);
  // Stages 0 to 3.
  assertEquals(RECIPES["burda-vae"].epochs.medium, 1 + 3 + 9 + 27);
  const { hidden, latentDim, activation } = options.network;
  assertEquals([...hidden, latentDim, activation], [200, 200, 50, "tanh"]);
  assertEquals([options.batchSize, options.adamEpsilon], [20, 1e-4]);
  assertEquals(options.outputBias, "mean");
});

Deno.test("reproduce: pythae's rate falls by 10^(-1/5) at 200 and 350", () => {
  const options = RECIPES["pythae-vae"].options({ samples: 1, binarize: "static" });
  const rates = [0, 199, 200, 349, 350, 499].map((at) => learningRateAt(options, at));
  [0, 0, 1, 1, 2, 2].forEach((stage, i) =>
    assertAlmostEquals(rates[i], 1e-4 * 10 ** (-stage / 5), 1e-18)
  );
});

Deno.test("reproduce: every recipe has its K, and budgets that grow", () => {
  for (const [name, recipe] of Object.entries(RECIPES)) {
    const [short, medium, full] = BUDGETS.map((budget) => recipe.epochs[budget]);
    assert(short < medium && medium <= full, name);
    for (const samples of recipe.samples) {
      const { network } = recipe.options({
        samples,
        binarize: recipe.binarizations[0],
      });
      assertEquals(network.samples ?? 1, samples, name);
    }
  }
});

const result: ReproductionResult = {
  name: "burda-vae",
  budget: "medium",
  seed: 0,
  published: "NLL 86.76",
  epochs: 40,
  updates: 120_000,
  negativeElbo: 99.5,
  nll: {
    mean: 93.456,
    standardError: 0.2,
    numSamples: 5000,
    images: 10_000,
    samplingError: 0.01,
    bitsPerDimension: null,
    negativeElbo: { mean: 99.4, standardError: 0.2 },
    effectiveSampleSize: { median: 20, least: 1, belowTwo: 0 },
  },
  activeUnits: 19,
  command: "deno task reproduce burda-vae --budget medium",
  trainSeconds: 600,
  evaluationSeconds: 60.4,
  curve: [[1, 120], [40, 99.5]],
};

Deno.test("reproduce: a row has the published figure, ours with its K, command, time", () => {
  const row = markdownRow(result);
  assertEquals(row.split(" | ").length, 5);
  for (
    const part of [
      "medium: 40 epochs",
      "NLL 86.76",
      "NLL 93.46 +- 0.20 (K 5,000, 10,000 images), -ELBO 99.50, 19 active units",
      "`deno task reproduce burda-vae --budget medium`",
      "10 min 0 s + 1 min 0 s",
    ]
  ) assertStringIncludes(row, part);
});

Deno.test("reproduce: a result is the run's last state, and grey pixels give no NLL", () => {
  const metrics = [1, 2].map((epoch) => ({
    ...{ epoch, step: 100 * epoch, seconds: 5 * epoch, testElbo: -120 + 10 * epoch },
  }));
  const record = {
    test: { elbo: -101 },
    nll: result.nll,
    isDensity: true,
    activeUnits: { count: 7 },
  };
  const { name, budget, seed, command } = result;
  const of = (isDensity: boolean) =>
    resultOf(
      // Of a run and a record only so much is read.
      { run: { metrics }, record: { ...record, isDensity } } as unknown as Parameters<
        typeof resultOf
      >[0],
      { name, budget, seed, command, evaluationSeconds: 3 },
    );
  const found = of(true);
  assertEquals([found.epochs, found.updates, found.trainSeconds], [2, 200, 15]);
  assertEquals([found.negativeElbo, found.activeUnits], [101, 7]);
  assertEquals([found.published, found.nll], [null, result.nll]);
  assertEquals(found.curve, [[1, 110], [2, 100]]);
  assertEquals(of(false).nll, null);
});

Deno.test("reproduce: grey pixels under a Bernoulli get no NLL", () => {
  const row = markdownRow({ ...result, nll: null, published: null });
  assert(!row.includes("NLL"));
  assertMatch(row, /\| none \| -ELBO 99\.50 \|/);
});

for (
  const [line, message] of [
    ["burda", "NAME must be one of burda-vae"],
    ["burda-vae --samples 5", "--samples must be one of 1 for this recipe"],
    ["burda-iwae --samples 7", "--samples must be one of 5, 50, 1"],
    ["pytorch-example --binarize static", "--binarize must be one of none"],
    ["burda-vae --budget long", "--budget must be one of short, medium, full"],
  ] as const
) {
  Deno.test(`reproduce: refuses ${line}`, async () => {
    const { code, stderr } = await captured(() => runReproduce(line.split(" ")));
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  });
}
