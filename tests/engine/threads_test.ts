import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStrictEquals,
} from "@std/assert";
import { hasRelaxed } from "elbo/simd";
import { granted, ROOT } from "../helpers/permissions.ts";
import { bitsOf, trainSome } from "./batches.ts";
import { relu, sixSteps, specs, withStep } from "./six_steps.ts";

// Where there is no such instruction the second is refused: see the test of that.
const roundings = hasRelaxed() ? [false, true] : [false];

// Workers read their module.
const ignore = !granted("read");

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
Deno.test("engine: relaxed is refused where there is no such instruction", async () => {
  const error = await sixSteps(relu, { threads: 1, relaxed: true }).catch((error) =>
    error as Error
  );
  assertEquals(error instanceof Error, !hasRelaxed());
  if (error instanceof Error) assertMatch(error.message, /take --engine simd$/);
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
