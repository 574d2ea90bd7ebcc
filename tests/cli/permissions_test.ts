import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { describeFailure } from "../../lib/cli/errors.ts";
import { granted, ROOT } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { command, finish, grantsOf } from "./command.ts";

const ignore = !granted("read", "write", "run");

const PROBE = fileURLToPath(new URL("tests/cli/permission_probe.ts", ROOT));

/** What the probe may do with the grants of a task, here and in a worker. */
async function probe(task: string, inside: string): Promise<Record<string, string>[]> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "--no-prompt", ...grantsOf(task), PROBE, inside],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (stdout.length === 0) throw new Error(decode(stderr));
  return JSON.parse(decode(stdout));
}

const FREE = ["reads the data folder", "writes its run"];

for (const task of ["train", "reproduce"]) {
  Deno.test({
    name: `permissions: ${task} reads its project, writes its runs, and nothing else ` +
      "(starts a process)",
    ignore,
    fn: () =>
      withTempDir(async (dir) => {
        for (const found of await probe(task, dir)) {
          assertEquals(Object.keys(found).length, 12);
          for (const [attempt, outcome] of Object.entries(found)) {
            assertEquals(outcome, FREE.includes(attempt) ? "done" : "refused", attempt);
          }
        }
      }),
  });
}

Deno.test({
  name: "permissions: evaluate writes nothing (starts a process)",
  ignore,
  fn: () =>
    withTempDir(async (dir) => {
      for (const found of await probe("evaluate", dir)) {
        assertEquals(found["reads the data folder"], "done");
        assertEquals(found["writes its run"], "refused");
        assertEquals(found["reads the system"], "refused");
        assertEquals(found["fetches"], "refused");
      }
    }),
});

Deno.test("permissions: whatever loads data may read Debian's Fashion-MNIST", () => {
  for (const task of ["train", "evaluate", "reproduce"]) {
    const [read] = grantsOf(task).filter((flag) => flag.startsWith("--allow-read"));
    assertMatch(read, /,\/usr\/share\/datasets\/fashion-mnist$/, task);
  }
});

Deno.test({
  name:
    "permissions: a folder outside ends a training with the command that grants it " +
    "(starts a process)",
  ignore,
  fn: async () => {
    const args = ["--dataset", "/etc", "--epochs", "1"];
    const { code, stdout, stderr } = await finish(command("train", { args }).spawn());
    assertEquals([code, stdout], [1, ""]);
    assertEquals(
      stderr,
      "Cannot go on as this task must be allowed to read /etc: it is not; answer its " +
        `question on a terminal, or run deno run --frozen ${
          grantsOf("train")[0]
        },/etc ` +
        `${grantsOf("train")[1]} lib/cli/train.ts --dataset /etc --epochs 1\n`,
    );
  },
});

Deno.test("permissions: a folder to write to is granted for both, a file by itself", () => {
  const told = (what: string, path: string, args: string[]) =>
    describeFailure(
      new Deno.errors.NotCapable(
        `Requires ${what} access to "${path}", run again with the --allow-${what} flag`,
      ),
      { task: "deno task train", args },
    ).message;
  const both = told("read", "/a b/run/config.json", ["--resume=/a b/run"]);
  assertStringIncludes(both, "fashion-mnist,'/a b/run' --allow-write=runs,'/a b/run'");
  const single = told("write", "/c/x.png", ["--out", "/other"]);
  assertMatch(single, /fashion-mnist --allow-write=runs,\/c\/x\.png lib/);
});
