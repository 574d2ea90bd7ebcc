import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { join } from "node:path";
import { createRandom, STREAMS } from "elbo/math";
import { openRun, readCheckpoint } from "elbo/training";
// Not public: only a process that trains may hold a run.
import { holdingRun } from "../../lib/training/run_lock.ts";
import { finish } from "../cli/command.ts";
import { effort } from "../helpers/effort.ts";
import { granted } from "../helpers/permissions.ts";
import { testSeed } from "../helpers/seed.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import {
  leftovers,
  modelOf,
  newRun,
  spawnResume,
  spawnTrain,
  writeImages,
} from "./spawned_run.ts";

const KILLS = effort({ short: 6, long: 50 });
const EPOCHS = 24;

const ignore = !granted("read", "write", "run");

function begin(dataset: string, out: string): Deno.ChildProcess {
  return spawnTrain(newRun({ dataset, out, epochs: EPOCHS }));
}

/** What is on the disk after a kill: epochs recorded, and epochs that are safe. */
async function stateOf(path: string): Promise<{ recorded: number; safe: number }> {
  const run = await openRun(path);
  const safe = await readCheckpoint(run.files.checkpoint, run).then(
    ({ position }) => position.epoch,
    (error) => {
      if (error instanceof Deno.errors.NotFound) return 0;
      throw error;
    },
  );
  return { recorded: run.metrics.length, safe };
}

// Resolves when a file of the run is about to be written: the worst moment.
async function untilWriting(run: string): Promise<void> {
  using watcher = Deno.watchFs(run);
  for await (const { paths } of watcher) {
    if (paths.some((path) => path.includes(".checkpoint.safetensors."))) return;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test({
  name: `crash: ${KILLS} kills at random moments lose no run and change no bit ` +
    "(needs read, write and run)",
  ignore,
  fn: () =>
    withTempDir(async (dir) => {
      const seed = testSeed(50);
      const random = createRandom({ seed, stream: STREAMS.test });
      const data = await writeImages(dir, 3000);

      const undisturbed = join(dir, "undisturbed");
      const startedAt = performance.now();
      assertEquals((await finish(begin(data, undisturbed))).code, 0);
      const wholeTime = performance.now() - startedAt;
      const wanted = await modelOf(undisturbed);

      let kills = 0;
      let whileWriting = 0;
      for (let number = 0; kills < KILLS; number++) {
        const run = join(dir, `run_${number}`);
        for (let finished = false; !finished;) {
          const before = await isThere(join(run, "config.json"));
          const safeBefore = before ? (await stateOf(run)).safe : 0;
          const child = before ? spawnResume(run) : begin(data, run);
          const output = finish(child);
          const worst = before && (whileWriting === 0 || kills % 3 === 0);
          const moment = worst
            ? untilWriting(run)
            : new Promise((done) => setTimeout(done, random.uniform() * wholeTime));
          finished = await Promise.race([
            output.then(() => true),
            moment.then(() => false),
          ]);
          if (finished) {
            const { code, stderr } = await output;
            assertEquals(code, 0, stderr);
            continue;
          }
          child.kill("SIGKILL");
          await output;
          kills++;
          if (worst) whileWriting++;
          if (!await isThere(join(run, "config.json"))) continue;
          const { recorded, safe } = await stateOf(run);
          assert(safe >= safeBefore, `epoch ${safeBefore} was safe, now ${safe}`);
          assertLessOrEqual(recorded - safe, 1, "more than one epoch is lost");
        }
        assertEquals(await modelOf(run), wanted, `seed ${seed}, run ${number}`);
        assertEquals(await leftovers(run), []);
      }
      assert(whileWriting > 0, "no kill met a checkpoint being written");
    }),
});

Deno.test({
  name:
    "crash: a second process is refused while one trains (needs read, write and run)",
  ignore,
  fn: () =>
    withTempDir(async (dir) => {
      const data = await writeImages(dir, 3000);
      const run = join(dir, "run");
      const first = begin(data, run);
      const output = finish(first);
      while (!await isThere(join(run, "checkpoint.safetensors"))) {
        await new Promise((done) => setTimeout(done, 20));
      }
      const second = await finish(spawnResume(run));
      assertEquals(second.code, 1);
      assertEquals(
        second.stderr,
        `Cannot train in ${run} as one process at a time must do so: another one is ` +
          "at it; wait until it ends, or stop it\n",
      );
      first.kill("SIGKILL");
      await output;
      assertEquals((await finish(spawnResume(run))).code, 0);
    }),
});

Deno.test({
  name: "crash: a run folder that was moved is resumed (needs read, write and run)",
  ignore,
  fn: () =>
    withTempDir(async (dir) => {
      const data = await writeImages(dir, 60);
      const [here, there] = [join(dir, "here"), join(dir, "there")];
      assertEquals((await finish(begin(data, here))).code, 0);
      await Deno.rename(here, there);
      const args = ["--resume", there, "--epochs", `${EPOCHS + 1}`];
      const moved = await finish(spawnTrain(args));
      assertEquals(moved.code, 0, moved.stderr);
      assertEquals((await openRun(there)).metrics.length, EPOCHS + 1);
    }),
});

Deno.test({
  name: "crash: what a killed process left of any file is taken away, nothing else " +
    "(needs read and write)",
  ignore: !granted("read", "write"),
  fn: () =>
    withTempDir(async (dir) => {
      await Deno.mkdir(join(dir, "figures"));
      const unfinished = (name: string) => `.${name}.${crypto.randomUUID()}.tmp`;
      const left = ["config.json", "checkpoint.safetensors", "report.html"].map(
        unfinished,
      );
      const kept = ["report.html", unfinished("somebody.txt"), ".report.html.1.tmp"];
      left.push(join("figures", unfinished("loss.png")));
      kept.push(join("figures", "loss.png"));
      for (const name of [...left, ...kept]) {
        await Deno.writeTextFile(join(dir, name), "");
      }
      await holdingRun(dir, () => Promise.resolve());
      for (const name of left) {
        assertEquals(await isThere(join(dir, name)), false, name);
      }
      for (const name of kept) assertEquals(await isThere(join(dir, name)), true, name);
    }),
});
