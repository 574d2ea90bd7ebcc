import { basename, join } from "node:path";

import { fileError, isTemporary } from "../files/mod.ts";
import { runFiles } from "./run_files.ts";

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
  const { figures, ...files } = runFiles(path);
  const names = Object.values(files).map((file) => basename(file));
  await removeFrom(path, (found) => names.some((name) => isTemporary(found, name)));
  // Pictures have a folder to themselves.
  await removeFrom(figures, (found) => isTemporary(found));
}

async function removeFrom(
  folder: string,
  isLeft: (name: string) => boolean,
): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (isLeft(name)) await Deno.remove(join(folder, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
