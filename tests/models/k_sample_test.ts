import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "elbo/backend";
import { createRandom, normals, STREAMS } from "elbo/math";
import { createStep } from "elbo/models";
import {
  type EncoderGradient,
  initialWeights,
  kSampleBoundAndGradient,
  type LikelihoodSpec,
  type NetworkSpec,
} from "elbo/networks";
import { kSampleGradient } from "../../lib/models/k_sample.ts";
import { uploadWeights } from "../../lib/models/weight_tensors.ts";
import { drawPixel, LIKELIHOOD_CASES } from "../helpers/likelihoods.ts";
import { testSeed } from "../helpers/seed.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { testOnBackends } from "./backends.ts";
import { randomWeights } from "./random_network.ts";
import { rows } from "./rows.ts";

const SAMPLES = 5;
const BATCH = 3;

function caseOf(likelihood: LikelihoodSpec, encoderGradient: EncoderGradient) {
  const random = createRandom({ seed: testSeed(77), stream: STREAMS.test });
  const spec: NetworkSpec = {
    model: "vae",
    dataDim: 30,
    hidden: [20],
    latentDim: 3,
    activation: "tanh",
    likelihood,
    beta: 1,
    samples: SAMPLES,
    encoderGradient,
  };
  const draw = (count: number, one: () => number) =>
    Array.from({ length: count }, () => Math.fround(one()));
  return {
    spec,
    weights: randomWeights(spec, random),
    images: rows(draw(BATCH * 30, () => drawPixel(likelihood, random)), BATCH),
    eps: rows(draw(SAMPLES * BATCH * 3, () => random.normal()), SAMPLES * BATCH),
  };
}

/** The largest error of a gradient over the largest number of its tensor. */
function worstError(
  { spec, weights, images, eps }: ReturnType<typeof caseOf>,
  gradient: ReadonlyMap<string, Float64Array>,
): number {
  const tensors = uploadWeights(spec, weights);
  const worst = tf.tidy(() => {
    const batch = {
      images: tf.tensor2d(images.flat(), [BATCH, spec.dataDim]),
      eps: tf.tensor2d(eps.flat(), [SAMPLES * BATCH, spec.latentDim]),
    };
    const found = kSampleGradient(spec, tensors, batch).gradient;
    assertEquals([...found.keys()].sort(), [...gradient.keys()].sort());
    const errors = [...gradient].map(([name, exact]) => {
      const values = found.get(name)!.dataSync();
      // The weights of one component alone have no gradient at all.
      const size = exact.reduce((top, v) => Math.max(top, Math.abs(v)), 0) || 1;
      return exact.reduce((top, v, i) => Math.max(top, Math.abs(values[i] - v)), 0) /
        size;
    });
    return Math.max(...errors);
  });
  tf.dispose([...tensors.values()]);
  return worst;
}

const kept = LIKELIHOOD_CASES.filter((each) =>
  each.kind !== "gaussian" || each.variance !== "optimal"
);
for (const gradient of ["reparameterized", "doubly-reparameterized"] as const) {
  testOnBackends(
    `kSampleGradient: agrees with float64, ${gradient}`,
    async (backend) => {
      await chooseBackend(backend);
      for (const likelihood of kept) {
        const network = caseOf(likelihood, gradient);
        const before = tf.memory().numTensors;
        const exact = kSampleBoundAndGradient(network.spec, network.weights, network);
        // 100 terms on the longest way; the softmax multiplies errors of a log weight of
        // some 100 nats into the gradient.
        const tolerance = float32Tolerance(100, 20);
        const error = worstError(network, exact.gradient);
        assert(error < tolerance, `${JSON.stringify(likelihood)}: ${error}`);
        // Control: the other gradient of the encoder is told apart.
        const other = gradient === "reparameterized"
          ? "doubly-reparameterized"
          : "reparameterized";
        const wrong = { ...network, spec: { ...network.spec, encoderGradient: other } };
        assert(worstError(wrong as typeof network, exact.gradient) > 10 * tolerance);
        assertEquals(tf.memory().numTensors, before);
      }
    },
  );
}

const options = { seed: 3, learningRate: 1e-3, backend: "cpu" } as const;

Deno.test("train: minus the objective is the K-sample bound of the step's own noise", async () => {
  const { spec, images } = caseOf({ kind: "bernoulli" }, "reparameterized");
  const step = await createStep(spec, options);
  const batch = { images: Float32Array.from(images.flat()), batchSize: BATCH, step: 7 };
  const { objective, elbo, expectedLogLikelihood, kl } = await step.train(batch);
  const eps = normals({
    ...{ seed: 3, stream: STREAMS.noise, step: 7 },
    rows: SAMPLES * BATCH,
    columns: spec.latentDim,
  });
  const weights = initialWeights(spec, { seed: 3 });
  const { bound } = kSampleBoundAndGradient(spec, weights, {
    images,
    eps: rows(eps, SAMPLES * BATCH),
  });
  assertAlmostEquals(-objective, bound, 1e-4);
  assertAlmostEquals(elbo, expectedLogLikelihood - kl, 1e-12);
  // Measured as every model is: by one draw and its closed KL.
  const noise = { seed: 1, stream: STREAMS.evaluation };
  const measured = await step.evaluate({ ...batch, noise });
  assertAlmostEquals(-measured.objective, measured.elbo, 1e-12);
  await assertRejects(
    () => step.train({ ...batch, beta: 0.5 }),
    RangeError,
    "samples above 1",
  );
  step.dispose();
});

Deno.test("train: the bound rises by its own gradient, in both ways", async () => {
  for (const way of ["reparameterized", "doubly-reparameterized"] as const) {
    const { spec, images } = caseOf({ kind: "bernoulli" }, way);
    const step = await createStep(spec, { ...options, learningRate: 1e-2 });
    const batch = { images: Float32Array.from(images.flat()), batchSize: BATCH };
    const first = await step.train({ ...batch, step: 0 });
    for (let t = 1; t < 60; t++) await step.train({ ...batch, step: t });
    const last = await step.train({ ...batch, step: 60 });
    assert(
      last.objective < first.objective - 5,
      `${first.objective} ${last.objective}`,
    );
    step.dispose();
  }
});
