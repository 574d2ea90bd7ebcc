import { join } from "node:path";

import { fileError, isTemporary } from "../files/mod.ts";

/** Where a run's pictures lie. */
export const FIGURES = "figures";

/** The file whose lock says that a run is being trained; it stays, empty. */
export const LOCK_FILE = ".lock";

/**
 * Does something while no other process may train the run of this folder.
 *
 * The system lets go of the lock when the process ends, however it ends, so that a
 * killed run can be resumed at once. What a killed process had half written beside its
 * files is taken away. The folder is made if it is not there.
 *
 * @param path The run folder.
 * @param act What to do.
 * @returns What `act` returned.
 * @throws {RangeError} If another process trains there.
 */
export async function holdingRun<Result>(
  path: string,
  act: () => Promise<Result>,
): Promise<Result> {
  using file = await openLock(path);
  if (!await file.tryLock(true)) {
    throw new RangeError(
      `Cannot train in ${path} as one process at a time must do so: another one is ` +
        `at it; wait until it ends, or stop it`,
    );
  }
  await removeLeftovers(path);
  return await act();
}

async function openLock(path: string): Promise<Deno.FsFile> {
  try {
    await Deno.mkdir(path, { recursive: true });
    return await Deno.open(join(path, LOCK_FILE), { create: true, write: true });
  } catch (error) {
    throw fileError(error, { action: "write", path });
  }
}

async function removeLeftovers(path: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (WRITTEN.some((file) => isTemporary(name, file))) {
      await Deno.remove(join(path, name));
    }
    if (isDirectory && name === FIGURES) await removeUnfinished(join(path, name));
  }
}

async function removeUnfinished(figures: string): Promise<void> {
  for await (const { name } of Deno.readDir(figures)) {
    if (isTemporary(name)) await Deno.remove(join(figures, name));
  }
}

/** The files of a run; pictures have a folder to themselves. */
const WRITTEN = [
  "config.json",
  "metrics.jsonl",
  "checkpoint.safetensors",
  "model.safetensors",
  "report.html",
];
