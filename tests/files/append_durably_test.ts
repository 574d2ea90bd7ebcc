import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { appendDurably } from "elbo/files";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

const ignore = !granted("read", "write");

Deno.test({
  name: "appendDurably: adds to what is there (needs read, write)",
  ignore,
  fn: () =>
    withTempDir(async (dir) => {
      const path = join(dir, "metrics.jsonl");
      await appendDurably(path, "one\n");
      await appendDurably(path, "two\n");
      assertEquals(await Deno.readTextFile(path), "one\ntwo\n");
    }),
});

Deno.test({
  name: "appendDurably: says what to do when it cannot (needs read, write)",
  ignore,
  fn: () =>
    withTempDir(async (dir) => {
      const path = join(dir, "missing", "metrics.jsonl");
      const error = await assertRejects(() => appendDurably(path, "one\n"));
      assertEquals(
        String(error),
        `NotFound: Cannot write ${path} as its folder must exist: there is none; ` +
          `make it first`,
      );
    }),
});
