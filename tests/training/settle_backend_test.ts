import { assertEquals, assertMatch } from "@std/assert";
import { chooseBackend } from "elbo/backend";
import { type EngineName, settleBackend } from "../../lib/training/engine.ts";
import { granted } from "../helpers/permissions.ts";

Deno.test({
  name: "settleBackend: auto becomes the backend that runs, and says which (reads)",
  ignore: !granted("read"),
  fn: async () => {
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    const wish = { engine: "tfjs", backend: "auto" } as const;
    const name = await settleBackend(wish, { onNote });
    assertEquals(name, (await chooseBackend("auto")).name);
    assertEquals(notes.length, 1);
    assertMatch(notes[0], new RegExp(`^Backend ${name}, .*\\.$`));
  },
});

Deno.test("settleBackend: a name stays, and without tfjs there is none to name", async () => {
  const onNote = (note: string) => {
    throw new Error(`nothing to say: ${note}`);
  };
  const settle = (engine: EngineName, backend: "auto" | "cpu") =>
    settleBackend({ engine, backend }, { onNote });
  assertEquals(await settle("tfjs", "cpu"), "cpu");
  assertEquals(await settle("simd", "auto"), "auto");
  assertEquals(await settle("simd-relaxed", "auto"), "auto");
});
