import { createEngineStep, type EngineOptions } from "elbo/engine";
import type { Step } from "elbo/models";
import type { NetworkSpec } from "elbo/networks";
import { bitsOf, trainSome } from "./batches.ts";

/** A network of the tests of threads. */
export const relu: NetworkSpec = {
  model: "vae",
  dataDim: 50,
  hidden: [37, 20],
  latentDim: 5,
  activation: "relu",
  likelihood: { kind: "bernoulli" },
  beta: 0.5,
};

/** Others: every activation, likelihood and objective that the engine knows. */
export const specs: NetworkSpec[] = [
  relu,
  { ...relu, hidden: [], activation: "tanh" },
  { ...relu, hidden: [24], likelihood: { kind: "gaussian", variance: "shared" } },
  { ...relu, activation: "tanh", likelihood: { kind: "gaussian", variance: "pixel" } },
  { ...relu, model: "autoencoder", hidden: [40] },
  { ...relu, freeBits: 0.05 },
  { ...relu, beta: 1, samples: 3 },
  {
    ...{ ...relu, beta: 1, samples: 5, encoderGradient: "doubly-reparameterized" },
    ...{ activation: "tanh", likelihood: { kind: "gaussian", variance: "shared" } },
  },
];

/** Makes a step for a test and disposes it. */
export async function withStep<T>(
  spec: NetworkSpec,
  options: Partial<EngineOptions>,
  body: (step: Step) => Promise<T>,
): Promise<T> {
  const step = await createEngineStep(spec, {
    ...{ seed: 6, learningRate: 0.01 },
    ...options,
  });
  try {
    return await body(step);
  } finally {
    step.dispose();
  }
}

/** The bits of the state, and what was noted, after six steps. */
export async function sixSteps(
  spec: NetworkSpec,
  { share, isNoteDue = false, ...options }: Partial<EngineOptions> & {
    share?: number;
    isNoteDue?: boolean;
  },
): Promise<{ bits: Map<string, string>; notes: string[] }> {
  const notes: string[] = [];
  const onNote = (text: string) => void notes.push(text);
  const bits = await withStep(spec, { ...options, onNote }, async (step) => {
    await trainSome(step, { spec, to: 6, share });
    // A worker's last words come by the event loop.
    for (let i = 0; i < 500 && isNoteDue && notes.length === 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return bitsOf(await step.state());
  });
  return { bits, notes };
}
