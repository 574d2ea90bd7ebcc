import { assertEquals, assertGreater, assertLess } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "elbo/backend";
import type { NetworkSpec } from "elbo/networks";
import { elboRows, objectiveGradient } from "../../lib/models/objective.ts";
import { uploadWeights } from "../../lib/models/weight_tensors.ts";
import { testSeed } from "../helpers/seed.ts";
import { testOnBackends } from "./backends.ts";
import { disagreements, largest, type Numbers } from "./disagreements.ts";
import {
  randomConvolution,
  type RandomNetwork,
  randomNetwork,
} from "./random_network.ts";

const seed = testSeed(1);
const networks = [
  ...Array.from({ length: 40 }, (_, index) => randomNetwork(index, seed)),
  ...Array.from({ length: 12 }, (_, index) => randomConvolution(index, seed)),
];

testOnBackends(
  "objective: agrees with float64 on 40 dense and 12 convolutional networks",
  async (backend) => {
    await chooseBackend(backend);
    for (const network of networks) {
      assertEquals(disagreements(network, compute(network)), [], describe(network));
    }
  },
);

testOnBackends("objective: a planted error is caught", async (backend) => {
  await chooseBackend(backend);
  for (const network of networks) {
    for (const [error, broken] of plantErrors(network)) {
      const faults = disagreements(network, compute(broken));
      assertGreater(faults.length, 0, `${error} in ${describe(network)}`);
    }
  }
});

testOnBackends("objective: one wrong gradient is named", async (backend) => {
  await chooseBackend(backend);
  const [network] = networks;
  for (const name of network.weights.keys()) {
    const found = compute(network);
    const values = found.gradient.get(name)!;
    values[0] += 1e-3 * largest(values);
    const faults = disagreements(network, found);
    assertEquals(faults.map((fault) => fault.split(":")[0]), [`${name}[0]`]);
  }
});

function compute({ spec, weights, images, eps }: RandomNetwork): Numbers {
  const numTensors = tf.memory().numTensors;
  const tensors = uploadWeights(spec, weights);
  const numbers: Numbers[] = [];
  tf.tidy(() => {
    const batch = {
      images: tf.tensor2d(images.flat(), [images.length, spec.dataDim]),
      eps: spec.model === "vae"
        ? tf.tensor2d(eps.flat(), [eps.length, spec.latentDim])
        : undefined,
    };
    const { rows, penalties, gradient } = objectiveGradient(spec, tensors, batch);
    const withoutGradient = elboRows(spec, tensors, batch);
    assertEquals(read(rows.kl), read(withoutGradient.kl));
    const forTraining = read(rows.expectedLogLikelihood);
    const asKept = read(withoutGradient.expectedLogLikelihood);
    // The best variance for this batch against the one that the model keeps.
    if (isOptimal(spec)) assertLess(mean(asKept), mean(forTraining));
    else assertEquals(forTraining, asKept);
    const expectedLogLikelihood = mean(forTraining);
    const kl = mean(read(rows.kl));
    const penalty = penalties ? penalties.sum().dataSync()[0] : kl;
    numbers.push({
      expectedLogLikelihood,
      kl,
      objective: spec.beta * penalty - expectedLogLikelihood,
      gradient: new Map([...gradient].map(([name, x]) => [name, read(x)])),
    });
  });
  tf.dispose([...tensors.values()]);
  assertEquals(tf.memory().numTensors, numTensors, "tensors were left behind");
  return numbers[0];
}

function plantErrors(network: RandomNetwork): Map<string, RandomNetwork> {
  const { spec, weights, eps } = network;
  const errors = new Map<string, RandomNetwork>();
  const plant = (error: string, change: Partial<RandomNetwork>) =>
    errors.set(error, { ...network, ...change });

  const scaled = [...weights].map(([name, { shape, values }]) =>
    [name, { shape, values: values.map((value) => 1.001 * value) }] as const
  );
  plant("weights 0.1% too large", { weights: new Map(scaled) });
  if (spec.hidden.length > 0) {
    const activation = spec.activation === "relu" ? "tanh" : "relu";
    plant("the other activation", { spec: { ...spec, activation } });
  }
  const { likelihood } = spec;
  if (likelihood.kind === "gaussian" && typeof likelihood.variance === "number") {
    const larger = { ...likelihood, variance: 1.01 * likelihood.variance };
    plant("a variance 1% too large", { spec: { ...spec, likelihood: larger } });
  }
  if (spec.model === "vae") {
    plant("noise of the other sign", { eps: eps.map((row) => row.map((e) => -e)) });
    if (spec.freeBits === undefined) {
      plant("a beta 0.01 too large", { spec: { ...spec, beta: spec.beta + 0.01 } });
    } else if (spec.beta > 0) {
      // Forgetting them shows only where a dimension is below.
      plant("too many free bits", { spec: { ...spec, freeBits: spec.freeBits + 9 } });
    }
  }
  return errors;
}

function isOptimal({ likelihood }: NetworkSpec): boolean {
  return likelihood.kind === "gaussian" && likelihood.variance === "optimal";
}

function describe({ spec }: RandomNetwork): string {
  return JSON.stringify(spec);
}

function read(tensor: tf.Tensor | undefined): Float32Array {
  return Float32Array.from(tensor?.dataSync() ?? []);
}

function mean(values: Float32Array): number {
  return values.length === 0
    ? 0
    : values.reduce((sum, x) => sum + x, 0) / values.length;
}
