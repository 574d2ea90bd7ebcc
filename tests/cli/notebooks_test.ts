import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { parseNotebook, stringifyNotebook } from "../../lib/notebooks/mod.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { canStartKernels, notebookOf } from "../notebooks/cells.ts";
import { command, finish } from "./command.ts";

// As the task grants them, so that a permission too few shows here.
const permissions = [
  "--allow-read",
  "--allow-write",
  `--allow-run=${canStartKernels ? Deno.execPath() : "deno"}`,
  "--allow-net=127.0.0.1",
];

function cliTest(name: string, body: (dir: string) => Promise<void>): void {
  Deno.test({ name, ignore: !canStartKernels, fn: () => withTempDir(body) });
}

function spawn(args: readonly string[]): Deno.ChildProcess {
  return command("notebooks", { permissions, args }).spawn();
}

const run = (...args: string[]) => finish(spawn(args));

/** Writes a notebook of these code cells, and a configuration that lets it be linted. */
async function writeNotebook(
  dir: string,
  cells: string[],
  name = "a",
): Promise<string> {
  const path = join(dir, `${name}.ipynb`);
  await Deno.writeTextFile(join(dir, "deno.json"), "{}");
  await Deno.writeTextFile(path, stringifyNotebook(notebookOf(cells)));
  return path;
}

const goodCells = [
  "const half = 0.5123;",
  "console.log(half);\nawait new Promise((resolve) => setTimeout(resolve, 30));",
];

cliTest("notebooks: write is idempotent, then check holds", async (dir) => {
  const path = await writeNotebook(dir, goodCells);
  const written = await run("--write", "--folder", dir);
  assertMatch(written.stdout, /^ok {5}a {2}\d+\.\d s\n1 ok, 0 failed, \d+\.\d s\n$/);
  assertEquals([written.code, written.stderr], [0, ""]);
  const text = await Deno.readTextFile(path);
  assertStringIncludes(text, '"0.5123\\n"');
  assertEquals((await run("--write", "--folder", dir)).code, 0);
  assertEquals(await Deno.readTextFile(path), text);
  assertEquals((await run("--check", "--folder", dir)).code, 0);
});

cliTest("notebooks: check catches a changed number, without writing", async (dir) => {
  const path = await writeNotebook(dir, goodCells);
  await run("--write", "--folder", dir);
  const changed = (await Deno.readTextFile(path)).replace('"0.5123\\n"', '"0.5323\\n"');
  await Deno.writeTextFile(path, changed);
  const { code, stdout } = await run("--check", "--folder", dir);
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    'cell "cell-1": output 1: the number 0.5323 became 0.5123',
  );
  assertEquals(await Deno.readTextFile(path), changed);
});

cliTest("notebooks: check tells types, lint, order and house rules", async (dir) => {
  await writeNotebook(dir, ["const a: string = 1;", "console.error(a);"]);
  const { code, stdout } = await run("--check", "--folder", dir);
  assertEquals(code, 1);
  assertStringIncludes(stdout, 'cell "cell-0": line 1: TS2322');
  assertStringIncludes(stdout, 'cell "cell-0": its stored count is empty');
  assertStringIncludes(stdout, 'cell "cell-1": output 1: it writes to stderr: 1');
  assertStringIncludes(stdout, "0 outputs stored, 1 output now: none -> stderr");
});

cliTest("notebooks: types alone executes nothing; format repairs", async (dir) => {
  const path = await writeNotebook(dir, ["console.log( 'x' )", "Deno.exit(3);"]);
  const before = await run("--types", "--folder", dir);
  assertEquals(before.code, 1);
  assertStringIncludes(before.stdout, 'cell "cell-0": it is not formatted');
  assertEquals((await run("--format", "--folder", dir)).code, 0);
  const notebook = parseNotebook(await Deno.readTextFile(path), { source: path });
  assertEquals(notebook.cells[0].source, 'console.log("x");');
  assertEquals((await run("--types", "--folder", dir)).code, 0);
});

cliTest("notebooks: a failing cell is shown with source and traceback", async (dir) => {
  const cells = [
    "1;",
    'console.log("so far");\nthrow new RangeError("too far");',
    "2;",
  ];
  const path = await writeNotebook(dir, cells, "01_bad");
  const stored = await Deno.readTextFile(path);
  await writeNotebook(dir, goodCells, "02_good");
  const { code, stdout } = await run("--write", "--folder", dir);
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    `
    cell "cell-1" (2 of 3) threw an error:
    1 | console.log("so far");
    2 | throw new RangeError("too far");
    it had printed:
    so far
    RangeError: too far
        at `,
  );
  assertMatch(stdout, /^FAILED 01_bad.*^ok {5}02_good.*^1 ok, 1 failed/ms);
  assertEquals(await Deno.readTextFile(path), stored);
});

cliTest(
  "notebooks: a dead kernel and a slow cell are reported as such",
  async (dir) => {
    await writeNotebook(dir, ["1;", "Deno.exit(7);"], "dead");
    await writeNotebook(dir, ["while (true);"], "slow");
    const { code, stdout } = await run("--folder", dir, "--timeout", "1.5");
    assertEquals(code, 1);
    assertStringIncludes(stdout, 'cell "cell-1" (2 of 2) ended the kernel:');
    assertStringIncludes(stdout, "the kernel ended: exit status 7");
    assertStringIncludes(stdout, 'cell "cell-0" (1 of 1) took too long:');
    assertStringIncludes(stdout, "longer than its limit of 1.5 s");
  },
);

cliTest("notebooks: --only chooses, --html writes pages", async (dir) => {
  await writeNotebook(dir, goodCells, "01_one");
  await writeNotebook(dir, ["throw 1;"], "02_two");
  const pages = join(dir, "site", "pages");
  const { code, stdout } = await run("--folder", dir, "--only", "01", "--html", pages);
  assertEquals([code, stdout.includes("02_two")], [0, false]);
  const names = (await Array.fromAsync(Deno.readDir(pages))).map(({ name }) => name);
  assertEquals(names, ["01_one.html"]);
  assertStringIncludes(await Deno.readTextFile(join(pages, "01_one.html")), "0.5123");
});

cliTest(
  "notebooks: --write with --html shows the source that it stores",
  async (dir) => {
    await writeNotebook(dir, ["const half  =  0.5;"]);
    assertEquals((await run("--folder", dir, "--write", "--html", dir)).code, 0);
    const page = await Deno.readTextFile(join(dir, "a.html"));
    assertStringIncludes(page, "</span> half = <span");
  },
);

cliTest("notebooks: --write counts the lines that it stores", async (dir) => {
  const short = Array.from({ length: 13 }, (_, i) => `const a${i} = 1; void a${i};`);
  await writeNotebook(dir, [short.join("\n")]);
  const { code, stdout } = await run("--write", "--folder", dir);
  assertEquals(code, 1);
  assertStringIncludes(stdout, 'cell "cell-0": it has 26 lines, more than 25');
});

cliTest("notebooks: what cannot be asked for ends with status 2", async (dir) => {
  await writeNotebook(dir, ["1;"]);
  const cases: [string[], number, string][] = [
    [["--check", "--write"], 2, "--check and --write are given"],
    [["--types", "--html", dir], 2, "--types and --html are given"],
    [["--chek"], 2, "the nearest is --check"],
    [["--timeout", "0"], 2, "--timeout"],
    [["--folder", dir, "--only", "b"], 2, "none starts with b; there are a.ipynb"],
    [["--folder", join(dir, "none")], 1, "Cannot read"],
  ];
  for (const [args, status, part] of cases) {
    const { code, stderr } = await run(...args);
    assertEquals([code, args.join(" ")], [status, args.join(" ")]);
    assertStringIncludes(stderr, part);
  }
});

cliTest("notebooks: a file that is no notebook is named", async (dir) => {
  await Deno.writeTextFile(join(dir, "a.ipynb"), "{}");
  const { code, stderr } = await run("--folder", dir);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^Cannot read .*a\.ipynb as a notebook must follow nbformat 4\.5: /,
  );
});

cliTest(
  "notebooks: Ctrl-C ends the kernel too and leaves nothing behind",
  async (dir) => {
    const started = join(dir, "started");
    const path = await writeNotebook(dir, [
      `Deno.writeTextFileSync(${JSON.stringify(started)}, String(Deno.pid));`,
      "while (true);",
    ]);
    const stored = await Deno.readTextFile(path);
    const child = spawn(["--write", "--folder", dir]);
    const ended = finish(child);
    while (!await exists(started)) await new Promise((r) => setTimeout(r, 50));
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    assertEquals([code, stderr], [130, "Stopped; nothing more was written.\n"]);
    assertEquals(await Deno.readTextFile(path), stored);
    const kernel = Number(await Deno.readTextFile(started));
    assert(!isRunning(kernel), `the kernel ${kernel} still runs`);
    const names = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
    assertEquals(names.sort(), ["a.ipynb", "deno.json", "started"]);
  },
);

async function exists(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isFile === true;
}

function isRunning(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

cliTest("notebooks: the showcase is as it is stored", async () => {
  const { code, stdout, stderr } = await run(
    "--check",
    "--folder",
    "tests/fixtures/notebooks",
  );
  assertEquals([code, stderr], [0, ""], stdout);
});
