import { assert, assertRejects, assertStrictEquals } from "@std/assert";
import { granted } from "./permissions.ts";
import { withTempDir } from "./temp_dir.ts";

const ignore = !granted("read", "write");

Deno.test({
  name: "withTempDir: a folder to write in, gone afterwards (needs read, write)",
  ignore,
  fn: async () => {
    const dir = await withTempDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/a`, "1");
      return dir;
    });
    await assertRejects(() => Deno.stat(dir), Deno.errors.NotFound);
  },
});

Deno.test({
  name: "withTempDir: gone after an error too (needs read, write)",
  ignore,
  fn: async () => {
    let seen = "";
    const error = await assertRejects(() =>
      withTempDir((dir) => {
        seen = dir;
        throw new Error("on purpose");
      }), Error);
    assertStrictEquals(error.message, "on purpose");
    assert(seen.length > 0);
    await assertRejects(() => Deno.stat(seen), Deno.errors.NotFound);
  },
});
