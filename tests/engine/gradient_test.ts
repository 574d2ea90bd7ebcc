import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { createEngineStep, engineGap } from "elbo/engine";
import { createStep } from "elbo/models";
import type { NetworkSpec } from "elbo/networks";
import { hasRelaxed } from "elbo/simd";
import { testSeed } from "../helpers/seed.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { disagreements, largest, type Numbers } from "../models/disagreements.ts";
import { type RandomNetwork, randomNetwork } from "../models/random_network.ts";
import { normalsAt } from "./noise.ts";
import { randomImages } from "./batches.ts";

const seed = testSeed(21);
const networks = Array.from({ length: 48 }, (_, index) => randomNetwork(index, seed))
  .filter(({ spec }) => engineGap(spec) === undefined)
  .map((network) => ({ ...network, eps: normalsAt(network) }));

// Adam's first moment after one update is the gradient times 1 - beta1.
const SHARE = Math.fround(1 - 0.9);

async function compute(
  { spec, weights, images }: RandomNetwork,
  { sparseBelow, relaxed = false }: { sparseBelow: number; relaxed?: boolean },
): Promise<Numbers> {
  const step = await createEngineStep(spec, {
    ...{ seed: 0, learningRate: 1e-3, weights, threads: 1, sparseBelow, relaxed },
  });
  try {
    const batch = { images: Float32Array.from(images.flat()), step: 0 };
    const numbers = await step.train({ ...batch, batchSize: images.length });
    const { firstMoment } = await step.state();
    const gradient = [...firstMoment].map(([name, { values }]) =>
      [name, values.map((value) => value / SHARE)] as const
    );
    return { ...numbers, gradient: new Map(gradient) };
  } finally {
    step.dispose();
  }
}

Deno.test("engine: objective and gradient agree with float64", async () => {
  assertGreater(networks.length, 12);
  for (const network of networks) {
    for (const sparseBelow of [0, 2]) {
      for (const relaxed of [false, hasRelaxed()]) {
        const found = await compute(network, { sparseBelow, relaxed });
        assertEquals(disagreements(network, found), [], JSON.stringify(network.spec));
      }
    }
  }
});

Deno.test("engine: one wrong gradient is named", async () => {
  const [network] = networks;
  for (const name of network.weights.keys()) {
    const found = await compute(network, { sparseBelow: 2 });
    const values = found.gradient.get(name)!;
    values[0] += 1e-3 * largest(values);
    const faults = disagreements(network, found);
    assertEquals(faults.map((fault) => fault.split(":")[0]), [`${name}[0]`]);
  }
});

const vae: NetworkSpec = {
  model: "vae",
  dataDim: 60,
  hidden: [40],
  latentDim: 4,
  activation: "tanh",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};

/** The objectives of some steps on tfjs and on the engine, from the same weights. */
async function traces(
  spec: NetworkSpec,
  { steps, engineSeed = 5 }: { steps: number; engineSeed?: number },
): Promise<[number, number][]> {
  const options = { learningRate: 1e-3 };
  const tfjs = await createStep(spec, { ...options, seed: 5, backend: "cpu" });
  const { weights } = await tfjs.state();
  const engine = await createEngineStep(spec, {
    ...{ ...options, seed: engineSeed, weights, threads: 1 },
  });
  const pairs: [number, number][] = [];
  const batchSize = 10;
  for (let step = 0; step < steps; step++) {
    const images = randomImages(spec, { batchSize, share: 0.3, step });
    const batch = { images, batchSize, step };
    const [left, right] = [await tfjs.train(batch), await engine.train(batch)];
    pairs.push([left.objective, right.objective]);
  }
  tfjs.dispose();
  engine.dispose();
  return pairs;
}

/**
 * The bound on the distance of the two traces: the rounding of one objective of about a
 * hundred terms. In 100 steps the updates carry on less of it than that: both were seen
 * within a hundredth of the bound.
 */
function bound(objective: number): number {
  return float32Tolerance(100, objective);
}

Deno.test("engine: 100 steps take the way of tfjs", async () => {
  for (
    const spec of [
      vae,
      { ...vae, activation: "relu" as const, hidden: [40, 24] },
      { ...vae, freeBits: 0.2 },
      {
        ...vae,
        likelihood: { kind: "gaussian" as const, variance: "shared" as const },
      },
    ]
  ) {
    const pairs = await traces(spec, { steps: 100 });
    pairs.forEach(([left, right], step) =>
      assertLessOrEqual(Math.abs(left - right), bound(left), `step ${step}`)
    );
  }
});

Deno.test("engine: other noise leaves the way of tfjs", async () => {
  const pairs = await traces(vae, { steps: 3, engineSeed: 6 });
  const [left, right] = pairs[2];
  assertGreater(Math.abs(left - right), bound(left));
});
