import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { estimateNll, type NllEstimate, summarizeWeights } from "elbo/evaluation";
import { logIntegratePlane, STREAMS } from "elbo/math";
import { createStep, type Step } from "elbo/models";
import { initialWeights, networkLatentModel, type NetworkSpec } from "elbo/networks";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";

const spec: NetworkSpec = {
  model: "vae",
  dataDim: 6,
  hidden: [5],
  latentDim: 2,
  activation: "tanh",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};
const count = 8;
const pixels = Float32Array.from(
  { length: count * spec.dataDim },
  (_, i) => (i * i) % 7 > 2 ? 1 : 0,
);
const images = { pixels, count };

/**
 * First weights, but for q(z|x) of variance 1.5 in either dimension: wider than the
 * prior, so that p(z) / q(z|x) has a bound, and p(x|z) <= 1 has one. Then the weights
 * have a finite variance at every x.
 */
const weights = new Map(initialWeights(spec, { seed: 3 }))
  .set("encoder.logVar.weight", { shape: [5, 2], values: new Float32Array(10) })
  .set("encoder.logVar.bias", {
    shape: [2],
    values: new Float32Array(2).fill(Math.log(1.5)),
  });

/** -ln p(x), averaged over the images: float64 networks, trapezoids on the plane. */
function exactNll(): number {
  const { prior, likelihood } = networkLatentModel(spec, weights);
  const logMarginals = Array.from({ length: count }, (_, i) => {
    const x = Array.from(pixels.subarray(i * spec.dataDim, (i + 1) * spec.dataDim));
    return logIntegratePlane((z) => prior.logProb(z) + likelihood(z).logProb(x), {
      center: [0, 0],
      halfWidth: 8,
      numNodes: 81,
    });
  });
  return -logMarginals.reduce((sum, value) => sum + value, 0) / count;
}
const exact = exactNll();

async function withStep<Result>(
  body: (step: Step) => Promise<Result>,
): Promise<Result> {
  const step = await createStep(spec, {
    seed: 0,
    learningRate: 1e-3,
    weights,
    backend: "cpu",
  });
  try {
    return await body(step);
  } finally {
    step.dispose();
  }
}

const noiseOf = () => ({ seed: testSeed(21), stream: STREAMS.test });

/** The error that comes from the draws of z: the images are the same on both sides. */
function claimExact(value: number, { samplingError, numSamples }: NllEstimate): void {
  assertMonteCarlo(
    { mean: value, standardError: samplingError, numSamples },
    { exact, resolution: 0.01, seed: noiseOf().seed, label: "NLL" },
  );
}

Deno.test("estimateNll: agrees with float64 networks integrated over the plane", async () => {
  const noise = noiseOf();
  const estimate = await withStep((step) =>
    estimateNll(step, images, {
      numSamples: 16000,
      noise,
      batchSize: 3,
      chunkRows: 3000,
    })
  );
  claimExact(estimate.nll.mean, estimate);
  assertEquals([estimate.numSamples, estimate.nll.numSamples], [16000, count]);

  // -ELBO lies above by the KL to the posterior: sold as an NLL it must be caught.
  assertGreater(estimate.negativeElbo.mean, estimate.nll.mean);
  assertThrows(() => claimExact(estimate.negativeElbo.mean, estimate));
});

Deno.test("estimateNll: a planted error in the weights is caught", async () => {
  const noise = noiseOf();
  await withStep(async (step) => {
    // Weights without ln q(z|x)'s normaliser would be off by ln(2 pi) = 1.84.
    const planted: Pick<Step, "logWeights"> = {
      logWeights: async (batch) =>
        (await step.logWeights(batch)).map((logWeight) =>
          logWeight + Math.log(2 * Math.PI)
        ),
    };
    const estimate = await estimateNll(planted, images, { numSamples: 2000, noise });
    assertThrows(() => claimExact(estimate.nll.mean, estimate));
  });
});

/** Log weights that tell which call, sample and image they are of. */
function recorder() {
  const calls: { step: number; numSamples: number; batchSize: number }[] = [];
  const step: Pick<Step, "logWeights"> = {
    logWeights({ step, numSamples, batchSize }) {
      calls.push({ step, numSamples, batchSize });
      return Promise.resolve(
        Float32Array.from(
          { length: numSamples * batchSize },
          (_, i) => Math.sin(step + i),
        ),
      );
    },
  };
  return { calls, step };
}

Deno.test("estimateNll: works in chunks, each with its own address", async () => {
  const noise = noiseOf();
  const { calls, step } = recorder();
  const progress: number[] = [];
  const options = {
    noise,
    batchSize: 5,
    chunkRows: 10,
    onProgress: (done: number) => progress.push(done),
  };
  await estimateNll(step, images, { ...options, numSamples: 5 });
  assertEquals(calls, [
    { step: 0, numSamples: 2, batchSize: 5 },
    { step: 2, numSamples: 2, batchSize: 5 },
    { step: 4, numSamples: 1, batchSize: 5 },
    { step: 1, numSamples: 2, batchSize: 3 },
    { step: 3, numSamples: 2, batchSize: 3 },
    { step: 5, numSamples: 1, batchSize: 3 },
  ]);
  assertEquals(progress.at(-1), 1);
  assert(progress.every((done, i) => i === 0 || done > progress[i - 1]));

  // A larger K goes on from the draws of a smaller one.
  const larger = recorder();
  await estimateNll(larger.step, images, { ...options, numSamples: 7 });
  const steps = new Set(larger.calls.map((call) => call.step));
  assert(calls.every((call) => steps.has(call.step)));
});

Deno.test("estimateNll: the standard error is over images", async () => {
  const noise = noiseOf();
  const { step } = recorder();
  const estimate = await estimateNll(step, images, { noise, numSamples: 4 });
  const values = estimate.images.map(({ logMeanWeight }) => -logMeanWeight);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  assertAlmostEquals(estimate.nll.mean, mean, 1e-12);
  assertAlmostEquals(
    estimate.nll.standardError,
    Math.sqrt(squares / count / (count - 1)),
    1e-12,
  );
});

Deno.test("summarizeWeights: equal weights leave no error to the draws", () => {
  const image = { logMeanWeight: -3, meanLogWeight: -3, effectiveSampleSize: 10 };
  const { samplingError, effectiveSampleSize } = summarizeWeights([image, image], 10);
  assertEquals(samplingError, 0);
  assertEquals(effectiveSampleSize, { median: 10, least: 10, belowTwo: 0 });
});

Deno.test("summarizeWeights: one heavy draw in ten is told", () => {
  const image = { logMeanWeight: -3, meanLogWeight: -9, effectiveSampleSize: 1 };
  const { samplingError, effectiveSampleSize } = summarizeWeights([image], 10);
  assertAlmostEquals(samplingError, Math.sqrt(0.9), 1e-15);
  assertEquals(effectiveSampleSize.belowTwo, 1);
});

Deno.test("estimateNll: refuses no images, no samples and weights that are NaN", async () => {
  const noise = noiseOf();
  const { step } = recorder();
  const none = { pixels: new Float32Array(0), count: 0 };
  await assertRejects(
    () => estimateNll(step, none, { noise, numSamples: 1 }),
    RangeError,
    "count must be a positive whole number: 0",
  );
  await assertRejects(
    () => estimateNll(step, images, { noise, numSamples: 0 }),
    RangeError,
    "numSamples",
  );
  const broken = {
    logWeights: () => Promise.resolve(new Float32Array(count).fill(NaN)),
  };
  await assertRejects(
    () => estimateNll(broken, images, { noise, numSamples: 1 }),
    TypeError,
    "NaN at image 0",
  );
});

Deno.test("estimateNll: an autoencoder has no p(x) and is refused", async () => {
  const noise = noiseOf();
  const autoencoder = { ...spec, model: "autoencoder" as const };
  const step = await createStep(autoencoder, {
    seed: 0,
    learningRate: 1e-3,
    backend: "cpu",
  });
  await assertRejects(
    () => estimateNll(step, images, { noise, numSamples: 1 }),
    TypeError,
    "must be a vae",
  );
  step.dispose();
});
