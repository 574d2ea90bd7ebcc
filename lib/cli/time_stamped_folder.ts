import { join } from "node:path";

import { isThere } from "../files/mod.ts";

/**
 * Names a folder that is not there yet after the local time.
 *
 * @param parent The folder that it will be in.
 * @param options `now`: the time; the present by default.
 * @returns For example `runs/2026-03-01_14-05-09`, with `_2` and so on behind it where
 * that is taken.
 */
export async function timeStampedFolder(
  parent: string,
  { now = new Date() }: { now?: Date } = {},
): Promise<string> {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())];
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two);
  const stem = join(parent, `${day.join("-")}_${time.join("-")}`);
  for (let i = 1;; i++) {
    const path = i === 1 ? stem : `${stem}_${i}`;
    if (!await isThere(path)) return path;
  }
}
