import { assert, assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openRun, resumeRun } from "elbo/training";
import { finish, grantsOf } from "../cli/command.ts";
import { granted, ROOT } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import {
  leftovers,
  modelOf,
  newRun,
  spawnTrain,
  timelessMetrics,
  writeImages,
} from "./spawned_run.ts";

const mayRun = granted("read", "write", "run");
const EPOCHS = 3;

/** Whether the system lets this user do something, which a command tries. */
function can(program: string, args: readonly string[]): boolean {
  if (!mayRun) return false;
  const quiet = { stdout: "null", stderr: "null" } as const;
  try {
    return new Deno.Command(program, { args: [...args], ...quiet }).outputSync()
      .success;
  } catch {
    return false; // There is no such program here.
  }
}

// A mount in a namespace of its own is gone with its process, however that ends.
const canMount = can("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]);
const BARE = ["--bounding-set=-all", "--inh-caps=-all"];
const canBeBare = can("setpriv", [...BARE, "true"]);
const canLimit = Deno.build.os !== "windows" && can("sh", ["-c", "ulimit -f 100"]);

/** Runs `train`, with its task's permissions, behind a line of the shell. */
function shell(before: string, { args, after = "" }: {
  args: readonly string[];
  after?: string;
}) {
  const script = fileURLToPath(new URL("lib/cli/train.ts", ROOT));
  const deno = ["run", "--frozen", "--no-prompt", ...grantsOf("train"), script];
  // The shell knows the words by their numbers: nothing has to be quoted.
  const line = `${before}; "$@"; status=$?; ${after || ":"}; exit $status`;
  return {
    args: ["-c", line, "sh", Deno.execPath(), ...deno, ...args],
    cwd: fileURLToPath(ROOT),
    env: { NO_COLOR: "1" },
    ...{ stdin: "null", stdout: "piped", stderr: "piped" } as const,
  };
}

/** The one sentence on stderr about what went wrong; no stack. */
function sentence(stderr: string): string {
  const found = stderr.split("\n").filter((line) => line.startsWith("Cannot "));
  assertEquals(found.length, 1, stderr);
  assert(!stderr.includes("    at "), stderr);
  return found[0];
}

/** With the obstacle gone the run must end as if there had been none. */
async function assertGoesOn(run: string, undisturbed: string): Promise<void> {
  assertEquals(await leftovers(run), []);
  // In this process, without figures: at less cost.
  const { step } = await resumeRun(run);
  step.dispose();
  assertEquals(await modelOf(run), await modelOf(undisturbed));
  assertEquals(await timelessMetrics(run), await timelessMetrics(undisturbed));
}

/** Makes images and the run that nothing disturbs. */
async function prepare(dir: string) {
  const dataset = await writeImages(dir, 600);
  const undisturbed = join(dir, "undisturbed");
  const whole = await finish(
    spawnTrain(newRun({ dataset, out: undisturbed, epochs: EPOCHS })),
  );
  assertEquals(whole.code, 0, whole.stderr);
  return { dataset, undisturbed };
}

Deno.test({
  name: "obstacles: a full disk is told, and loses nothing that was saved " +
    "(needs read, write and run, and mounts a disk)",
  ignore: !canMount,
  fn: () =>
    withTempDir(async (dir) => {
      const { dataset, undisturbed } = await prepare(dir);
      // No room for a line of metrics, for the first checkpoint, the second, the report.
      const cases: [size: string, file: string, saved: number][] = [
        ["4k", "metrics.jsonl", 0],
        ["64k", "checkpoint.safetensors", 0],
        ["400k", "checkpoint.safetensors", 1],
        ["540k", "report.html", EPOCHS],
      ];
      for (const [size, file, saved] of cases) {
        const [disk, kept] = [join(dir, `disk_${size}`), join(dir, `kept_${size}`)];
        await Deno.mkdir(disk);
        const out = join(disk, "run");
        const { args, ...options } = shell(
          `mount -t tmpfs -o size=${size} none ${disk} || exit 99`,
          {
            args: newRun({ dataset, out, epochs: EPOCHS }),
            // The namespace takes the disk with it.
            after: `cp -R ${out} ${kept}`,
          },
        );
        const child = new Deno.Command("unshare", {
          args: ["--mount", "sh", ...args],
          ...options,
        }).spawn();
        const { code, stderr } = await finish(child);
        assertEquals(code, 1, stderr);
        assertEquals(
          sentence(stderr),
          `Cannot write ${join(out, file)} as the disk must have room for it: it is ` +
            "full; free some",
        );
        const { metrics } = await openRun(kept);
        assertGreaterOrEqual(metrics.length, saved, size);
        await assertGoesOn(kept, undisturbed);
      }
    }),
});

Deno.test({
  name: "obstacles: a limit on the size of files is told, and loses nothing " +
    "(needs read, write and run)",
  ignore: !canLimit,
  fn: () =>
    withTempDir(async (dir) => {
      const { dataset, undisturbed } = await prepare(dir);
      const run = join(dir, "run");
      // Without the trap the system would end the process. 100 blocks are 50 or 100 KB:
      // a model has 71 KB, a checkpoint 214.
      const limited = shell("trap '' XFSZ; ulimit -f 100", {
        args: newRun({ dataset, out: run, epochs: EPOCHS }),
      });
      const { code, stderr } = await finish(new Deno.Command("sh", limited).spawn());
      assertEquals(code, 1, stderr);
      assertMatch(
        sentence(stderr),
        /^Cannot write \S+checkpoint\.safetensors as a file must be allowed to grow so large/,
      );
      await assertGoesOn(run, undisturbed);
    }),
});

Deno.test({
  name: "obstacles: a folder that may not be written is told, and left as it was " +
    "(needs read, write and run, and takes the power of root away)",
  ignore: !canBeBare,
  fn: () =>
    withTempDir(async (dir) => {
      const dataset = await writeImages(dir, 60);
      const locked = join(dir, "locked");
      await Deno.mkdir(locked, { mode: 0o500 });
      for (const out of [locked, join(locked, "run")]) {
        const { args, ...options } = shell(":", {
          args: newRun({ dataset, out, epochs: EPOCHS }),
        });
        const child = new Deno.Command("setpriv", {
          args: [...BARE, "sh", ...args],
          ...options,
        }).spawn();
        const { code, stderr } = await finish(child);
        assertEquals(code, 1, stderr);
        assertEquals(
          sentence(stderr),
          `Cannot write ${out} as you must have the right to write it: the system ` +
            "denies it; choose a folder of yours",
        );
        assertEquals(await Array.fromAsync(Deno.readDir(locked)), []);
      }
    }),
});

Deno.test({
  name: "obstacles: a disk that is read-only is told " +
    "(needs read, write and run, and mounts a disk)",
  ignore: !canMount,
  fn: () =>
    withTempDir(async (dir) => {
      const dataset = await writeImages(dir, 60);
      const disk = join(dir, "disk");
      await Deno.mkdir(disk);
      const out = join(disk, "run");
      const { args, ...options } = shell(
        `mount -t tmpfs -o ro none ${disk} || exit 99`,
        { args: newRun({ dataset, out, epochs: EPOCHS }) },
      );
      const child = new Deno.Command("unshare", {
        args: ["--mount", "sh", ...args],
        ...options,
      }).spawn();
      const { code, stderr } = await finish(child);
      assertEquals(code, 1, stderr);
      assertEquals(
        sentence(stderr),
        `Cannot write ${out} as its disk must be writable: it is read-only; choose ` +
          "another folder",
      );
    }),
});

Deno.test({
  name:
    "obstacles: a folder that is moved under a training is told, and goes on there " +
    "(needs read, write and run)",
  // Windows moves no folder that is in use.
  ignore: !mayRun || Deno.build.os === "windows",
  fn: () =>
    withTempDir(async (dir) => {
      const dataset = await writeImages(dir, 3000);
      const [here, there] = [join(dir, "here"), join(dir, "there")];
      const output = finish(spawnTrain(newRun({ dataset, out: here, epochs: 99_999 })));
      await untilThere(join(here, "checkpoint.safetensors"));
      await Deno.rename(here, there);
      const { code, stderr } = await output;
      assertEquals(code, 1, stderr);
      assertMatch(sentence(stderr), /^Cannot write \S+ as its folder must exist: /);
      assertEquals(await isThere(here), false);
      await assertWhole(there, dataset);
    }),
});

Deno.test({
  name: "obstacles: SIGTERM stops after the step under way and saves " +
    "(needs read, write and run)",
  // Windows has no such signal.
  ignore: !mayRun || Deno.build.os === "windows",
  fn: () =>
    withTempDir(async (dir) => {
      const dataset = await writeImages(dir, 3000);
      const stopped = join(dir, "stopped");
      // Too long to end by itself before the signal comes.
      const child = spawnTrain(newRun({ dataset, out: stopped, epochs: 99_999 }));
      const output = finish(child);
      await untilThere(join(stopped, "checkpoint.safetensors"));
      child.kill("SIGTERM");
      const { code, stderr } = await output;
      assertEquals(code, 143, stderr);
      assertMatch(stderr, /^Stopping after this step; SIGTERM again ends at once\.$/m);
      assertMatch(stderr, /^Stopped and saved\. Resume with: .+ --resume .+$/m);
      assertEquals(await leftovers(stopped), []);
      await assertWhole(stopped, dataset);
    }),
});

/** The run, with one epoch more than it has, is what it had been without a stop. */
async function assertWhole(run: string, dataset: string): Promise<void> {
  const epochs = (await openRun(run)).metrics.length + 1;
  const { step } = await resumeRun(run, { epochs });
  step.dispose();
  const whole = `${run}_whole`;
  const { code, stderr } = await finish(
    spawnTrain(newRun({ dataset, out: whole, epochs })),
  );
  assertEquals(code, 0, stderr);
  assertEquals(await leftovers(run), []);
  assertEquals(await modelOf(run), await modelOf(whole));
  assertEquals(await timelessMetrics(run), await timelessMetrics(whole));
}

async function untilThere(path: string): Promise<void> {
  while (!await isThere(path)) await new Promise((done) => setTimeout(done, 20));
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
