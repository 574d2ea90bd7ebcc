import { assertEquals, assertGreater, assertLess } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "elbo/backend";
import { elboAndGradient, type NetworkSpec } from "elbo/networks";
import { elboRows, objectiveGradient } from "../../lib/models/objective.ts";
import { uploadWeights } from "../../lib/models/weight_tensors.ts";
import { testSeed } from "../helpers/seed.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { testOnBackends } from "./backends.ts";
import { type RandomNetwork, randomNetwork } from "./random_network.ts";

const seed = testSeed(1);
const networks = Array.from({ length: 40 }, (_, index) => randomNetwork(index, seed));

testOnBackends("objective: agrees with float64 on 40 networks", async (backend) => {
  await chooseBackend(backend);
  for (const network of networks) {
    assertEquals(disagreements(network, compute(network)), [], describe(network));
  }
});

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

/** Batch means of the parts, and the gradient, in whatever precision. */
interface Numbers {
  readonly expectedLogLikelihood: number;
  readonly kl: number;
  readonly objective: number;
  readonly gradient: Map<string, Float32Array | Float64Array>;
}

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

/** Where `found` is off the float64 network by more than float32 explains. */
function disagreements(network: RandomNetwork, found: Numbers): string[] {
  const { spec, images } = network;
  const exact = elboAndGradient(spec, network.weights, network);
  // The longest chain of sums that an error can run through, there and back.
  const hidden = spec.hidden.reduce((sum, width) => sum + width, 0);
  const length = images.length + 2 * (2 * hidden + spec.dataDim + spec.latentDim);
  const faults: string[] = [];
  const compare = (
    name: string,
    values: [found: number, exact: number],
    magnitude: number,
  ) => {
    const tolerance = float32Tolerance(length, magnitude);
    const [left, right] = values;
    if (Math.abs(left - right) <= tolerance) return;
    faults.push(`${name}: ${left} must be ${right} within ${tolerance}`);
  };

  // A dimension adds terms of about a nat, of either sign.
  for (
    const [part, terms] of [["expectedLogLikelihood", spec.dataDim], [
      "kl",
      spec.latentDim,
    ]] as const
  ) {
    compare(part, [found[part], exact[part]], Math.abs(exact[part]) + terms);
  }
  const terms = spec.dataDim + spec.beta * spec.latentDim;
  compare(
    "objective",
    [found.objective, exact.objective],
    Math.abs(exact.objective) + terms,
  );
  const magnitudes = gradientMagnitudes(network);
  for (const [name, values] of exact.gradient) {
    values.forEach((value, i) => {
      compare(
        `${name}[${i}]`,
        [found.gradient.get(name)![i], value],
        magnitudes.get(name)!,
      );
    });
  }
  return faults;
}

/** Per weight, the sizes of the terms that a gradient sums: the likelihood's and the
 * KL's, image by image. They may cancel, and the rounding of each stays. */
function gradientMagnitudes(
  { spec, weights, images, eps }: RandomNetwork,
): Map<string, number> {
  const magnitudes = new Map<string, number>();
  images.forEach((image, row) => {
    const batch = { images: [image], eps: [eps[row]] };
    const whole = elboAndGradient(spec, weights, batch).gradient;
    const likelihood = elboAndGradient({ ...spec, beta: 0 }, weights, batch).gradient;
    for (const [name, values] of whole) {
      const byLikelihood = likelihood.get(name)!;
      const byKl = values.map((value, i) => value - byLikelihood[i]);
      const terms = largest(byLikelihood) + largest(byKl);
      magnitudes.set(name, (magnitudes.get(name) ?? 0) + terms / images.length);
    }
  });
  return magnitudes;
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

function largest(values: Float32Array | Float64Array): number {
  return Math.max(...Array.from(values, Math.abs));
}
