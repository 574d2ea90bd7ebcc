import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  CellFailure,
  executeNotebook,
  KernelDeathError,
} from "../../lib/notebooks/mod.ts";
import {
  codeCell,
  FIXTURES,
  kernelTest,
  notebookOf,
  outputsOf,
  textOf,
} from "./cells.ts";

/** Forty cells that end as chapters' cells do, some with much to send. */
function fortyCells(): string[] {
  const endings = [
    (i: number) => `await say("cell ${i}");`,
    (i: number) => `console.log("cell ${i}");\nawait settle();`,
    (i: number) => `await showMarkdown("cell ${i}");`,
    (i: number) => `await say("cell ${i}", "x".repeat(200_000));`,
  ];
  return [
    `import { say, settle, showMarkdown } from "elbo/jupyter";`,
    ...Array.from({ length: 40 }, (_, i) => endings[i % endings.length](i)),
  ];
}

for (const run of [1, 2, 3]) {
  kernelTest(`execute: forty cells lose no output, run ${run}`, async (scratch) => {
    const outputs = await outputsOf(fortyCells(), { scratch });
    const found = outputs.slice(1).map((own) => textOf(own).match(/^cell \d+/)?.[0]);
    assertEquals(found, Array.from({ length: 40 }, (_, i) => `cell ${i}`));
    assertEquals(outputs.map((own) => own.length), [0, ...new Array(40).fill(1)]);
  });
}

kernelTest("execute: late outputs of a bare expression are kept", async (scratch) => {
  const cells = Array.from({ length: 20 }, (_, i) => `console.log("a"); ${i} + 0`);
  const outputs = await outputsOf(cells, { scratch });
  assertEquals(outputs.map(textOf), cells.map((_, i) => `a\n${i}`));
});

kernelTest("execute: state, counts and empty cells", async (scratch) => {
  const notebook = notebookOf(["let a = 1;", "", "a++;\na"]);
  const options = { directory: FIXTURES, scratch, timeoutMs: 60_000 };
  const { cells } = await executeNotebook(notebook, options);
  assertEquals(cells.map((cell) => "execution_count" in cell && cell.execution_count), [
    1,
    2,
    3,
  ]);
  const [last] = cells[2].cell_type === "code" ? cells[2].outputs : [];
  assert(last.output_type === "execute_result");
  assertEquals([last.data["text/plain"], last.execution_count], ["2", 3]);
  assertEquals(notebook.cells[0], codeCell("let a = 1;", { id: "cell-0" }));
});

async function failureOf(
  cells: Parameters<typeof outputsOf>[0],
  options: Parameters<typeof outputsOf>[1],
): Promise<CellFailure> {
  return await assertRejects(() => outputsOf(cells, options), CellFailure);
}

kernelTest(
  "execute: an error names the cell and keeps the traceback",
  async (scratch) => {
    const failure = await failureOf([
      "let a = 1;",
      `console.log("before");\nthrow new TypeError("no " + a);`,
      "a;",
    ], { scratch });
    assertEquals([failure.kind, failure.cell.id], ["error", "cell-1"]);
    assertStringIncludes(failure.message, "TypeError: no 1\n    at ");
    assertEquals(textOf(failure.cell.outputs.slice(0, 1)), "before\n");
  },
);

kernelTest("execute: a syntax error is an error of its cell", async (scratch) => {
  const failure = await failureOf(["let a = ;"], { scratch });
  assertEquals([failure.kind, failure.cell.id], ["error", "cell-0"]);
  assertStringIncludes(failure.message, "could not parse the cell");
});

kernelTest("execute: a cell tagged raises-exception may fail", async (scratch) => {
  const raising = codeCell(`throw new Error("asked for");`, {
    metadata: { tags: ["raises-exception"] },
  });
  const [first, second] = await outputsOf([raising, "1"], { scratch });
  assertEquals([textOf(first), textOf(second)], ["asked for", "1"]);
});

for (
  const [how, code, words] of [
    ["Deno.exit", "Deno.exit(3);", "exit status 3"],
    ["SIGKILL", `Deno.kill(Deno.pid, "SIGKILL");`, "killed by SIGKILL"],
    ["a later exit", `setTimeout(() => Deno.exit(4), 50);`, "exit status 4"],
  ]
) {
  kernelTest(`execute: a kernel that ends by ${how} is reported`, async (scratch) => {
    const waiting = "await new Promise((resolve) => setTimeout(resolve, 5000));";
    const failure = await failureOf(["1", `${code}\n${waiting}`], { scratch });
    assertEquals([failure.kind, failure.cell.id], ["kernel", "cell-1"]);
    assertStringIncludes(failure.message, words);
  });
}

kernelTest("execute: a kernel that ends between cells is reported", async (scratch) => {
  const waiting = "await new Promise((resolve) => setTimeout(resolve, 5000));";
  for (const after of [1, 30, 80]) {
    const exit = `setTimeout(() => Deno.exit(5), ${after});`;
    const failure = await failureOf([exit, "1", "2", waiting], { scratch });
    assertEquals(failure.kind, "kernel");
    assertStringIncludes(failure.message, "exit status 5");
  }
});

for (
  const [kind, code] of [
    ["busy", "while (true);"],
    ["waiting", "await new Promise((resolve) => setTimeout(resolve, 60_000));"],
  ]
) {
  kernelTest(`execute: a ${kind} cell hits the time limit`, async (scratch) => {
    const failure = await failureOf([`console.log("begun");`, code], {
      scratch,
      timeoutMs: 1500,
    });
    assertEquals([failure.kind, failure.cell.id], ["timeout", "cell-1"]);
    assertStringIncludes(failure.message, "limit of 1.5 s");
  });
}

kernelTest("execute: an abort signal ends the run and the kernel", async (scratch) => {
  const controller = new AbortController();
  const error = await assertRejects(() =>
    outputsOf(["while (true);"], {
      scratch,
      signal: controller.signal,
      onCell: () => setTimeout(() => controller.abort(), 200),
    })
  );
  assertEquals(error, controller.signal.reason);
});

kernelTest("execute: a kernel that cannot start is reported", async (scratch) => {
  await Deno.writeTextFile(`${scratch}/deno.json`, "{ this is no JSON");
  const error = await assertRejects(
    () => outputsOf(["1"], { scratch, directory: scratch }),
    KernelDeathError,
  );
  assertStringIncludes(error.message, "the kernel ended: exit status 1\n");
  await Deno.remove(`${scratch}/deno.json`);
});

kernelTest("execute: the environment reaches the kernel", async (scratch) => {
  const cells = [`console.log(Deno.env.get("ELBO_TEST_WORD"), Deno.noColor);`];
  const [outputs] = await outputsOf(cells, { scratch, env: { ELBO_TEST_WORD: "hi" } });
  assertEquals(textOf(outputs), "hi true\n");
});
