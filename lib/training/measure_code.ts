import type { Binarization, ImageSet } from "../datasets/mod.ts";
import { type LatentCode, latentCode } from "../evaluation/mod.ts";
import { STREAMS } from "../math/mod.ts";
import type { Step } from "../models/mod.ts";
import type { Breather } from "./breather.ts";
import { EVALUATION_NOISE_SEED, evaluationBatches } from "./measure.ts";
import { Room } from "./room.ts";

const meanRoom = new Room();
const logVarRoom = new Room();

/**
 * Says what the codes of a set of images carry, by the same pixels and noise every
 * time.
 *
 * @param step The model.
 * @param set The images; all of them are encoded.
 * @param options How to binarise; `breather` serves the event loop meanwhile.
 * @returns KL by dimension, active units and mutual information; undefined of one image
 * or of an autoencoder.
 *
 * @example An untrained network, whose dimensions cost next to nothing
 * ```ts
 * import { createStep } from "elbo/models";
 * import { measureCode } from "elbo/training";
 * import { assertEquals, assertLess } from "@std/assert";
 *
 * const step = await createStep({
 *   model: "vae",
 *   dataDim: 2,
 *   hidden: [4],
 *   latentDim: 3,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * }, { seed: 0, learningRate: 1e-3, backend: "cpu" });
 * const images = Uint8Array.of(0, 255, 255, 0);
 * const set = { images, count: 2, height: 1, width: 2, dataDim: 2, name: "test" };
 *
 * const code = await measureCode(step, set, { binarization: "none" });
 * assertEquals(code?.klByDimension.length, 3);
 * assertLess(code!.mutualInformation.marginalKl, 3);
 * step.dispose();
 * ```
 */
export async function measureCode(
  step: Pick<Step, "encode">,
  set: ImageSet,
  { binarization, breather }: {
    readonly binarization: Binarization;
    readonly breather?: Breather;
  },
): Promise<LatentCode | undefined> {
  const { count } = set;
  if (count < 2) return undefined;
  const rooms: Float32Array<ArrayBuffer>[] = [];
  try {
    let done = 0;
    for (const { images, batchSize } of evaluationBatches(set, binarization)) {
      const { mean, logVar } = await step.encode(images, batchSize);
      if (!logVar) return undefined;
      if (done === 0) {
        const numbers = count * mean.length / batchSize;
        rooms.push(meanRoom.lend(numbers), logVarRoom.lend(numbers));
      }
      rooms[0].set(mean, done);
      rooms[1].set(logVar, done);
      done += mean.length;
      await breather?.breathe();
    }
    const noise = { seed: EVALUATION_NOISE_SEED, stream: STREAMS.sampling };
    return latentCode({ count, mean: rooms[0], logVar: rooms[1] }, { noise });
  } finally {
    if (rooms.length > 0) {
      meanRoom.giveBack(rooms[0]);
      logVarRoom.giveBack(rooms[1]);
    }
  }
}
