import { assertEquals, assertStrictEquals } from "@std/assert";
import { granted } from "./permissions.ts";

Deno.test("granted: nothing needed is always granted", () => {
  assertStrictEquals(granted(), true);
});

Deno.test({
  name: "granted: false for what the test run itself took away",
  permissions: "none",
  fn: () => {
    const names = ["read", "write", "run", "env"] as const;
    assertEquals(names.map((name) => granted(name)), [false, false, false, false]);
  },
});

Deno.test({
  name: "granted: the folder of the repository is enough for read (needs read)",
  ignore: !granted("read"),
  permissions: { read: [new URL("../../", import.meta.url)] },
  fn: () => {
    assertStrictEquals(granted("read"), true);
    assertStrictEquals(granted("read", "write"), false);
  },
});
