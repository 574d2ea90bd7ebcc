import { assertEquals, assertLess, assertMatch, assertThrows } from "@std/assert";
import { join } from "node:path";
import {
  chooseEngine,
  type EngineWish,
  formatRunConfig,
  openRun,
  resumeRun,
  type RunOptions,
  trainRun,
} from "elbo/training";
import { granted, ROOT } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { tinyDataset, tinyOptions } from "./fakes.ts";

const bernoulli = { likelihood: { kind: "bernoulli" } } as const;
const unknown: [string, Parameters<typeof chooseEngine>[0] & { skips?: true }][] = [
  ["it has convolutions", { ...bernoulli, convolution: { channels: [8] } }],
  ["it knows no skips", { ...bernoulli, skips: true }],
  ["it knows no logistic-mixture likelihood", {
    likelihood: { kind: "logistic-mixture", components: 2 },
  }],
  ["it knows no optimal variance", {
    likelihood: { kind: "gaussian", variance: "optimal" },
  }],
];

Deno.test("chooseEngine: simd for what it knows, tfjs where that is asked for", () => {
  const choice = (wish?: EngineWish) => chooseEngine(bernoulli, wish);
  assertEquals(choice(), { engine: "simd" });
  assertEquals(choice({ engine: "simd" }), { engine: "simd" });
  assertEquals(choice({ engine: "simd-relaxed" }), { engine: "simd-relaxed" });
  assertEquals(choice({ engine: "tfjs" }), { engine: "tfjs" });
  assertEquals(choice({ backend: "wasm" }), { engine: "tfjs" });
  assertEquals(choice({ backend: "auto" }), { engine: "simd" });
  for (const variance of ["pixel", "shared", 0.1] as const) {
    const network = { likelihood: { kind: "gaussian", variance } } as const;
    assertEquals(chooseEngine(network), { engine: "simd" });
  }
});

Deno.test("chooseEngine: tfjs for what simd does not know, with a word", () => {
  for (const [why, network] of unknown) {
    const { engine, note } = chooseEngine(network);
    assertEquals(engine, "tfjs");
    assertEquals(
      note,
      `Note: tfjs computes this network, as the faster engine does not know it: ${why}.`,
    );
    assertEquals(chooseEngine(network, { engine: "tfjs" }), { engine: "tfjs" });
    assertThrows(() => chooseEngine(network, { engine: "simd" }), RangeError, why);
  }
});

Deno.test("chooseEngine: refuses simd with a backend", () => {
  for (const engine of ["simd", "simd-relaxed"] as const) {
    assertThrows(
      () => chooseEngine(bernoulli, { engine, backend: "cpu" }),
      RangeError,
      `a backend must come with tfjs: cpu with ${engine};`,
    );
  }
});

const options: RunOptions = { ...tinyOptions, backend: "auto", engine: "simd" };
const hooks = { dataset: tinyDataset(), threads: 1 };
const ignore = !granted("read", "write");

function fileTest(name: string, body: (dir: string) => Promise<void>): void {
  Deno.test({
    name: `${name} (needs read and write)`,
    ignore,
    fn: () => withTempDir(body),
  });
}

async function train(out: string, changes: Partial<RunOptions>): Promise<void> {
  const { step } = await trainRun({ ...options, ...changes }, { ...hooks, out });
  step.dispose();
}

async function resume(
  out: string,
  changes: Parameters<typeof resumeRun>[1],
): Promise<string[]> {
  const notes: string[] = [];
  const onNote = (text: string) => void notes.push(text);
  const { step } = await resumeRun(out, { ...hooks, ...changes, onNote });
  step.dispose();
  return notes;
}

async function modelOf(run: string): Promise<Uint8Array> {
  return await Deno.readFile(join(run, "model.safetensors"));
}

fileTest("simd: 2 + 2 epochs give the model of 4, bit for bit", async (dir) => {
  const [whole, halves] = [join(dir, "whole"), join(dir, "halves")];
  await train(whole, { epochs: 4 });
  await train(halves, { epochs: 2 });
  assertEquals(await resume(halves, { epochs: 4 }), []);
  assertEquals(await modelOf(halves), await modelOf(whole));
});

fileTest("simd: stopped anywhere and resumed, the same bits", async (dir) => {
  const [whole, stopped] = [join(dir, "whole"), join(dir, "stopped")];
  await train(whole, { epochs: 3 });
  for (const stopAt of [1, 4, 6]) {
    const out = `${stopped}_${stopAt}`;
    const controller = new AbortController();
    let steps = 0;
    const run = await trainRun({ ...options, epochs: 3 }, {
      ...{ ...hooks, out, signal: controller.signal },
      onProgress: ({ kind }) => {
        if (kind === "step" && ++steps === stopAt) controller.abort();
      },
    });
    run.step.dispose();
    assertEquals([run.stopped, steps], [true, stopAt]);
    assertEquals(await resume(out, {}), []);
    assertEquals(await modelOf(out), await modelOf(whole));
  }
});

fileTest("a run goes on with the other engine, near to the same", async (dir) => {
  const last = async (run: string) => (await openRun(run)).metrics.at(-1)!.testElbo!;
  const whole = join(dir, "whole");
  await train(whole, { epochs: 4 });
  for (const [first, second] of [["simd", "tfjs"], ["tfjs", "simd"]] as const) {
    const out = join(dir, first);
    await train(out, { epochs: 2, engine: first, backend: "auto" });
    const backend = second === "tfjs" ? "cpu" : undefined;
    const [note] = await resume(out, { epochs: 4, engine: second, backend });
    assertMatch(note, new RegExp(`the engine was ${first} and is ${second}`));
    const { config } = await openRun(out);
    assertEquals(config.training.engine, second);
    // Ten steps of three images: float32 has lost no more than a few last bits.
    assertLess(Math.abs(await last(out) - await last(whole)), 1e-4);
  }
});

fileTest("a run from before there were two engines stays with tfjs", async (dir) => {
  const out = join(dir, "old");
  await train(out, { epochs: 1, engine: "tfjs", backend: "cpu" });
  const { config, files, configHash } = await openRun(out);
  const { engine: _, ...training } = config.training;
  await Deno.writeTextFile(files.config, formatRunConfig({ ...config, training }));
  assertEquals((await openRun(out)).configHash, configHash);
  assertEquals(await resume(out, { epochs: 2 }), []);
  assertEquals((await openRun(out)).config.training.engine, "tfjs");
});

Deno.test({
  name: "train: what starts it loads neither tfjs nor vega (needs run and read)",
  ignore: !granted("run", "read"),
  fn: async () => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "lib/cli/train.ts"],
      cwd: ROOT,
    }).output();
    const { modules, roots } = JSON.parse(new TextDecoder().decode(stdout));
    const loaded = loadedBy(roots[0], modules).filter((name) =>
      name.startsWith("npm:")
    );
    const heavy = (name: string) => /tensorflow|vega|resvg/.test(name);
    assertEquals(loaded.filter(heavy), []);
    assertEquals(loaded.some((name) => name.startsWith("npm:zod@")), true);
    assertEquals(modules.some(({ specifier }: Module) => heavy(specifier)), true);
  },
});

interface Module {
  readonly specifier: string;
  readonly dependencies?: {
    isDynamic?: boolean;
    code?: { specifier?: string };
  }[];
}

/** What a module imports before it runs, directly or not. */
function loadedBy(root: string, modules: Module[]): string[] {
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set([root]);
  for (const name of loaded) {
    for (const { isDynamic, code } of byName.get(name)?.dependencies ?? []) {
      if (!isDynamic && code?.specifier) loaded.add(code.specifier);
    }
  }
  return [...loaded];
}
