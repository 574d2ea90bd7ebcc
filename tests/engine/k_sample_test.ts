import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
} from "@std/assert";
import { createEngineStep, engineGap } from "elbo/engine";
import { createRandom, normals, STREAMS } from "elbo/math";
import { createStep } from "elbo/models";
import {
  type EncoderGradient,
  kSampleBoundAndGradient,
  type NetworkSpec,
} from "elbo/networks";
import { drawPixel, LIKELIHOOD_CASES } from "../helpers/likelihoods.ts";
import { testSeed } from "../helpers/seed.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { randomWeights } from "../models/random_network.ts";
import { rows } from "../models/rows.ts";
import { randomImages } from "./batches.ts";

const GRADIENTS = ["reparameterized", "doubly-reparameterized"] as const;
const BATCH = 3;
const SEED = 4;

const vae: NetworkSpec = {
  model: "vae",
  dataDim: 30,
  hidden: [20],
  latentDim: 3,
  activation: "tanh",
  likelihood: { kind: "bernoulli" },
  beta: 1,
  samples: 5,
};

// Both activations, two depths, and a latentDim that fills its vectors.
const shapes: Partial<NetworkSpec>[] = [
  {},
  { activation: "relu", hidden: [24, 18], latentDim: 8, samples: 2 },
  { hidden: [], latentDim: 17, samples: 9 },
];
const cases = LIKELIHOOD_CASES.flatMap((likelihood) =>
  shapes.map((shape): NetworkSpec => ({ ...vae, ...shape, likelihood }))
).filter((spec) => engineGap(spec) === undefined);

function networkOf(spec: NetworkSpec) {
  const random = createRandom({ seed: testSeed(78), stream: STREAMS.test });
  const pixels = Float32Array.from(
    { length: BATCH * spec.dataDim },
    () => drawPixel(spec.likelihood, random),
  );
  const eps = normals({
    ...{ seed: SEED, stream: STREAMS.noise, step: 0 },
    rows: spec.samples! * BATCH,
    columns: spec.latentDim,
  });
  const weights = randomWeights(spec, random);
  // The noise as the engine has it: rounded.
  const noise = Array.from(eps, Math.fround);
  return { spec, weights, pixels, eps: rows(noise, spec.samples! * BATCH) };
}

type Network = ReturnType<typeof networkOf>;

async function trained(
  { spec, weights, pixels }: Network,
  { sparseBelow, relaxed = false }: { sparseBelow: number; relaxed?: boolean },
) {
  const step = await createEngineStep(spec, {
    ...{ seed: SEED, learningRate: 1e-3, weights, threads: 1, sparseBelow, relaxed },
  });
  try {
    const numbers = await step.train({ images: pixels, batchSize: BATCH, step: 0 });
    const { firstMoment } = await step.state();
    return { numbers, firstMoment };
  } finally {
    step.dispose();
  }
}

function exactOf({ spec, weights, pixels, eps }: Network) {
  const images = rows([...pixels], BATCH);
  return kSampleBoundAndGradient(spec, weights, { images, eps });
}

// Adam's first moment after one update is the gradient times 1 - beta1.
const SHARE = Math.fround(1 - 0.9);

/** The largest error of a gradient over the largest number of its tensor. */
function worstError(
  { firstMoment }: Awaited<ReturnType<typeof trained>>,
  exact: ReadonlyMap<string, Float64Array>,
): number {
  assertEquals([...firstMoment.keys()].sort(), [...exact.keys()].sort());
  return Math.max(...[...exact].map(([name, values]) => {
    const found = firstMoment.get(name)!.values;
    const size = values.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
    return values.reduce(
      (top, v, i) => Math.max(top, Math.abs(found[i] / SHARE - v)),
      0,
    ) / size;
  }));
}

// 100 terms on the longest way; the softmax multiplies errors of a log weight of some
// 100 nats into the gradient.
const tolerance = float32Tolerance(100, 20);

for (const encoderGradient of GRADIENTS) {
  Deno.test(`engine: the K-sample bound and its gradient agree with float64, ${encoderGradient}`, async () => {
    assertGreater(cases.length, 9);
    for (const spec of cases) {
      const network = networkOf({ ...spec, encoderGradient });
      const { bound, gradient } = exactOf(network);
      for (const sparseBelow of [0, 2]) {
        const found = await trained(network, { sparseBelow });
        const error = worstError(found, gradient);
        assertLess(error, tolerance, JSON.stringify(network.spec));
        const magnitude = Math.abs(bound) + spec.dataDim;
        assertAlmostEquals(
          -found.numbers.objective,
          bound,
          float32Tolerance(100, magnitude),
        );
        // Control: the other gradient of the encoder is told apart.
        const other = otherThan(encoderGradient);
        const wrong = networkOf({ ...spec, encoderGradient: other });
        assertGreater(worstError(found, exactOf(wrong).gradient), 10 * tolerance);
      }
    }
  });
}

function otherThan(gradient: EncoderGradient): EncoderGradient {
  return GRADIENTS.find((each) => each !== gradient)!;
}

Deno.test("engine: 50 steps of the K-sample bound take the way of tfjs", async () => {
  for (const encoderGradient of GRADIENTS) {
    const spec: NetworkSpec = { ...vae, encoderGradient };
    const options = { seed: 5, learningRate: 1e-3 };
    const tfjs = await createStep(spec, { ...options, backend: "cpu" });
    const engine = await createEngineStep(spec, { ...options, threads: 1 });
    for (let step = 0; step < 50; step++) {
      const batchSize = step % 2 === 0 ? 10 : 7;
      const images = randomImages(spec, { batchSize, share: 0.3, step });
      const batch = { images, batchSize, step };
      const [left, right] = [await tfjs.train(batch), await engine.train(batch)];
      for (const name of ["objective", "expectedLogLikelihood", "kl"] as const) {
        const bound = float32Tolerance(100, Math.abs(left[name]) + spec.dataDim);
        assertAlmostEquals(left[name], right[name], bound, `${name}, step ${step}`);
      }
    }
    tfjs.dispose();
    engine.dispose();
  }
});

Deno.test("engine: a network trained with K samples is measured as every other", async () => {
  const { samples: _, ...single } = vae;
  const batch = { batchSize: 70, share: 0.3, step: 0 };
  const images = randomImages(vae, batch);
  const options = { seed: 2, learningRate: 1e-3, threads: 1 };
  const noise = { seed: 9, stream: STREAMS.evaluation };
  const [many, one] = [
    await createEngineStep(vae, options),
    await createEngineStep(single, options),
  ];
  try {
    await many.train({ images, batchSize: 70, step: 0 });
    one.restore(await many.state());
    const asked = { images, batchSize: 70, step: 3, noise };
    assertEquals(await many.evaluate(asked), await one.evaluate(asked));
    const weighed = { ...asked, numSamples: 40 };
    assertEquals(await many.logWeights(weighed), await one.logWeights(weighed));
  } finally {
    many.dispose();
    one.dispose();
  }
});

Deno.test("engine: beta has no place beside samples", async () => {
  const step = await createEngineStep(vae, { seed: 0, learningRate: 1e-3, threads: 1 });
  const images = randomImages(vae, { batchSize: 2, share: 0.3, step: 0 });
  await assertRejects(
    () => step.train({ images, batchSize: 2, step: 0, beta: 0.5 }),
    RangeError,
    "samples above 1",
  );
  step.dispose();
});

Deno.test("engine: one draw that outweighs all others by far has all of the gradient", async () => {
  // A likelihood so sharp that float32 weights of the others would underflow.
  const spec: NetworkSpec = {
    ...vae,
    likelihood: { kind: "gaussian", variance: 1e-3 },
  };
  const network = networkOf(spec);
  const { bound, gradient } = exactOf(network);
  const found = await trained(network, { sparseBelow: 0 });
  assert(Number.isFinite(found.numbers.objective));
  assertLess(Math.abs(found.numbers.objective + bound) / Math.abs(bound), 1e-5);
  assertLess(worstError(found, gradient), 1e-3);
});
