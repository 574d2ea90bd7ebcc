import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "node:path";
import { readSafetensors, sha256, writeSafetensors } from "elbo/files";
import {
  formatMetrics,
  loadModel,
  type MetricsRecord,
  openRun,
  resumeRun,
  type RunHooks,
  trainRun,
  type Weight,
} from "elbo/training";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { fakeCreateStep, FakeStep, tinyDataset, tinyOptions } from "./fakes.ts";

const ignore = !granted("read", "write");
const hooks: RunHooks = { dataset: tinyDataset(), createStep: fakeCreateStep() };

/** A test that writes files: ignored where that is not granted. */
function fileTest(name: string, body: (dir: string) => Promise<void>): void {
  Deno.test({ name, ignore, fn: () => withTempDir(body) });
}

async function train(out: string, epochs: number) {
  return await trainRun({ ...tinyOptions, epochs }, { ...hooks, out });
}

async function modelHash(run: string): Promise<string> {
  return await sha256(await Deno.readFile(join(run, "model.safetensors")));
}

function timeless({ seconds: _, evalSeconds: __, ...rest }: MetricsRecord) {
  return rest;
}

async function timelessMetrics(run: string) {
  return (await openRun(run)).metrics.map(timeless);
}

async function names(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).toSorted();
}

fileTest("trainRun: writes a run folder that openRun reads", async (dir) => {
  const out = join(dir, "deep", "run");
  const trained = await train(out, 2);
  const run = await openRun(out);
  assertEquals(run, trained.run);
  assertEquals(run.metrics.length, 2);
  assertEquals(run.config.dataset.sha256, tinyDataset().sha256);
  assertEquals(await names(out), [
    ".lock",
    "checkpoint.safetensors",
    "config.json",
    "metrics.jsonl",
    "model.safetensors",
  ]);
});

fileTest("resumeRun: a run that lost its checkpoint is not begun anew", async (dir) => {
  const out = join(dir, "run");
  await train(out, 2);
  const before = await modelHash(out);
  await Deno.remove(join(out, "checkpoint.safetensors"));
  await assertRejects(
    () => resumeRun(out, { ...hooks, epochs: 3 }),
    RangeError,
    `Cannot resume ${out} as its checkpoint must be there`,
  );
  assertEquals(await modelHash(out), before);
  assertEquals((await openRun(out)).metrics.length, 2);
  // Without a model too, it was killed before it had learnt anything.
  await Deno.remove(join(out, "model.safetensors"));
  await resumeRun(out, hooks);
  assertEquals(await modelHash(out), before);
});

fileTest("resumeRun: 2 + 2 epochs give the model of 4, bit for bit", async (dir) => {
  const [whole, halves] = [join(dir, "whole"), join(dir, "halves")];
  await train(whole, 4);
  await train(halves, 2);
  const resumed = await resumeRun(halves, { ...hooks, epochs: 4 });
  assertEquals(resumed.position.epoch, 4);
  assertEquals(await modelHash(halves), await modelHash(whole));
  assertEquals(await timelessMetrics(halves), await timelessMetrics(whole));
  assertEquals((await openRun(halves)).config.training.epochs, 4);
});

fileTest(
  "resumeRun: stopped within an epoch, it ends with the same model",
  async (dir) => {
    const [whole, parts] = [join(dir, "whole"), join(dir, "parts")];
    await train(whole, 3);
    const controller = new AbortController();
    const stopped = await trainRun({ ...tinyOptions, epochs: 3 }, {
      ...hooks,
      out: parts,
      signal: controller.signal,
      onProgress: (event) => {
        if (event.kind === "step" && event.step === 6) controller.abort();
      },
    });
    assertEquals([stopped.stopped, stopped.position.batch], [true, 2]);
    const resumed = await resumeRun(parts, hooks);
    assertEquals(resumed.stopped, false);
    assertEquals(await modelHash(parts), await modelHash(whole));
    assertEquals(await timelessMetrics(parts), await timelessMetrics(whole));
  },
);

fileTest("resumeRun: a crash before the first checkpoint starts anew", async (dir) => {
  const [whole, killed] = [join(dir, "whole"), join(dir, "killed")];
  await train(whole, 2);
  await train(killed, 2);
  await Deno.remove(join(killed, "checkpoint.safetensors"));
  await Deno.remove(join(killed, "model.safetensors"));
  await resumeRun(killed, hooks);
  assertEquals(await modelHash(killed), await modelHash(whole));
  assertEquals(await timelessMetrics(killed), await timelessMetrics(whole));
});

for (const cut of [false, true]) {
  const what = cut ? "in the middle of a line" : "after a line";
  fileTest(
    `resumeRun: a crash ${what} of metrics, before the checkpoint`,
    async (dir) => {
      const [whole, crashed] = [join(dir, "whole"), join(dir, "crashed")];
      await train(whole, 3);
      await train(crashed, 2);
      const extra = { ...(await openRun(whole)).metrics[2], testElbo: 12345 };
      const line = formatMetrics([extra]);
      await Deno.writeTextFile(
        join(crashed, "metrics.jsonl"),
        cut ? line.slice(0, 40) : line,
        { append: true },
      );
      await resumeRun(crashed, { ...hooks, epochs: 3 });
      assertEquals(await timelessMetrics(crashed), await timelessMetrics(whole));
      assertEquals(await modelHash(crashed), await modelHash(whole));
    },
  );
}

fileTest(
  "resumeRun: a crash between checkpoint and model mends the model",
  async (dir) => {
    const [whole, crashed] = [join(dir, "whole"), join(dir, "crashed")];
    await train(whole, 2);
    await train(crashed, 1);
    const oldModel = await Deno.readFile(join(crashed, "model.safetensors"));
    await resumeRun(crashed, { ...hooks, epochs: 2 });
    await Deno.writeFile(join(crashed, "model.safetensors"), oldModel);
    await resumeRun(crashed, hooks);
    assertEquals(await modelHash(crashed), await modelHash(whole));
  },
);

fileTest("trainRun: a diverged run keeps its last good checkpoint", async (dir) => {
  const [good, bad] = [join(dir, "good"), join(dir, "bad")];
  await train(good, 1);
  const diverge = fakeCreateStep({
    onTrain: ({ step }) => step === 5 ? NaN : undefined,
  });
  await assertRejects(
    () => trainRun(tinyOptions, { ...hooks, createStep: diverge, out: bad }),
    RangeError,
    "the state after epoch 1 is kept",
  );
  assertEquals(await modelHash(bad), await modelHash(good));
  await resumeRun(bad, { ...hooks, epochs: 1 });
});

fileTest("trainRun: refuses a folder that is a run, and says --resume", async (dir) => {
  const out = join(dir, "run");
  await train(out, 1);
  const before = await names(out);
  const error = await assertRejects(() => train(out, 1), RangeError, "must be empty");
  assertMatch(error.message, /it holds a run; continue that with --resume/);
  assertEquals(await names(out), before);
});

fileTest(
  "trainRun: refuses a folder with anything else, and touches nothing",
  async (dir) => {
    await Deno.writeTextFile(join(dir, "thesis.tex"), "precious");
    await assertRejects(
      () => train(dir, 1),
      RangeError,
      "it holds thesis.tex; choose another folder with --out",
    );
    await Deno.writeTextFile(join(dir, "config.json"), '{"theme": "dark"}');
    await assertRejects(() => train(dir, 1), RangeError, "it holds config.json");
    assertEquals(await names(dir), ["config.json", "thesis.tex"]);
  },
);

fileTest("trainRun: an empty folder will do", async (dir) => {
  await train(dir, 1);
  assertEquals((await openRun(dir)).metrics.length, 1);
});

fileTest("trainRun: refuses a folder inside a file", async (dir) => {
  await Deno.writeTextFile(join(dir, "file"), "");
  for (const out of [join(dir, "file"), join(dir, "file", "run")]) {
    const error = await assertRejects(() => train(out, 1), Error);
    assertMatch(error.message, /^Cannot (write|begin a run in) .* as .* must .*: .*; /);
  }
});

fileTest("trainRun: a step that cannot be made leaves no folder", async (dir) => {
  const out = join(dir, "run");
  const createStep = () => Promise.reject(new Error("no backend"));
  await assertRejects(() => trainRun(tinyOptions, { ...hooks, createStep, out }));
  assertEquals(await names(dir), []);
});

fileTest("trainRun: a run that fails frees its step", async (dir) => {
  const steps: FakeStep[] = [];
  const createStep = () => {
    const step = new FakeStep({ onTrain: () => NaN });
    steps.push(step);
    return Promise.resolve(step);
  };
  const out = join(dir, "run");
  await assertRejects(() => trainRun(tinyOptions, { ...hooks, createStep, out }));
  assertEquals(steps.map(({ disposed }) => disposed), [true]);
});

fileTest("loadModel: gives what the step had learnt", async (dir) => {
  const { run, step } = await train(dir, 1);
  assertEquals(await loadModel(run), (await step.state()).weights);
  assertEquals(await loadModel(await openRun(dir)), (await step.state()).weights);
});

fileTest("loadModel: float64 weights are kept, others refused by name", async (dir) => {
  const { run } = await train(dir, 1);
  const path = run.files.model;
  const { tensors, metadata } = readSafetensors(await Deno.readFile(path), path);
  const rewrite = async (as: typeof Float64Array | typeof Int32Array) => {
    const tensor = ({ shape, values }: Weight) => ({ shape, values: as.from(values) });
    const changed = [...await loadModel(run)].map(([k, w]) => [k, tensor(w)] as const);
    await Deno.writeFile(path, writeSafetensors(new Map(changed), metadata));
  };
  await rewrite(Float64Array);
  const weights = await loadModel(run);
  assertEquals([...weights.keys()], [...tensors.keys()]);
  for (const [name, { values }] of weights) {
    assertEquals(values, Float64Array.from(tensors.get(name)!.values));
  }
  await rewrite(Int32Array);
  await assertRejects(() => loadModel(run), SyntaxError, "must hold F32 or F64: I32");
});

fileTest("loadModel: refuses a run without a model, or with another's", async (dir) => {
  const [one, two] = [join(dir, "one"), join(dir, "two")];
  const { run } = await train(one, 1);
  const network = { ...tinyOptions.network, activation: "tanh" as const };
  await trainRun({ ...tinyOptions, network }, { ...hooks, out: two });
  await Deno.copyFile(join(two, "model.safetensors"), run.files.model);
  await assertRejects(() => loadModel(run), RangeError, "must be of the network");
  await Deno.remove(run.files.model);
  await assertRejects(() => loadModel(run), RangeError, "there is none yet");
});

fileTest("openRun: refuses a folder that is no run", async (dir) => {
  await assertRejects(() => openRun(dir), RangeError, "there is no config.json");
  await assertRejects(() => openRun(join(dir, "none")), RangeError, "no config.json");
});

fileTest("resumeRun: refuses a checkpoint cut short at any place", async (dir) => {
  await train(dir, 1);
  const path = join(dir, "checkpoint.safetensors");
  const bytes = await Deno.readFile(path);
  const model = await modelHash(dir);
  const config = await Deno.readTextFile(join(dir, "config.json"));
  for (const length of [0, 7, 8, 100, bytes.length >> 1, bytes.length - 1]) {
    await Deno.writeFile(path, bytes.subarray(0, length));
    const error = await assertRejects(() => resumeRun(dir, { ...hooks, epochs: 2 }));
    assert(error instanceof Error);
    assertMatch(error.message, /^Cannot .*checkpoint\.safetensors.* as .* must /);
  }
  assertEquals(await modelHash(dir), model);
  assertEquals(await Deno.readTextFile(join(dir, "config.json")), config);
});

fileTest("resumeRun: refuses a checkpoint of another configuration", async (dir) => {
  const [one, two] = [join(dir, "one"), join(dir, "two")];
  await train(one, 1);
  await trainRun({ ...tinyOptions, epochs: 1, seed: 6 }, { ...hooks, out: two });
  const name = "checkpoint.safetensors";
  await Deno.copyFile(join(one, name), join(two, name));
  await assertRejects(
    () => resumeRun(two, { ...hooks, epochs: 2 }),
    RangeError,
    "it was written under another configuration",
  );
});

fileTest("resumeRun: refuses a config.json whose numbers were edited", async (dir) => {
  await train(dir, 1);
  const path = join(dir, "config.json");
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace('"seed": 5', '"seed": 55'));
  await assertRejects(
    () => resumeRun(dir, { ...hooks, epochs: 2 }),
    RangeError,
    "restore config.json",
  );
});

fileTest("resumeRun: refuses a model file in the checkpoint's place", async (dir) => {
  await train(dir, 1);
  await Deno.copyFile(
    join(dir, "model.safetensors"),
    join(dir, "checkpoint.safetensors"),
  );
  await assertRejects(
    () => resumeRun(dir, { ...hooks, epochs: 2 }),
    SyntaxError,
    "must be a checkpoint of format elbo-checkpoint-1: it is elbo-model-1",
  );
});

fileTest("resumeRun: refuses other data, and leaves the run as it was", async (dir) => {
  await train(dir, 1);
  const dataset = { ...tinyDataset(), sha256: { images: "b".repeat(64) } };
  const config = await Deno.readTextFile(join(dir, "config.json"));
  await assertRejects(
    () => resumeRun(dir, { ...hooks, dataset, epochs: 2 }),
    RangeError,
    "images differs; restore the files, or start a new run",
  );
  assertEquals(await Deno.readTextFile(join(dir, "config.json")), config);
});

fileTest("resumeRun: refuses fewer epochs than are done", async (dir) => {
  await train(dir, 2);
  await assertRejects(
    () => resumeRun(dir, { ...hooks, epochs: 1 }),
    RangeError,
    "--epochs must be at least 2: it is 1; 2 are done",
  );
});

fileTest("resumeRun: refuses metrics that lack an epoch", async (dir) => {
  await train(dir, 2);
  await Deno.writeTextFile(join(dir, "metrics.jsonl"), "");
  await assertRejects(
    () => resumeRun(dir, { ...hooks, epochs: 3 }),
    RangeError,
    "metrics.jsonl must hold all of its 2 epochs: it holds 0",
  );
});

fileTest("resumeRun: a finished run is trained no further", async (dir) => {
  await train(dir, 2);
  const model = await modelHash(dir);
  const resumed = await resumeRun(dir, hooks);
  assertEquals([resumed.stopped, resumed.position.epoch], [false, 2]);
  assertEquals(await modelHash(dir), model);
});

fileTest("resumeRun: notes another backend or version", async (dir) => {
  await train(dir, 1);
  const notes: string[] = [];
  const onNote = (text: string) => notes.push(text);
  await resumeRun(dir, { ...hooks, epochs: 2, onNote });
  assertEquals(notes, []);
  await resumeRun(dir, { ...hooks, epochs: 3, backend: "wasm", onNote });
  assertMatch(notes[0], /the backend was cpu and is wasm/);
});
