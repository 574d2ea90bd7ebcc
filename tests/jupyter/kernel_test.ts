import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Kernel, type Output, startKernel } from "../../lib/notebooks/mod.ts";
import { OutputCollector } from "../../lib/notebooks/output_collector.ts";
import { FIXTURES, kernelTest, outputsOf, textOf } from "../notebooks/cells.ts";

interface Session {
  readonly kernel: Kernel;
  /** Runs a cell; `updates` are the texts of its display updates. */
  run(code: string): Promise<{ outputs: Output[]; updates: string[] }>;
}

function sessionTest(name: string, body: (session: Session) => Promise<void>): void {
  kernelTest(name, async (scratch) => {
    const kernel = await startKernel({ directory: FIXTURES, scratch });
    const collector = new OutputCollector();
    try {
      await body({
        kernel,
        async run(code) {
          const outputs = collector.beginCell();
          const updates: string[] = [];
          await kernel.execute(code, {
            timeoutMs: 60_000,
            onMessage(message) {
              collector.collect(message);
              if (message.type !== "update_display_data") return;
              const { data } = message.content as { data: Record<string, string> };
              updates.push(data["text/plain"]);
            },
          });
          return { outputs, updates };
        },
      });
    } finally {
      await kernel.shutdown();
    }
  });
}

kernelTest("kernel: figures, tables and Markdown in their forms", async (scratch) => {
  const [, figure, table, markdown] = await outputsOf([
    `import { showFigure, showMarkdown, showTable } from "elbo/jupyter";
     import { encode } from "fast-png";`,
    `const png = encode({ width: 4, height: 2, channels: 1, data: new Uint8Array(8) });
     const spec = { mark: "bar", $schema: "of version 6" };
     await showFigure({ png, alt: "dots", spec, scale: 2 });`,
    `await showTable([{ a: "<b>" }], { caption: "c & d" });`,
    `await showMarkdown("**bold**");`,
  ], { scratch });
  const [shown] = figure;
  assert(shown.output_type === "display_data");
  assertEquals(Object.keys(shown.data).sort(), [
    "application/vnd.vegalite.v5+json",
    "image/png",
    "text/plain",
  ]);
  assertEquals(shown.data["application/vnd.vegalite.v5+json"], {
    mark: "bar",
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
  });
  assertEquals(shown.metadata, { "image/png": { alt: "dots", width: 2, height: 1 } });
  assert("data" in table[0] && "data" in markdown[0]);
  assertStringIncludes(String(table[0].data["text/html"]), "<p>c &amp; d</p>\n<table>");
  assertStringIncludes(String(table[0].data["text/html"]), "&lt;b&gt;</td>");
  assertEquals(markdown[0].data, {
    "text/plain": "**bold**",
    "text/markdown": "**bold**",
  });
});

kernelTest("kernel: streams and displays stay in order", async (scratch) => {
  const [, outputs] = await outputsOf([
    `import { say, showMarkdown } from "elbo/jupyter";`,
    `console.log("1"); await showMarkdown("2"); await say("3"); console.error("4");
     await showMarkdown("5");`,
  ], { scratch });
  assertEquals(outputs.map((output) => textOf([output]).trim()), [
    "1",
    "2",
    "3",
    "4",
    "5",
  ]);
});

sessionTest(
  "kernel: progress changes in place and leaves no time behind",
  async ({ run }) => {
    const startedAt = performance.now();
    const { outputs, updates } = await run(`
    import { progress } from "elbo/jupyter";
    const line = await progress({ total: 20, label: "step" });
    for (let i = 1; i <= 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      await line.update(i, "loss " + i);
    }
    await line.finish();`);
    assertEquals(outputs.length, 1);
    assertMatch(textOf(outputs), /^\[#{30}\] step {2}20 \/ 20 {2}loss 20$/);
    // half a second or more, at ten a second at most, and the last one
    const most = (performance.now() - startedAt) / 100 + 1;
    assert(updates.length >= 4 && updates.length <= most, `${updates.length} updates`);
    assertMatch(updates[0], /\d+ s left$/);
  },
);

sessionTest(
  "kernel: the stop button ends a loop, keeps the state",
  async ({ kernel, run }) => {
    await run(`import { breathe, untilStopped } from "elbo/jupyter"; let steps = 0;`);
    setTimeout(() => kernel.interrupt(), 400);
    const { outputs } = await run(`
    const first = await untilStopped(async (signal) => {
      while (!signal.aborted) { steps++; await breathe(); }
      return "left";
    });
    console.log(first);`);
    assertEquals(textOf(outputs), '{ stopped: true, value: "left" }\n');
    setTimeout(() => kernel.interrupt(), 400);
    const thrown = await run(`
    const second = await untilStopped(async (signal) => {
      while (true) { signal.throwIfAborted(); await breathe(); }
    });
    console.log(second, steps > 10);`);
    assertEquals(textOf(thrown.outputs), "{ stopped: true, value: undefined } true\n");
  },
);

sessionTest("kernel: a loop that only awaits settled promises is not stopped", async (
  { kernel, run },
) => {
  await run(`import { untilStopped } from "elbo/jupyter";`);
  setTimeout(() => kernel.interrupt(), 100);
  const { outputs } = await run(`
    const until = performance.now() + 600;
    const { value } = await untilStopped(async (signal) => {
      while (performance.now() < until) await Promise.resolve();
      return signal.aborted;
    });
    console.log(value);`);
  assertEquals(textOf(outputs), "false\n");
});

sessionTest("kernel: a stop that nobody hears keeps the state and says so", async (
  { kernel, run },
) => {
  await run(`import "elbo/jupyter"; let kept = 42;`);
  setTimeout(() => kernel.interrupt(), 100);
  const { outputs } = await run("await new Promise((r) => setTimeout(r, 2500));");
  assertStringIncludes(textOf(outputs), "Nothing here listens to the stop button");
  assertEquals(textOf((await run("kept")).outputs), "42");
});

sessionTest("kernel: a second stop within five seconds ends the kernel", async (
  { kernel, run },
) => {
  await run(`import "elbo/jupyter";`);
  setTimeout(() => kernel.interrupt(), 100);
  setTimeout(() => kernel.interrupt(), 1500);
  const waiting = run("await new Promise((r) => setTimeout(r, 8000));");
  const error = await waiting.catch((reason: unknown) => reason);
  assertStringIncludes(String(error), "exit status 130");
});

sessionTest(
  "kernel: stray errors are told at once, and the cell goes on",
  async ({ run }) => {
    await run(`import { say } from "elbo/jupyter";`);
    const startedAt = performance.now();
    const { outputs } = await run(`
    setTimeout(() => { throw new Error("in a timer"); }, 10);
    Promise.reject(new TypeError("nobody awaits"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await say("went on");`);
    assertStringIncludes(textOf(outputs), "Error: in a timer");
    assertStringIncludes(textOf(outputs), "TypeError: nobody awaits");
    assertStringIncludes(textOf(outputs), "went on");
    // without the listeners the kernel stalls for half a minute
    assert(performance.now() - startedAt < 15_000);
  },
);

kernelTest("kernel: inCheck is true only under --check", async (scratch) => {
  const cells = [`import { inCheck } from "elbo/jupyter"; console.log(inCheck());`];
  const env = { ELBO_NOTEBOOKS: "check" };
  assertEquals(textOf((await outputsOf(cells, { scratch, env }))[0]), "true\n");
  assertEquals(textOf((await outputsOf(cells, { scratch }))[0]), "false\n");
});
