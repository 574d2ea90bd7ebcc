import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { createRandom, normals, STREAMS } from "elbo/math";
import { createStep, type Step } from "elbo/models";
import {
  elboAndGradient,
  initialWeights,
  type NetworkSpec,
  type Weights,
} from "elbo/networks";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { testOnBackends } from "./backends.ts";
import { createStepOnFace, type Face, testOnFaces } from "./faces.ts";
import { rows } from "./rows.ts";

const vae: NetworkSpec = {
  model: "vae",
  dataDim: 12,
  hidden: [16],
  latentDim: 3,
  activation: "relu",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};
const gaussian: NetworkSpec = {
  ...vae,
  likelihood: { kind: "gaussian", variance: "shared" },
};
const autoencoder: NetworkSpec = { ...vae, model: "autoencoder" };

const batchSize = 5;
const random = createRandom({ seed: 2, stream: STREAMS.test });
const images = Float32Array.from({ length: batchSize * 12 }, () => random.integer(2));
const noise = { seed: 9, stream: STREAMS.evaluation };

async function withStep(
  spec: NetworkSpec,
  face: Face,
  body: (step: Step) => Promise<void>,
): Promise<void> {
  const step = await createStepOnFace(spec, { seed: 4, learningRate: 0.01, face });
  try {
    await body(step);
  } finally {
    step.dispose();
  }
}

async function trainSteps(step: Step, from: number, to: number): Promise<number[]> {
  const objectives = [];
  for (let at = from; at < to; at++) {
    objectives.push((await step.train({ images, batchSize, step: at })).objective);
  }
  return objectives;
}

testOnFaces(
  "createStep: starts from initialWeights of the seed",
  async (face) => {
    await withStep(vae, face, async (step) => {
      const { step: updates, weights, firstMoment } = await step.state();
      assertEquals(updates, 0);
      assertEquals(weights, initialWeights(vae, { seed: 4 }));
      for (const { values } of firstMoment.values()) {
        assertEquals(Math.max(...values), 0);
      }
    });
  },
);

testOnFaces("train: the parts add up to the objective", async (face) => {
  await withStep({ ...vae, beta: 0.25 }, face, async (step) => {
    const numbers = await step.train({ images, batchSize, step: 0 });
    const { objective, elbo, expectedLogLikelihood, kl } = numbers;
    assertEquals(objective, -(expectedLogLikelihood - 0.25 * kl));
    assertEquals(elbo, expectedLogLikelihood - kl);
    assertLess(0, kl);
  });
});

testOnFaces("train: an autoencoder has no kl and no elbo", async (face) => {
  await withStep(autoencoder, face, async (step) => {
    const numbers = await step.train({ images, batchSize, step: 0 });
    assertEquals(numbers.objective, -numbers.expectedLogLikelihood);
    assertEquals(numbers.kl, 0);
    assertEquals(numbers.elbo, NaN);
    assertEquals(Object.keys(await step.encode(images, batchSize)), ["mean"]);
  });
});

testOnFaces("train: takes its noise from (seed, noise, step)", async (face) => {
  await withStep(vae, face, async (step) => {
    const { weights } = await step.state();
    const numbers = await step.train({ images, batchSize, step: 7 });
    const right = { seed: 4, stream: STREAMS.noise, step: 7 };
    assertClose(numbers.objective, exactElbo(weights, right).objective);
    const wrong = exactElbo(weights, { ...right, step: 8 }).objective;
    assertThrows(() => assertClose(numbers.objective, wrong));
  });
});

testOnFaces(
  "evaluate: beta 1, noise of the caller's, no update",
  async (face) => {
    await withStep({ ...vae, beta: 3 }, face, async (step) => {
      const before = await step.state();
      const numbers = await step.evaluate({ images, batchSize, step: 2, noise });
      const exact = exactElbo(before.weights, { ...noise, step: 2 });
      assertClose(numbers.elbo, exact.elbo);
      assertEquals(numbers.objective, -numbers.elbo);
      assertEquals(await step.state(), before);
    });
  },
);

function exactElbo(
  weights: Weights,
  address: { seed: number; stream: number; step: number },
) {
  const eps = normals({ ...address, rows: batchSize, columns: vae.latentDim });
  return elboAndGradient(vae, weights, {
    images: rows(images, batchSize),
    eps: rows(Float32Array.from(eps), batchSize),
  });
}

function assertClose(found: number, exact: number): void {
  assertAlmostEquals(found, exact, float32Tolerance(100, exact));
}

testOnFaces("train: learns one batch by heart", async (face) => {
  await withStep(autoencoder, face, async (step) => {
    const [first, last] = await firstAndLast(step, 300);
    assertLess(5, first); // 12 ln 2 = 8.3 where nothing is known
    assertLess(last, 0.1);
  });
});

testOnFaces("train: a vae and its shared variance improve", async (face) => {
  for (const spec of [vae, gaussian]) {
    await withStep(spec, face, async (step) => {
      const [first, last] = await firstAndLast(step, 200);
      assertLess(last, first - 2);
    });
  }
});

async function firstAndLast(step: Step, count: number): Promise<[number, number]> {
  const objectives = await trainSteps(step, 0, count);
  return [objectives[0], objectives.at(-1)!];
}

testOnFaces("restore: the next steps are the same bits", async (face) => {
  for (const spec of [vae, gaussian, autoencoder]) {
    await withStep(spec, face, async (step) => {
      await trainSteps(step, 0, 3);
      const saved = await step.state();
      const objectives = await trainSteps(step, 3, 6);
      const end = await step.state();
      assertEquals(end.step, 6);

      step.restore(saved);
      assertEquals(await step.state(), saved);
      assertEquals(await trainSteps(step, 3, 6), objectives);
      assertEquals(await step.state(), end);

      // A new process, say: another step that was never at the start.
      await withStep(spec, face, async (other) => {
        other.restore(saved);
        assertEquals(await trainSteps(other, 3, 6), objectives);
        assertEquals(await other.state(), end);
      });

      // Without the moments it is another run.
      step.restore({ ...saved, secondMoment: saved.firstMoment });
      assertNotEquals(await trainSteps(step, 3, 6), objectives);
    });
  }
});

testOnFaces("state: arrays are copies, both ways", async (face) => {
  await withStep(vae, face, async (step) => {
    const state = await step.state();
    const before = structuredClone(state);
    step.restore(state);
    for (const { values } of state.weights.values()) values.fill(7);
    assertEquals(await step.state(), before);

    const reused = images.slice();
    const pending = step.train({ images: reused, batchSize, step: 0 });
    reused.fill(0);
    const { objective } = await pending;
    step.restore(before);
    assertEquals(
      (await step.train({ images, batchSize, step: 0 })).objective,
      objective,
    );
  });
});

testOnFaces("setLearningRate: counts from the next step on", async (face) => {
  await withStep(vae, face, async (step) => {
    const start = await step.state();
    const moved = async (rate: number) => {
      step.restore(start);
      step.setLearningRate(rate);
      await trainSteps(step, 0, 1);
      const after = (await step.state()).weights.get("decoder.output.bias")!;
      return after.values[0] - start.weights.get("decoder.output.bias")!.values[0];
    };
    // Adam's first move is the rate, in the direction against the gradient.
    assertAlmostEquals(Math.abs(await moved(0.5)), 0.5, 1e-5);
    assertAlmostEquals(Math.abs(await moved(0.125)), 0.125, 1e-5);
  });
});

testOnBackends("a step leaks no tensor", async (backend) => {
  const face = backend as Face;
  for (const spec of [vae, gaussian, autoencoder]) {
    // The backend is chosen first, so that its own tensors do not count.
    await withStep(spec, face, async () => {});
    const atFirst = tf.memory().numTensors;
    await withStep(spec, face, async (step) => {
      const inTraining = tf.memory().numTensors;
      const batch = { images, batchSize, step: 0 };
      await step.train(batch);
      await step.evaluate({ ...batch, noise });
      await step.encode(images, batchSize);
      await step.decode(new Float32Array(6), 2);
      if (spec.model === "vae") {
        await step.logWeights({ ...batch, noise, numSamples: 3 });
      }
      step.restore(await step.state());
      await assertRejects(() => step.train({ ...batch, batchSize: 2 }));
      assertEquals(tf.memory().numTensors, inTraining);
    });
    assertEquals(tf.memory().numTensors, atFirst);
  }
});

Deno.test("createStep: refuses options without meaning", async () => {
  const make = (options: object) => () =>
    createStep(vae, { seed: 0, learningRate: 1, backend: "cpu", ...options });
  for (const learningRate of [0, -1, NaN, Infinity]) {
    await assertRejects(make({ learningRate }), RangeError, "learningRate must be");
  }
  const weights = initialWeights({ ...vae, hidden: [15] }, { seed: 0 });
  await assertRejects(make({ weights }), RangeError, "encoder.0.weight");
  await assertRejects(make({ backend: "gpu" }), RangeError, "must be auto, cpu, wasm");
  await assertRejects(make({ seed: -1 }), RangeError, "seed must be");
});

Deno.test("a step refuses arrays of another shape", async () => {
  await withStep(vae, "cpu", async (step) => {
    const batch = { images, batchSize, step: 0, noise, numSamples: 2 };
    const length = "must be batchSize * dataDim = 4 * 12: 60";
    await assertRejects(
      () => step.train({ ...batch, batchSize: 4 }),
      RangeError,
      length,
    );
    await assertRejects(() => step.encode(images, 4), RangeError, length);
    const empty = { ...batch, images: new Float32Array(0), batchSize: 0 };
    await assertRejects(() => step.train(empty), RangeError, "batchSize must be");
    await assertRejects(() => step.logWeights(empty), RangeError, "batchSize must be");
    await assertRejects(() => step.decode(images, 5), RangeError, "5 * 3: 60");
    await assertRejects(
      () => step.logWeights({ ...batch, numSamples: 0 }),
      RangeError,
      "numSamples must be a positive integer: 0",
    );
    await assertRejects(() => step.train({ ...batch, step: -1 }), RangeError, "step");
  });
});

Deno.test("restore: refuses a state of another network and keeps its own", async () => {
  await withStep(vae, "cpu", async (step) => {
    const state = await step.state();
    const firstMoment = new Map(state.firstMoment);
    firstMoment.delete("encoder.mean.bias");
    assertThrows(
      () => step.restore({ ...state, firstMoment }),
      RangeError,
      "encoder.mean.bias",
    );
    assertThrows(
      () => step.restore({ ...state, step: 0.5 }),
      RangeError,
      "step must be",
    );
    assertEquals(await step.state(), state);
  });
});
