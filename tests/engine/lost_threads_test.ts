import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { NetworkSpec } from "elbo/networks";
import { granted } from "../helpers/permissions.ts";
import { trainSome } from "./batches.ts";
import type { Fault } from "./failing_worker.ts";
import { relu, sixSteps, withStep } from "./six_steps.ts";

// Workers read their module.
const ignore = !granted("read");

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
