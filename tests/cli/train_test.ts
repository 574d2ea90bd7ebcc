import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { sha256 } from "elbo/files";
import { type MetricsRecord, openRun, resumeRun, trainRun } from "elbo/training";
import { parseCommand } from "../../lib/cli/options.ts";
import { trainCommand, trainRequest } from "../../lib/cli/train_options.ts";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { command, finish } from "./command.ts";

/** Needs a process and a folder: ignored where they are not allowed. */
function processTest(
  name: string,
  body: (dir: string) => Promise<void>,
  { ignore = false } = {},
): void {
  Deno.test({
    name,
    ignore: ignore || !granted("read", "write", "run"),
    fn: () => withTempDir(body),
  });
}

function spawn(args: readonly string[]): Deno.ChildProcess {
  return command("train", { args }).spawn();
}

const run = (...args: string[]) => finish(spawn(args));

/** The same run in this process, without figures: a reference at less cost. */
async function trainHere(out: string, args: string[]): Promise<void> {
  const line = parseCommand(args, trainCommand);
  assert(!("text" in line));
  const request = trainRequest(line);
  assert(request.kind === "new");
  const { step } = await trainRun(request.options, { out });
  step.dispose();
}

async function resumeHere(path: string, epochs?: number): Promise<void> {
  const { step } = await resumeRun(path, { epochs });
  step.dispose();
}

/** Images of six by five pixels with a bright stripe that moves with the label. */
async function writeDataset(dir: string, { train = 200 } = {}): Promise<string> {
  const [height, width] = [6, 5];
  const path = join(dir, "data");
  await Deno.mkdir(path);
  const write = async (prefix: string, count: number) => {
    const images = new Uint8Array(16 + count * height * width);
    new DataView(images.buffer).setUint32(0, 0x803);
    [count, height, width].forEach((size, i) =>
      new DataView(images.buffer).setUint32(4 + 4 * i, size)
    );
    const labels = new Uint8Array(8 + count);
    new DataView(labels.buffer).setUint32(0, 0x801);
    new DataView(labels.buffer).setUint32(4, count);
    for (let i = 0; i < count; i++) {
      labels[8 + i] = i % height;
      const row = 16 + i * height * width + (i % height) * width;
      images.fill(200 + i % 50, row, row + width);
    }
    await Deno.writeFile(join(path, `${prefix}-images-idx3-ubyte`), images);
    await Deno.writeFile(join(path, `${prefix}-labels-idx1-ubyte`), labels);
  };
  await write("train", train);
  await write("t10k", 60);
  return path;
}

const small = ["--hidden", "8", "--latent", "2", "--batch", "16"];

async function modelHash(run: string): Promise<string> {
  return await sha256(await Deno.readFile(join(run, "model.safetensors")));
}

async function timelessMetrics(run: string) {
  return (await openRun(run)).metrics.map(
    ({ seconds: _, evalSeconds: __, ...rest }: MetricsRecord) => rest,
  );
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).toSorted();
}

processTest("train: a run, its words, and --resume to the same model", async (dir) => {
  const data = ["--dataset", await writeDataset(dir), ...small];
  const [whole, halves] = [join(dir, "whole"), join(dir, "my halves")];

  const first = await run(...data, "--epochs", "4", "--out", whole);
  assertEquals(first.code, 0, first.stderr);
  const lines = first.stderr.trimEnd().split("\n");
  assertStringIncludes(lines[0], "Training a VAE 30-8-2-8-30 on 200 images");
  assertEquals(lines.filter((line) => line.startsWith("epoch ")).length, 4);
  assertMatch(first.stdout, /^test +-ELBO [\d.]+ nats per image = /m);
  assertStringIncludes(first.stdout, join(whole, "report.html"));
  const found = await names(whole);
  for (const name of ["config.json", "figures", "report.html", "model.safetensors"]) {
    assert(found.includes(name), `${name} is missing`);
  }
  const { metrics } = await openRun(whole);
  assert(metrics[3].testElbo! > metrics[0].testElbo!, "it learns nothing");

  await trainHere(halves, [...data, "--epochs", "2"]);
  assertNotEquals(await modelHash(halves), await modelHash(whole));
  const resumed = await run("--resume", halves, "--epochs", "4", "--quiet");
  assertEquals([resumed.code, resumed.stderr], [0, ""]);
  assertEquals(await modelHash(halves), await modelHash(whole));
  assertEquals(await timelessMetrics(halves), await timelessMetrics(whole));

  const again = await run(...data, "--out", whole);
  assertEquals([again.code, again.stdout], [1, ""]);
  assertStringIncludes(again.stderr, `continue that with --resume ${whole}`);
});

/** Waits for a line on stderr, then goes on reading to the end in the background. */
async function readUntil(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  text: string,
): Promise<() => Promise<string>> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let all = "";
  const readOn = async () => {
    const { value, done } = await reader.read();
    all += value ?? "";
    return !done;
  };
  while (!all.includes(text) && await readOn());
  const rest = (async () => {
    while (await readOn());
    return all;
  })();
  return () => rest;
}

processTest(
  "train: Ctrl-C saves and exits with 130; resumed, it ends with the same model",
  async (dir) => {
    const data = await writeDataset(dir, { train: 60 });
    const sizes = ["--hidden", "8", "--latent", "2", "--batch", "1", "--epochs", "30"];
    const options = ["--dataset", data, ...sizes];
    const [whole, stopped] = [join(dir, "whole"), join(dir, "it's stopped")];
    await trainHere(whole, options);

    const child = spawn([...options, "--out", stopped]);
    const stderr = await readUntil(child.stderr, "epoch 1/");
    child.kill("SIGINT");
    const [{ code }, text, stdout] = await Promise.all([
      child.status,
      stderr(),
      new Response(child.stdout).text(),
    ]);
    assertEquals([code, stdout], [130, ""], text);
    const quoted = `'${stopped.replaceAll("'", "'\\''")}'`;
    assertStringIncludes(text, `Resume with: deno task train --resume ${quoted}\n`);
    assertEquals(await names(stopped), [
      ".lock",
      "checkpoint.safetensors",
      "config.json",
      "metrics.jsonl",
      "model.safetensors",
    ]);

    await resumeHere(stopped);
    assertEquals(await modelHash(stopped), await modelHash(whole));
    assertEquals(await timelessMetrics(stopped), await timelessMetrics(whole));
  },
  // Windows has no SIGINT to send to another process.
  { ignore: Deno.build.os === "windows" },
);

processTest("train: a killed run leaves files that --resume can use", async (dir) => {
  const data = ["--dataset", await writeDataset(dir), ...small];
  const [whole, killed] = [join(dir, "whole"), join(dir, "killed")];
  const child = spawn([...data, "--epochs", "9999", "--out", killed]);
  const stderr = await readUntil(child.stderr, "epoch 3/");
  child.kill("SIGKILL");
  await Promise.all([child.status, stderr(), child.stdout.cancel()]);
  const { metrics } = await openRun(killed);
  const epochs = metrics.length + 1;
  await resumeHere(killed, epochs);
  await trainHere(whole, [...data, "--epochs", String(epochs)]);
  assertEquals(await modelHash(killed), await modelHash(whole));
});

processTest("train: refuses in one sentence, with status 2 or 1", async (dir) => {
  const data = await writeDataset(dir);
  const file = join(dir, "file");
  await Deno.writeTextFile(file, "");
  const cases: [string[], number, string][] = [
    [["--epoch", "3"], 2, "the nearest is --epochs"],
    [["--latent", "-1"], 2, 'it is "-1"'],
    [["--dataset", join(dir, "none")], 1, "check the name"],
    [["--dataset", data, "--limit", "201"], 2, "--limit must be a whole number from 1"],
    [["--dataset", data, "--out", data], 1, "choose another folder with --out"],
    [["--dataset", data, "--out", join(file, "run")], 1, "Cannot write"],
    [["--dataset", data, "--out", file], 1, "must be a folder: it is a file"],
    [["--resume", dir], 1, "there is no config.json in it"],
  ];
  const results = await Promise.all(cases.map(([args]) => run(...args)));
  for (const [i, { code, stdout, stderr }] of results.entries()) {
    const [args, status, message] = cases[i];
    assertEquals([code, stdout], [status, ""], `${args}: ${stderr}`);
    assertStringIncludes(stderr, message);
    assertMatch(stderr, /^Cannot [^\n]+ as [^\n]+ must [^\n]+\n$/);
  }
  assertEquals(await names(dir), ["data", "file"]);
});

processTest(
  "train: refuses a folder that may not be written",
  async (dir) => {
    const data = await writeDataset(dir);
    const locked = join(dir, "locked");
    await Deno.mkdir(locked, { mode: 0o500 });
    for (const out of [locked, join(locked, "run")]) {
      const { code, stderr } = await run("--dataset", data, "--out", out);
      assertEquals(code, 1);
      assertMatch(stderr, /^Cannot write [^\n]+ must have the right[^\n]+\n$/m);
    }
    assertEquals(await names(locked), []);
  },
  // The superuser may write everywhere.
  { ignore: Deno.build.os === "windows" || isSuperuser() },
);

processTest(
  "train: a rate that diverges stops with step, batch and remedy",
  async (dir) => {
    const data = ["--dataset", await writeDataset(dir), ...small];
    const out = join(dir, "run");
    const { code, stderr } = await run(
      ...[...data, "--learning-rate", "1e30", "--epochs", "3", "--out", out],
    );
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /the objective must be finite: it is (NaN|-?Infinity) at step \d+/,
    );
    assertMatch(stderr, /epoch 1, batch \d+ of 13/);
    assertStringIncludes(stderr, "--learning-rate below 1e+30");
  },
);

for (
  const [what, args] of [
    ["a Gaussian decoder", ["--likelihood", "gaussian", "--variance", "shared"]],
    ["an autoencoder with a validation set", [
      ...["--model", "autoencoder", "--validation", "20"],
    ]],
  ] as const
) {
  processTest(`train: ${what}, end to end`, async (dir) => {
    const data = ["--dataset", await writeDataset(dir), ...small];
    const out = join(dir, "run");
    const { code, stdout, stderr } = await run(
      ...[...data, ...args, "--epochs", "2", "--out", out],
    );
    assertEquals(code, 0, stderr);
    const { metrics } = await openRun(out);
    const last = metrics[1];
    assert(last.testExpectedLogLikelihood > metrics[0].testExpectedLogLikelihood);
    const isVae = !args.includes("autoencoder" as never);
    assertEquals(last.testElbo === null, !isVae);
    assertEquals(last.validationExpectedLogLikelihood !== undefined, !isVae);
    assertStringIncludes(stdout, isVae ? "-ELBO" : "held out -ln p(x|z)");
  });
}

Deno.test({
  name: "train: --help and --version need no permission",
  ignore: !granted("run", "read"),
  fn: async () => {
    for (const [flag, text] of [["--help", "Usage:"], ["--version", "elbo "]]) {
      const { code, stdout } = await finish(command("train", { args: [flag] }).spawn());
      assertEquals(code, 0);
      assertStringIncludes(stdout, text);
    }
  },
});

function isSuperuser(): boolean {
  if (!granted("run")) return true;
  const { stdout } = new Deno.Command("id", { args: ["-u"] }).outputSync();
  return new TextDecoder().decode(stdout).trim() === "0";
}
