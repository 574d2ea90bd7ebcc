import { createRandom, STREAMS } from "elbo/math";
import type { Step, TrainState } from "elbo/models";
import type { NetworkSpec } from "elbo/networks";

/** A batch of random images of which a share of the pixels is not zero. */
export function randomImages(
  { dataDim, likelihood }: NetworkSpec,
  { batchSize, share, step }: { batchSize: number; share: number; step: number },
): Float32Array {
  const random = createRandom({ seed: 3, stream: STREAMS.test, step });
  const ink = () => likelihood.kind === "bernoulli" ? 1 : random.uniform();
  return Float32Array.from(
    { length: batchSize * dataDim },
    () => random.uniform() < share ? ink() : 0,
  );
}

/** Trains some steps on batches of changing size; returns the objectives. */
export async function trainSome(
  step: Step,
  { spec, from = 0, to, share = 0.2, batchSize = 7 }: {
    spec: NetworkSpec;
    from?: number;
    to: number;
    share?: number;
    batchSize?: number;
  },
): Promise<number[]> {
  const objectives = [];
  for (let at = from; at < to; at++) {
    // As at the end of an epoch: the last batch is smaller.
    const rows = at % 3 === 2 ? Math.ceil(batchSize / 2) : batchSize;
    const images = randomImages(spec, { batchSize: rows, share, step: at });
    const { objective } = await step.train({ images, batchSize: rows, step: at });
    objectives.push(objective);
  }
  return objectives;
}

/** All bits of a state, to be compared. */
export function bitsOf({ step, ...parts }: TrainState): Map<string, string> {
  const bits = new Map([["step", String(step)]]);
  for (const [part, weights] of Object.entries(parts)) {
    for (const [name, { values }] of weights) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      bits.set(`${part}.${name}`, bytes.toHex());
    }
  }
  return bits;
}
