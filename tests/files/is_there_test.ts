import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { isThere } from "elbo/files";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

Deno.test({
  name: "isThere: a file and a folder are, what is missing is not (needs read, write)",
  ignore: !granted("read", "write"),
  fn: () =>
    withTempDir(async (dir) => {
      await Deno.writeTextFile(join(dir, "a"), "");
      const paths = [dir, join(dir, "a"), join(dir, "b"), join(dir, "b", "c")];
      assertEquals(await Promise.all(paths.map(isThere)), [true, true, false, false]);
    }),
});

Deno.test({
  name: "isThere: what may not be looked at is not taken for missing",
  permissions: "none",
  fn: async () => {
    await assertRejects(() => isThere("runs"), Deno.errors.NotCapable);
  },
});
