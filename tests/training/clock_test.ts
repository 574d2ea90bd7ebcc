import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { basename, join } from "node:path";
import { openRun, type RunOptions, trainRun } from "elbo/training";
import { timeStampedFolder } from "../../lib/cli/time_stamped_folder.ts";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { leftovers, modelOf, timelessMetrics, writeImages } from "./spawned_run.ts";

const ignore = !granted("read", "write");
const HOUR = 3_600_000;

const options = (dataset: string): RunOptions => ({
  dataset,
  binarization: "dynamic",
  network: {
    model: "vae",
    hidden: [8],
    latentDim: 2,
    activation: "relu",
    likelihood: { kind: "bernoulli" },
    beta: 1,
  },
  epochs: 3,
  batchSize: 20,
  learningRate: 1e-3,
  seed: 3,
  backend: "cpu",
});

/**
 * Does something while the clock on the wall goes back by an hour whenever it is read;
 * returns how often that was. The clock that only goes on, performance.now, stays.
 */
async function withJumpingClock(body: () => Promise<void>): Promise<number> {
  const RealDate = Date;
  const start = RealDate.now();
  let reads = 0;
  const now = () => start - HOUR * ++reads;
  globalThis.Date = class extends RealDate {
    constructor(...args: unknown[]) {
      super(...(args.length === 0 ? [now()] : args) as [number]);
    }
    static override now = now;
  } as DateConstructor;
  try {
    await body();
  } finally {
    globalThis.Date = RealDate;
  }
  return reads;
}

Deno.test("clock: the stand-in goes back, by either way of reading it", async () => {
  const reads = await withJumpingClock(() => {
    const [first, second] = [Date.now(), new Date().getTime()];
    assertEquals(first - second, HOUR);
    assertEquals(new Date(5).getTime(), 5);
    return Promise.resolve();
  });
  assertEquals(reads, 2);
});

Deno.test({
  name: "clock: a wall clock that jumps back changes no number of a run " +
    "(needs read and write)",
  ignore,
  fn: () =>
    withTempDir(async (dir) => {
      const dataset = await writeImages(dir, 100);
      const [usual, jumping] = [join(dir, "usual"), join(dir, "jumping")];
      const train = async (out: string) => {
        const { step } = await trainRun(options(dataset), { out, onProgress });
        step.dispose();
      };
      const rates: number[] = [];
      const onProgress: Parameters<typeof trainRun>[1]["onProgress"] = (event) => {
        if (event.kind === "step") rates.push(event.imagesPerSecond, event.secondsLeft);
      };
      await train(usual);
      rates.length = 0;
      await withJumpingClock(() => train(jumping));

      assertEquals(await modelOf(jumping), await modelOf(usual));
      assertEquals(await timelessMetrics(jumping), await timelessMetrics(usual));
      const { metrics } = await openRun(jumping);
      for (const { seconds, evalSeconds } of metrics) {
        assert(seconds > 0 && seconds < 600, `${seconds} s of training`);
        assert(evalSeconds > 0 && evalSeconds < 600, `${evalSeconds} s of measuring`);
      }
      // NaN is said where nothing can be said yet.
      assert(rates.length > 0 && rates.every((rate) => !(rate < 0)), `${rates}`);
      assertEquals(await leftovers(jumping), []);
    }),
});

Deno.test({
  name: "clock: folders named after one moment, or an earlier one, keep apart " +
    "(needs read and write)",
  ignore,
  fn: () =>
    withTempDir(async (dir) => {
      const moment = new Date(2026, 2, 1, 14, 5, 9);
      const paths: string[] = [];
      for (const back of [0, 0, HOUR, 0, HOUR]) {
        const now = new Date(moment.getTime() - back);
        const path = await timeStampedFolder(dir, { now });
        await Deno.mkdir(path);
        paths.push(path);
      }
      assertEquals(new Set(paths).size, paths.length);
      for (const path of paths) {
        assertMatch(basename(path), /^2026-03-01_1[34]-05-09(_\d)?$/);
      }
      assertNotEquals(paths[0], paths[2]);
    }),
});
