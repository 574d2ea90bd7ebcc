import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { granted, ROOT } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { Bench } from "./bench.ts";
import { Judge } from "./judge.ts";

/** A library with one mistake to be made of each fate. */
const LIBRARY = `
const kept = new Map<number, number>();
export const scale = 3 * 2;
export const sum = (a: number, b: number) => a + b;
export function square(x: number): number {
  if (!kept.has(x)) kept.set(x, x * x);
  return kept.get(x)!;
}
export function count(to: number): number {
  let i = 0;
  while (i < to) i++;
  return i;
}
export function unused(x: number): number {
  return -x;
}
export function refuse(x: number): void {
  if (x < 0) throw new Error("below " + (0 + 0));
}
`;

const TESTS = `
import { count, refuse, scale, square, sum } from "../lib/library.ts";
const equal = (a: unknown, b: unknown) => {
  if (a !== b) throw new Error("not equal");
};
Deno.test("sum", () => equal(sum(2, 0), 2));
Deno.test("scale", () => equal(scale, 6));
Deno.test("square", () => equal(square(3), 9));
Deno.test({ name: "square again", fn: () => equal(square(3), 9) });
Deno.test("count", () => equal(count(3), 3));
Deno.test("refuse", () => {
  let refused = false;
  try {
    refuse(-1);
  } catch {
    refused = true;
  }
  equal(refused, true);
});
Deno.test({ name: "ignored", ignore: true, fn: () => equal(1, 2) });
`;

async function judgeAll(tests: string): Promise<string[]> {
  // Not loaded by those who grant nothing: its packages ask the environment.
  const { instrument } = await import("./instrument.ts");
  return await withTempDir(async (folder) => {
    const runner = "tests/mutation/runner.ts";
    await Deno.mkdir(join(folder, "lib"));
    await Deno.mkdir(join(folder, "tests/mutation"), { recursive: true });
    await Deno.copyFile(new URL(runner, ROOT), join(folder, runner));
    // Without one of its own it would be run by the configuration of this project.
    await Deno.writeTextFile(join(folder, "deno.json"), "{}");
    const file = "lib/library.ts";
    const { counting, quick, mutants } = await instrument(new Map([[file, LIBRARY]]));
    await Deno.writeTextFile(join(folder, file), counting.get(file)!);
    await Deno.writeTextFile(join(folder, "tests/library_test.ts"), tests);
    await using judge = await Judge.open(
      (mutant) => new Bench(folder, { mutant }),
      ["tests/library_test.ts"],
    );
    await Deno.writeTextFile(join(folder, file), quick.get(file)!);
    const lines: string[] = [];
    for (const mutant of mutants) {
      const { kind } = await judge.judge(mutant);
      lines.push(`${mutant.original} -> ${mutant.replacement}: ${kind}`);
    }
    return lines;
  });
}

const ignore = !granted("read", "write", "run", "env");

Deno.test({
  name: "judge: killed, survived, timed out, not covered (needs read, write, run, env)",
  ignore,
  fn: async () => {
    const fates = new Map(
      (await judgeAll(TESTS)).map((line) => line.split(": ") as [string, string]),
    );
    const expected = {
      "a + b -> a - b": "survived",
      // Computed as the file loads: only a process of its own can notice.
      "3 * 2 -> 3 / 2": "killed",
      // Kept from an earlier test, so that a used process would not notice, and once
      // noticed it would spoil the tests of all the others.
      "x * x -> x / x": "killed",
      "i++ -> i--": "timed out",
      "-x -> +x": "not covered",
      "x < 0 -> false": "killed",
      "x < 0 -> x <= 0": "survived",
    };
    for (const [mutant, fate] of Object.entries(expected)) {
      assertEquals(fates.get(mutant), fate, mutant);
    }
    assertEquals(fates.has("0 + 0 -> 0 - 0"), false, "the words of an error");
  },
});

Deno.test({
  name: "judge: a test that fails by itself is refused (needs read, write, run, env)",
  ignore,
  fn: async () => {
    await assertRejects(
      () => judgeAll(`Deno.test("red", () => { throw new Error(); });`),
      Error,
      '"red" fails',
    );
    await assertRejects(
      () => judgeAll(`import "./nothing.ts";`),
      Error,
      "must load",
    );
  },
});
