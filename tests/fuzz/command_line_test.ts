import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { trainCommand, trainRequest } from "../../lib/cli/train_options.ts";
import { parseCommand } from "../../lib/cli/options.ts";
import { command, finish } from "../cli/command.ts";
import { effort } from "../helpers/effort.ts";
import { fc } from "../helpers/fast_check.ts";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { readOrRefuse } from "./refusal.ts";

const numRuns = effort({ short: 500, long: 25_000 });
const numProcesses = effort({ short: 4, long: 200 });

const names = Object.keys(trainCommand.options).map((name) => `--${name}`);
const word = fc.oneof(
  fc.constantFrom(...names, ...names, "--", "-", "--no-such", "-x", "--help="),
  fc.constantFrom(
    "0",
    "-1",
    "1e999",
    "NaN",
    "0x10",
    "1_000",
    "400,",
    ",",
    "",
    " ",
    "\0",
  ),
  fc.constantFrom(
    "mnist",
    "gaussian",
    "vae",
    "pixel",
    "../..",
    "a\nb",
    "😀",
    "=",
    "__proto__",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const line = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: word },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...names), word).map(([a, b]) => `${a}=${b}`),
    },
  ),
  { maxLength: 6 },
);

Deno.test("fuzz: a command line is understood or refused in a sentence", () => {
  let refused = 0;
  fc.assert(
    fc.property(line, (args) => {
      const bad = readOrRefuse(() => {
        const parsed = parseCommand(args, trainCommand);
        if (!("text" in parsed)) trainRequest(parsed);
      });
      if (bad) refused++;
    }),
    { numRuns },
  );
  assertGreater(refused, numRuns / 4);
});

Deno.test({
  name: `fuzz: ${numProcesses} processes end with a sentence and a status ` +
    "(needs read, write and run)",
  ignore: !granted("read", "write", "run"),
  fn: () =>
    withTempDir(async (dir) => {
      const before = await listing(dir);
      const lines = [["--epochs=a\nb\u001b[31m"], ...fc.sample(line, numProcesses - 1)];
      for (const random of lines) {
        // A line that is understood ends at the data set, which is not there.
        const usable = random.filter((word) =>
          !word.includes("\0") && !/^--(dataset|out|resume)/.test(word)
        );
        const args = [...usable, `--dataset=${dir}/none`, `--out=${dir}/run`];
        const permissions = ["--allow-read", `--allow-write=${dir}`];
        const child = command("train", { permissions, args }).spawn();
        const { code, stderr, stdout } = await finish(child);
        const asked = /--(help|version)|-h/.test(args.join(" ")) && code === 0;
        if (asked) continue;
        assert([1, 2].includes(code), `${JSON.stringify(args)}: ${code} ${stdout}`);
        assertMatch(stderr, /^Cannot [^\n]+\n$/, JSON.stringify(args));
      }
      assertEquals(await listing(dir), before, "something was written");
    }),
});

async function listing(dir: string): Promise<string[]> {
  return await Array.fromAsync(Deno.readDir(dir), ({ name }) => name);
}
