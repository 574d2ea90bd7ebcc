import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "elbo/backend";
import { createRandom, STREAMS } from "elbo/math";
import { disposeAdam, startAdam, updateAdam } from "../../lib/models/adam.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { testOnBackends } from "./backends.ts";

const SIZE = 50;
const UPDATES = 12;
const RATE = 0.01;

testOnBackends("updateAdam: follows algorithm 1 in float64", async (backend) => {
  await chooseBackend(backend);
  const found = await tfjsAdam();
  const exact = referenceAdam({ biasCorrected: true });
  // Each update moves a weight by about the rate, rounded at the size of the weight.
  const tolerance = float32Tolerance(UPDATES, 4);
  assert(largestGap(found, exact) <= tolerance, `${largestGap(found, exact)}`);

  const uncorrected = referenceAdam({ biasCorrected: false });
  assert(largestGap(found, uncorrected) > tolerance, "blind to the bias correction");

  const epsilon = 1e-4;
  const larger = referenceAdam({ biasCorrected: true, epsilon });
  const foundLarger = await tfjsAdam({ epsilon });
  assert(largestGap(foundLarger, larger) <= tolerance);
  assert(largestGap(foundLarger, exact) > tolerance, "blind to epsilon");
});

testOnBackends("updateAdam: leaves only the next state behind", async (backend) => {
  await chooseBackend(backend);
  const numTensors = tf.memory().numTensors;
  const gradient = new Map([["w", tf.tensor1d([1, -1])]]);
  let state = startAdam(new Map([["w", tf.tensor1d([3, 4])]]));
  assertEquals(tf.memory().numTensors, numTensors + 4);
  state = updateAdam(state, gradient, { learningRate: RATE });
  assertEquals(tf.memory().numTensors, numTensors + 4);
  assertEquals(state.step, 1);
  disposeAdam(state);
  tf.dispose([...gradient.values()]);
  assertEquals(tf.memory().numTensors, numTensors);
});

testOnBackends("updateAdam: a gradient of zero moves nothing", async (backend) => {
  await chooseBackend(backend);
  const gradient = new Map([["w", tf.tensor1d([0, 0])]]);
  const state = updateAdam(
    startAdam(new Map([["w", tf.tensor1d([3, 4])]])),
    gradient,
    { learningRate: RATE },
  );
  assertEquals([...state.weights.get("w")!.dataSync()], [3, 4]);
  disposeAdam(state);
  tf.dispose([...gradient.values()]);
});

const start = Float32Array.from({ length: SIZE }, (_, i) => i / SIZE - 0.5);

// Gradients over eight orders of magnitude: epsilon counts for the smallest.
function gradientAt(step: number): Float32Array {
  const random = createRandom({ seed: 3, stream: STREAMS.test, step });
  return Float32Array.from(start, (_, i) => random.normal() * 10 ** (-8 * i / SIZE));
}

async function tfjsAdam(options: { epsilon?: number } = {}): Promise<Float32Array> {
  let state = startAdam(new Map([["w", tf.tensor1d(start.slice())]]));
  for (let step = 1; step <= UPDATES; step++) {
    const gradient = tf.tensor1d(gradientAt(step));
    const byName = new Map([["w", gradient]]);
    state = updateAdam(state, byName, { learningRate: RATE, ...options });
    gradient.dispose();
  }
  const weights = Float32Array.from(await state.weights.get("w")!.data());
  disposeAdam(state);
  return weights;
}

function referenceAdam(
  { biasCorrected, epsilon = 1e-8 }: { biasCorrected: boolean; epsilon?: number },
): Float64Array {
  const weights = Float64Array.from(start);
  const m = new Float64Array(SIZE);
  const v = new Float64Array(SIZE);
  for (let t = 1; t <= UPDATES; t++) {
    const mShare = biasCorrected ? 1 - 0.9 ** t : 1;
    const vShare = biasCorrected ? 1 - 0.999 ** t : 1;
    gradientAt(t).forEach((g, i) => {
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g ** 2;
      weights[i] -= RATE * (m[i] / mShare) / (Math.sqrt(v[i] / vShare) + epsilon);
    });
  }
  return weights;
}

function largestGap(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Math.max(...Array.from(left, (x, i) => Math.abs(x - right[i])));
}
