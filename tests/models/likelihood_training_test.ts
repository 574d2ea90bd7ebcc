import { assertAlmostEquals, assertLess, assertNotEquals } from "@std/assert";
import type { BackendName } from "elbo/backend";
import { reparameterize } from "elbo/distributions";
import { createRandom, normals, STREAMS, summarize } from "elbo/math";
import { createStep, type Step } from "elbo/models";
import {
  decode,
  encode,
  type LikelihoodSpec,
  type NetworkSpec,
  optimalVariance,
  VARIANCE_FLOOR,
} from "elbo/networks";
import { LIKELIHOOD_CASES } from "../helpers/likelihoods.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { testOnBackends } from "./backends.ts";
import { rows } from "./rows.ts";

const seed = 4;
const batchSize = 5;
const dataDim = 12;
const random = createRandom({ seed: 2, stream: STREAMS.test });
const images = Float32Array.from(
  { length: batchSize * dataDim },
  () => random.integer(2),
);
const specOf = (likelihood: LikelihoodSpec): NetworkSpec => ({
  ...{ model: "vae", dataDim, hidden: [16], latentDim: 3, activation: "relu" },
  ...{ beta: 1, likelihood },
});

async function withStep(
  spec: NetworkSpec,
  backend: BackendName,
  body: (step: Step) => Promise<void>,
): Promise<void> {
  const step = await createStep(spec, { seed, learningRate: 0.01, backend });
  await body(step);
  step.dispose();
}

testOnBackends("train: a vae improves under every likelihood", async (backend) => {
  for (const likelihood of LIKELIHOOD_CASES) {
    await withStep(specOf(likelihood), backend, async (step) => {
      const objectives = [];
      for (let at = 0; at < 200; at++) {
        objectives.push((await step.train({ images, batchSize, step: at })).objective);
      }
      assertLess(objectives[199], objectives[0] - 2, JSON.stringify(likelihood));
    });
  }
});

testOnBackends(
  "train: the kept variance is a mean of the batches' best",
  async (backend) => {
    const spec = specOf({ kind: "gaussian", variance: "optimal" });
    await withStep(spec, backend, async (step) => {
      const best: number[] = [];
      for (let at = 0; at < 3; at++) {
        best.push(await bestVariance(spec, step, at));
        await step.train({ images, batchSize, step: at });
        const { weights } = await step.state();
        const [logVar] = weights.get("decoder.logVar")!.values;
        const kept = VARIANCE_FLOOR + Math.exp(logVar);
        const exact = summarize(best).mean;
        assertAlmostEquals(kept, exact, float32Tolerance(100, exact));
        // Control: the last batch's alone.
        if (at > 0) assertNotEquals(kept.toFixed(4), best[at].toFixed(4));
      }
    });
  },
);

/** The mean squared error of the batch that step `at` will train on, in float64. */
async function bestVariance(
  spec: NetworkSpec,
  step: Step,
  at: number,
): Promise<number> {
  const { weights } = await step.state();
  const address = { seed, stream: STREAMS.noise, step: at };
  const eps = normals({ ...address, rows: batchSize, columns: spec.latentDim });
  const noise = rows(Float32Array.from(eps), batchSize);
  const squares = rows(images, batchSize).flatMap((image, row) => {
    const { mean, logVar } = encode(spec, weights, image);
    const scale = logVar!.map((l) => Math.exp(l / 2));
    const z = reparameterize({ mean, scale, eps: noise[row] });
    const decoded = decode(spec, weights, z) as { mean: readonly number[] };
    return image.map((x, i) => (x - decoded.mean[i]) ** 2);
  });
  return optimalVariance(squares);
}
