import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";

import { describeFailure, runMain, UsageError } from "../../lib/cli/errors.ts";
import { defineCommand, parseCommand } from "../../lib/cli/options.ts";

const command = defineCommand({
  name: "deno task bake",
  act: "bake",
  summary: "Bakes a cake.",
  positionals: ["TIN"],
  options: {
    latent: { kind: "integer", default: 20, min: 1, help: "Size." },
    "learning-rate": { kind: "number", default: 1e-3, above: 0, help: "Rate." },
    hidden: { kind: "integers", default: [400], min: 1, help: "Sizes." },
    shape: { kind: "choice", choices: ["round", "square"], help: "Shape." },
    out: { kind: "string", placeholder: "FILE", help: "Where to." },
    quiet: { kind: "flag", help: "Say little." },
  },
});

function parse(...args: string[]) {
  const parsed = parseCommand(["tin", ...args], command);
  assert(!("text" in parsed));
  return parsed;
}

function refusal(...args: string[]): string {
  return assertThrows(() => parseCommand(args, command), UsageError).message;
}

Deno.test("parseCommand: gives typed values, defaults and what was typed", () => {
  assertEquals(parse(), {
    values: {
      latent: 20,
      learningRate: 1e-3,
      hidden: [400],
      shape: undefined,
      out: undefined,
      quiet: false,
    },
    given: [],
    positionals: ["tin"],
  });
  const { values, given } = parse(
    ...["--hidden", "200,100", "--quiet", "--shape=square", "--learning-rate", "2e-4"],
  );
  const shape: "round" | "square" | undefined = values.shape;
  assertEquals(shape, "square");
  assertEquals(values.hidden, [200, 100]);
  assertEquals(values.learningRate, 2e-4);
  assertEquals(values.quiet, true);
  assertEquals(given.toSorted(), ["hidden", "learning-rate", "quiet", "shape"]);
});

Deno.test("parseCommand: a value keeps its spaces, equals signs and digits", () => {
  assertEquals(parse("--out", "a b=c").values.out, "a b=c");
  assertEquals(parse("--out=a=b").values.out, "a=b");
  assertEquals(parse("--out", "007").values.out, "007");
  assertEquals(parse("--out=--quiet").values.out, "--quiet");
});

Deno.test("parseCommand: positional arguments are counted, also behind --", () => {
  assertEquals(parseCommand(["--quiet", "--", "--x"], command), {
    ...parse("--quiet"),
    positionals: ["--x"],
  });
  assertEquals(parse("--quiet").values.quiet, true);
  assertEquals(
    refusal("--quiet"),
    "Cannot bake as TIN must be given: the command is deno task bake TIN",
  );
  // parseArgs alone would read this word as the value of the flag.
  assertStringIncludes(refusal("tin", "--quiet", "true"), '"true" is one too many');
});

const refused: [string, string[], string][] = [
  ["an abbreviation", ["tin", "--lr=3"], "the nearest is --learning-rate"],
  ["half a name", ["tin", "--learn=3"], "the nearest is --learning-rate"],
  ["no name", ["tin", "--=3"], "-- is not; the nearest is --"],
  [
    "an unknown option, with the nearest name",
    ["tin", "--lattent", "3"],
    "Cannot bake as every option must be one of its own: --lattent is not; " +
    "the nearest is --latent, and --help lists them all",
  ],
  ["an inherited property's name", ["tin", "--constructor"], "--constructor is not"],
  ["a single dash", ["tin", "-latent", "3"], "-latent is not; the nearest is --latent"],
  [
    "a number out of range",
    ["tin", "--latent", "0"],
    'Cannot bake as --latent must be a whole number of at least 1: it is "0"',
  ],
  ["a negative number", ["tin", "--latent", "-1"], 'of at least 1: it is "-1"'],
  ["a negative fraction", ["tin", "--latent", "-.5"], 'of at least 1: it is "-.5"'],
  ["a fraction for a whole number", ["tin", "--latent=2.5"], 'it is "2.5"'],
  ["a word for a number", ["tin", "--latent=many"], 'it is "many"'],
  ["hexadecimal", ["tin", "--latent=0x10"], 'it is "0x10"'],
  ["a number past float64", ["tin", "--learning-rate=1e999"], 'it is "1e999"'],
  ["the limit itself where it is left out", ["tin", "--learning-rate=0"], "above 0"],
  ["an empty item of a list", ["tin", "--hidden=200,"], 'it is "200,"'],
  ["a bad item of a list", ["tin", "--hidden=200,0"], "with commas between them"],
  [
    "an unknown choice",
    ["tin", "--shape", "rond"],
    "Cannot bake as --shape must be one of round, square: " +
    'it is "rond"; the nearest is round',
  ],
  [
    "a missing value at the end",
    ["tin", "--latent"],
    "--latent must be given a whole number of at least 1: nothing follows it",
  ],
  [
    "a missing value before an option",
    ["tin", "--out", "--quiet"],
    "--out must be given a value: the option --quiet follows it",
  ],
  ["an empty value", ["tin", "--out="], "nothing follows it"],
  [
    "a value for a flag",
    ["tin", "--quiet=no"],
    "--quiet must stand alone: it is given",
  ],
  [
    "a repeated option",
    ["tin", "--latent", "2", "--latent=3"],
    "Cannot bake as --latent must be given once: it is given 2 times",
  ],
  ["a repeated flag", ["tin", "--quiet", "--quiet"], "--quiet must be given once"],
  [
    "one argument too many",
    ["tin", "pan"],
    'Cannot bake as its arguments must be TIN and options: "pan" is one too many',
  ],
];

for (const [what, args, message] of refused) {
  Deno.test(`parseCommand: refuses ${what}`, () => {
    assertStringIncludes(refusal(...args), message);
  });
}

Deno.test("parseCommand: --help shows every option with its default", () => {
  const parsed = parseCommand(["--lattent", "-h"], command);
  assert("text" in parsed);
  for (const name of Object.keys(command.options)) {
    assertStringIncludes(parsed.text, `--${name}`);
  }
  assertStringIncludes(parsed.text, "Usage: deno task bake TIN [options]");
  assertStringIncludes(parsed.text, "--shape round|square");
  assertStringIncludes(parsed.text, "Rate. Default: 0.001.");
  assert(parsed.text.split("\n").every((line) => line.length <= 88));
});

Deno.test("parseCommand: --help behind -- is an argument", () => {
  const parsed = parseCommand(["--", "--help"], command);
  assert(!("text" in parsed));
  assertEquals(parsed.positionals, ["--help"]);
});

Deno.test("parseCommand: --version tells elbo, Deno and tfjs", () => {
  const parsed = parseCommand(["--version"], command);
  assert("text" in parsed);
  assertStringIncludes(parsed.text, `deno ${Deno.version.deno}`);
});

Deno.test("describeFailure: expected errors show no stack, bugs do", () => {
  assertEquals(describeFailure(new UsageError("Cannot x")), {
    status: 2,
    message: "Cannot x",
  });
  const expected = new RangeError("Cannot read a.idx as it must be whole: it is cut");
  assertEquals(describeFailure(expected), { status: 1, message: expected.message });
  const bug = describeFailure(
    new TypeError("Cannot read properties of undefined (reading 'x')"),
  );
  assertEquals(bug.status, 1);
  assertStringIncludes(bug.message, "options_test.ts");
  assertStringIncludes(bug.message, "bug in elbo");
});

Deno.test("describeFailure: a rule about an option has the command line's status", () => {
  const message = "Cannot split it as --limit must be at most 9: it is 10";
  assertEquals(describeFailure(new RangeError(message)), { status: 2, message });
});

Deno.test("describeFailure: what the file system refuses is no bug, however it is told", () => {
  const errors = [
    new Deno.errors.NotADirectory("Not a directory (os error 20): readdir 'a\nb'"),
    Object.assign(new Error("No space left on device"), { code: "ENOSPC" }),
    // Deno gives this one a number only; Windows has others.
    ...Deno.build.os === "windows" ? [] : [new Error("File too large (os error 27)")],
  ];
  for (const error of errors) {
    const { status, message } = describeFailure(error);
    assertEquals(status, 1);
    assertStringIncludes(message, "Cannot go on as the file system must allow it: ");
    assert(!message.includes("\n"), message);
  }
});

Deno.test("describeFailure: what a message quotes cannot break its line", () => {
  const error = new UsageError(
    "Cannot read a\nb\u001b[2J as it must be one: it is two",
  );
  assertEquals(
    describeFailure(error).message,
    "Cannot read a\\nb\\u001b[2J as it must be one: it is two",
  );
});

Deno.test("describeFailure: numbers that do not fit into memory are no bug", () => {
  const error = assertThrows(() => new Float32Array(2 ** 45), RangeError);
  const { status, message } = describeFailure(error);
  assertEquals(status, 1);
  assertStringIncludes(message, "must fit into memory");
  assert(!message.includes("\n"));
});

Deno.test("describeFailure: a missing permission comes with its remedy", () => {
  const error = new Deno.errors.NotCapable(
    'Requires write access to "/x", run again with the --allow-write flag',
  );
  assertEquals(
    describeFailure(error).message,
    "Cannot go on as this process must hold a permission: " +
      'Requires write access to "/x"; start it through its deno task, ' +
      "or add --allow-write",
  );
});

Deno.test("runMain: the status is what main returns, nothing means 0", async () => {
  assertEquals(await runMain(() => {}), 0);
  assertEquals(await runMain(() => Promise.resolve(130)), 130);
});
