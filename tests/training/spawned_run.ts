import { join } from "node:path";
import { openRun } from "elbo/training";
import { command } from "../cli/command.ts";
import { writeImageFolder } from "../helpers/idx.ts";

/** The words behind `train` for a small run of so many epochs. */
export function newRun(
  { dataset, out, epochs }: { dataset: string; out: string; epochs: number },
): string[] {
  const network = ["--hidden", "64,64", "--latent", "4", "--batch", "20"];
  const length = ["--epochs", `${epochs}`, "--seed", "3"];
  return ["--dataset", dataset, ...network, ...length, "--out", out];
}

/** Starts `train` in a process of its own. */
export function spawnTrain(args: readonly string[]): Deno.ChildProcess {
  return command("train", { args }).spawn();
}

/** Starts `train --resume`. */
export function spawnResume(run: string): Deno.ChildProcess {
  return spawnTrain(["--resume", run]);
}

/** Makes a folder of so many training images, and returns its path. */
export async function writeImages(dir: string, numTrain: number): Promise<string> {
  const data = join(dir, "data");
  await Deno.mkdir(data);
  await writeImageFolder(data, { numTrain, numTest: 40, height: 8, width: 8 });
  return data;
}

/** The bytes of a run's weights. */
export async function modelOf(run: string): Promise<Uint8Array> {
  return await Deno.readFile(join(run, "model.safetensors"));
}

/** The metrics of a run without the times, which differ from run to run. */
export async function timelessMetrics(run: string): Promise<unknown[]> {
  const { metrics } = await openRun(run);
  return metrics.map(({ seconds: _1, evalSeconds: _2, ...rest }) => rest);
}

/** The files of a run, its pictures included, that no name is meant for. */
export async function leftovers(folder: string): Promise<string[]> {
  const left: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) left.push(...await leftovers(join(folder, name)));
    else if (name.endsWith(".tmp")) left.push(name);
  }
  return left;
}
