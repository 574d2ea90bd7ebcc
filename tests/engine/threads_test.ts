import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { createEngineStep, type EngineOptions } from "elbo/engine";
import type { Step } from "elbo/models";
import type { NetworkSpec } from "elbo/networks";
import { hasRelaxed } from "elbo/simd";
import { granted, ROOT } from "../helpers/permissions.ts";
import { bitsOf, trainSome } from "./batches.ts";
import type { Fault } from "./failing_worker.ts";

const relu: NetworkSpec = {
  model: "vae",
  dataDim: 50,
  hidden: [37, 20],
  latentDim: 5,
  activation: "relu",
  likelihood: { kind: "bernoulli" },
  beta: 0.5,
};
const specs: NetworkSpec[] = [
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

// Where there is no such instruction the second is refused: see the test of that.
const roundings = hasRelaxed() ? [false, true] : [false];

// Workers read their module.
const ignore = !granted("read");

async function withStep<T>(
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
async function sixSteps(
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

Deno.test({
  name: "engine: the same bits on 1, 2 and 3 threads (reads its worker)",
  ignore,
  fn: async () => {
    for (const spec of specs) {
      for (const relaxed of roundings) {
        const { bits: alone } = await sixSteps(spec, { threads: 1, relaxed });
        for (const threads of [2, 3]) {
          const { bits, notes } = await sixSteps(spec, { threads, relaxed });
          assertEquals(notes, []);
          assertEquals(bits, alone, `${threads} threads, ${JSON.stringify(spec)}`);
        }
      }
    }
    const other = await sixSteps(specs[0], { threads: 1, seed: 7 });
    assertNotEquals(other.bits, (await sixSteps(specs[0], { threads: 1 })).bits);
  },
});

Deno.test("engine: the same bits with zeros left out and with zeros multiplied", async () => {
  for (const spec of specs) {
    for (const share of [0.2, 0.7]) {
      for (const relaxed of roundings) {
        const options = { threads: 1, share, relaxed };
        const { bits: dense } = await sixSteps(spec, { ...options, sparseBelow: 0 });
        const { bits: sparse } = await sixSteps(spec, { ...options, sparseBelow: 2 });
        assertEquals(sparse, dense, `${share} of ${JSON.stringify(spec)}`);
      }
    }
  }
});

Deno.test({
  name: "engine: more threads than rows change nothing (reads its worker)",
  ignore,
  fn: async () => {
    const measure = (threads: number) =>
      withStep(relu, { threads }, async (step) => {
        await trainSome(step, { spec: relu, to: 3, batchSize: 1 });
        return bitsOf(await step.state());
      });
    assertEquals(await measure(4), await measure(1));
  },
});

/** Runs `body` where every worker is one of a test. */
async function withFault<T>(fault: Fault, body: () => Promise<T>): Promise<T> {
  const { Worker } = globalThis;
  const search = encodeURIComponent(JSON.stringify(fault));
  const url = new URL(`failing_worker.ts?${search}`, import.meta.url);
  globalThis.Worker = class extends Worker {
    constructor(_: string | URL, options?: WorkerOptions) {
      super(url, options);
    }
  };
  try {
    return await body();
  } finally {
    globalThis.Worker = Worker;
  }
}

const free: NetworkSpec = { ...relu, freeBits: 0.05 };

for (
  const [phase, spec] of [
    ["latent", free],
    ["rows", free],
    ["rows", relu],
    ["weights", relu],
  ] as const
) {
  Deno.test({
    name: `engine: a thread that fails in its ${phase} is replaced, to the same bits` +
      `${spec === free ? ", with free bits" : ""} (reads its worker)`,
    ignore,
    fn: async () => {
      const { bits: wanted } = await sixSteps(spec, { threads: 1 });
      for (const threads of [2, 3]) {
        const { bits, notes } = await withFault(
          { phase, kind: "throws" },
          () => sixSteps(spec, { threads, isNoteDue: true }),
        );
        assertEquals(bits, wanted);
        assertMatch(
          notes[0],
          /^Note: the engine runs on one thread, as thread [12] failed/,
        );
        assertMatch(notes[0], /planted/);
      }
    },
  });
}

Deno.test({
  name: "engine: a thread that vanishes in its rows is replaced (reads its worker)",
  ignore,
  fn: async () => {
    const { bits: wanted } = await sixSteps(relu, { threads: 1 });
    const { bits, notes } = await withFault(
      { phase: "rows", kind: "hangs" },
      () => sixSteps(relu, { threads: 2, patienceMs: 300 }),
    );
    assertEquals(bits, wanted);
    assertEquals(notes, [
      "Note: the engine runs on one thread, as another thread does not answer.",
    ]);
  },
});

Deno.test({
  name: "engine: a thread that vanishes in an update stops it (reads its worker)",
  ignore,
  fn: async () => {
    await withFault({ phase: "weights", kind: "hangs" }, () =>
      assertRejects(
        () => sixSteps(relu, { threads: 2, patienceMs: 300 }),
        Error,
        "resume from the last checkpoint, with --threads 1",
      ));
  },
});

/** Runs `body` with something of the global scope replaced. */
async function withGlobal<T>(
  name: "SharedArrayBuffer" | "Worker" | "navigator",
  { value, body }: { value: unknown; body: () => Promise<T> },
): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis, name)!;
  Object.defineProperty(globalThis, name, { value, configurable: true });
  try {
    return await body();
  } finally {
    Object.defineProperty(globalThis, name, before);
  }
}

Deno.test("engine: relaxed is refused where there is no such instruction", async () => {
  const error = await sixSteps(relu, { threads: 1, relaxed: true }).catch((error) =>
    error as Error
  );
  assertEquals(error instanceof Error, !hasRelaxed());
  if (error instanceof Error) assertMatch(error.message, /take --engine simd$/);
});

Deno.test("engine: without SharedArrayBuffer one thread does all", async () => {
  const { bits: wanted } = await sixSteps(relu, { threads: 1 });
  const { bits, notes } = await withGlobal("SharedArrayBuffer", {
    value: undefined,
    body: () => sixSteps(relu, { threads: 2 }),
  });
  assertEquals(bits, wanted);
  assertEquals(notes, [
    "Note: the engine runs on one thread, as SharedArrayBuffer is missing.",
  ]);
});

Deno.test("engine: where no worker starts one thread does all", async () => {
  const { bits: wanted } = await sixSteps(relu, { threads: 1 });
  class NoWorker {
    constructor() {
      throw new TypeError("no workers here");
    }
  }
  const { bits, notes } = await withGlobal("Worker", {
    value: NoWorker,
    body: () => sixSteps(relu, { threads: 2 }),
  });
  assertEquals(bits, wanted);
  assertEquals(notes, [
    "Note: the engine runs on one thread, as no workers here.",
  ]);
});

Deno.test("engine: one core is one thread, without a word", async () => {
  const { bits: wanted } = await sixSteps(relu, { threads: 1 });
  const { bits, notes } = await withGlobal("navigator", {
    value: { hardwareConcurrency: 1 },
    body: () => sixSteps(relu, {}),
  });
  assertEquals(bits, wanted);
  assertEquals(notes, []);
});

/** Runs `body` where memories are refused. */
async function withoutMemory<T>(
  refuse: (descriptor: WebAssembly.MemoryDescriptor) => boolean,
  body: () => Promise<T>,
): Promise<T> {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (refuse(descriptor)) throw new RangeError("could not allocate memory");
      super(descriptor);
    }
    override grow(): number {
      throw new RangeError("Unable to grow instance memory");
    }
  };
  try {
    return await body();
  } finally {
    WebAssembly.Memory = Memory;
  }
}

Deno.test("engine: where memory cannot be shared one thread does all", async () => {
  const { bits: wanted } = await sixSteps(relu, { threads: 1 });
  const { bits, notes } = await withoutMemory(
    ({ shared }) => shared === true,
    () => sixSteps(relu, { threads: 2 }),
  );
  assertEquals(bits, wanted);
  assertMatch(notes[0], /as no shared memory can be had \(could not allocate memory\)/);
});

Deno.test("engine: says how much memory is missing", async () => {
  const batchSize = 3000;
  await withoutMemory(() => true, () =>
    assertRejects(
      () => sixSteps(relu, { threads: 1 }),
      RangeError,
      "Cannot run the engine as its memory must be there: 2 MB cannot be had",
    ));
  await withoutMemory(
    () => false,
    () =>
      withStep(relu, { threads: 1 }, (step) =>
        assertRejects(
          () => trainSome(step, { spec: relu, to: 1, batchSize }),
          RangeError,
          "take a smaller batch or network",
        )),
  );
});

const DISPOSED = `
import { createEngineStep } from "elbo/engine";
const step = await createEngineStep(${JSON.stringify(relu)}, {
  ...{ seed: 0, learningRate: 0.01, threads: 3 },
});
step.dispose();
`;

Deno.test({
  name: "engine: a process ends once its step is disposed (needs read and run)",
  ignore: !granted("read", "run"),
  fn: async () => {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", DISPOSED],
      cwd: ROOT,
      signal: AbortSignal.timeout(60_000),
    }).output();
    assertEquals(code, 0, "it was stopped, as it did not end by itself");
  },
});

Deno.test("engine: a state that was taken back is written over, no other", async () => {
  await withStep(relu, { threads: 1 }, async (step) => {
    const spec = relu;
    const first = await step.state();
    await trainSome(step, { spec, to: 2 });
    const kept = await step.state();
    const bits = bitsOf(kept);
    step.takeBack?.(first);
    const again = await step.state();
    assertStrictEquals(
      again.weights.get("encoder.mean.weight")!.values,
      first.weights.get("encoder.mean.weight")!.values,
    );
    assertEquals(bitsOf(again), bits);
    step.restore({ ...kept, step: 0 });
    await trainSome(step, { spec, to: 1 });
    assertNotEquals(bitsOf(await step.state()), bits);
    assertEquals(bitsOf(again), bits);
    assertEquals(bitsOf(kept), bits);
  });
});
