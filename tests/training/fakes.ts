import type { Dataset, ImageSet } from "elbo/datasets";
import type {
  BatchNumbers,
  createStep,
  Step,
  TrainBatch,
  TrainState,
} from "elbo/models";
import { initialWeights, type NetworkSpec, type Weights } from "elbo/networks";
import type { RunOptions } from "elbo/training";

export const tinySpec: NetworkSpec = {
  model: "vae",
  dataDim: 4,
  hidden: [3],
  latentDim: 2,
  activation: "relu",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};

export const tinyOptions: RunOptions = {
  dataset: "mnist",
  binarization: "dynamic",
  network: tinySpec,
  epochs: 4,
  batchSize: 3,
  learningRate: 1e-3,
  seed: 5,
  backend: "cpu",
};

/** Ten training and three test images of two by two pixels. */
export function tinyDataset({ validation = 0 } = {}): Dataset {
  const set = (name: string, count: number): ImageSet => ({
    name,
    count,
    height: 2,
    width: 2,
    dataDim: 4,
    images: Uint8Array.from({ length: count * 4 }, (_, i) => (i * 67) % 256),
  });
  return {
    name: "tiny",
    train: set("train", 10),
    ...validation > 0 && { validation: set("validation", validation) },
    test: set("test", 3),
    sha256: { images: "a".repeat(64) },
  };
}

/** What a step is asked to evaluate. */
export type EvaluateBatch = Parameters<Step["evaluate"]>[0];

/** What a fake step saw, and where it should misbehave. */
export interface FakeStepOptions {
  readonly spec?: NetworkSpec;
  readonly weights?: Weights;
  /** Called before each training step; what it returns is the objective. */
  readonly onTrain?: (batch: TrainBatch) => number | void;
  readonly onEvaluate?: (batch: EvaluateBatch) => number | void;
}

/**
 * A step without tfjs whose weights depend on every pixel and step that it sees, so
 * that a lost, doubled or reordered batch shows in the weights.
 */
export class FakeStep implements Step {
  disposed = false;
  #state: TrainState;
  readonly #options: FakeStepOptions;

  constructor(options: FakeStepOptions = {}) {
    const spec = options.spec ?? tinySpec;
    const weights = options.weights ?? initialWeights(spec, { seed: 1 });
    this.#options = options;
    this.#state = {
      step: 0,
      weights: mapValues(weights, (value) => value),
      firstMoment: mapValues(weights, () => 0),
      secondMoment: mapValues(weights, () => 0),
    };
  }

  train(batch: TrainBatch): Promise<BatchNumbers> {
    const planted = this.#options.onTrain?.(batch);
    const hash = batch.images.reduce(
      (sum, pixel, i) => sum + pixel * Math.sin(i + 1),
      0,
    );
    const push = 0.01 * hash + 0.001 * Math.cos(batch.step);
    const firstMoment = mapValues(
      this.#state.firstMoment,
      (value, i) => 0.9 * value + 0.1 * push * (i + 1),
    );
    const secondMoment = mapValues(
      this.#state.secondMoment,
      (value) => 0.99 * value + 0.01 * push * push,
    );
    this.#state = {
      step: this.#state.step + 1,
      weights: mapValues(
        this.#state.weights,
        (value, i, name) =>
          value - firstMoment.get(name)!.values[i] /
            (Math.sqrt(secondMoment.get(name)!.values[i]) + 1e-3),
      ),
      ...{ firstMoment, secondMoment },
    };
    const objective = planted ?? Math.abs(hash) + 1;
    return Promise.resolve(numbersOf(objective));
  }

  evaluate(batch: EvaluateBatch): Promise<BatchNumbers> {
    const planted = this.#options.onEvaluate?.(batch);
    const weight = this.#state.weights.get("decoder.output.bias")!.values[0];
    return Promise.resolve(numbersOf(planted ?? 1 + weight * weight + batch.images[0]));
  }

  encode(images: Float32Array): Promise<{ mean: Float32Array }> {
    return Promise.resolve({ mean: images.slice() });
  }

  decode(z: Float32Array): Promise<{ mean: Float32Array }> {
    return Promise.resolve({ mean: z });
  }

  logWeights(): Promise<Float32Array> {
    return Promise.resolve(new Float32Array());
  }

  state(): Promise<TrainState> {
    const copy = (weights: Weights) => mapValues(weights, (value) => value);
    return Promise.resolve({
      step: this.#state.step,
      weights: copy(this.#state.weights),
      firstMoment: copy(this.#state.firstMoment),
      secondMoment: copy(this.#state.secondMoment),
    });
  }

  restore(state: TrainState): void {
    this.#state = state;
  }

  setLearningRate(_rate: number): void {}

  dispose(): void {
    this.disposed = true;
  }
}

/** Makes fake steps where a run would make real ones. */
export function fakeCreateStep(options: FakeStepOptions = {}): typeof createStep {
  return (spec, { weights }) =>
    Promise.resolve(new FakeStep({ ...options, spec, weights }));
}

function numbersOf(objective: number): BatchNumbers {
  const kl = objective / 4;
  const expectedLogLikelihood = kl - objective;
  return { objective, elbo: -objective, expectedLogLikelihood, kl };
}

function mapValues(
  weights: Weights,
  f: (value: number, i: number, name: string) => number,
): Map<string, { shape: readonly number[]; values: Float32Array }> {
  return new Map(
    [...weights].map(([name, { shape, values }]) => [
      name,
      { shape, values: Float32Array.from(values, (value, i) => f(value, i, name)) },
    ]),
  );
}
