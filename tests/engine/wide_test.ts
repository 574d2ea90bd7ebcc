import { assert, assertEquals } from "@std/assert";
import { WIDE_FLAGS } from "../../bench/wide.ts";
import { granted, ROOT } from "../helpers/permissions.ts";
import { allBits } from "./all_bits.ts";

Deno.test({
  name: "engine: the same bits with V8's vectors of 256 bits (needs read and run)",
  // The flags are V8's for x86.
  ignore: !granted("read", "run") || Deno.build.arch !== "x86_64",
  fn: async () => {
    // Optimised from the first call on, and with a word on each function.
    const flags = [...WIDE_FLAGS, "--no-liftoff", "--trace-wasm-revectorize"];
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-read", `--v8-flags=${flags}`, "tests/engine/all_bits.ts"],
      cwd: ROOT,
      stderr: "inherit",
      signal: AbortSignal.timeout(120_000),
    }).output();
    assertEquals(code, 0);
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    assertEquals(JSON.parse(lines.pop()!), await allBits());
    // Else this would say nothing of them.
    assert(lines.some((line) => line.includes("PackNode")), "V8 packed nothing");
  },
});
