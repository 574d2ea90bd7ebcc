// Results worked out by hand from the published package's rules.
import { assertEquals, assertStrictEquals } from "@std/assert";
import { parseArgs } from "@std/cli";

/** Compares values alone: the published types say more of a result than we count on. */
function same(actual: unknown, expected: unknown): void {
  assertEquals(actual, expected);
}

Deno.test("parseArgs: strings stay strings, other values become numbers", () => {
  same(parseArgs(["--latent", "2", "--beta=0.5"], { string: ["latent"] }), {
    _: [],
    latent: "2",
    beta: 0.5,
  });
  same(parseArgs(["--n", "1e-3", "--m=0x1F", "--k", "1,2"]), {
    _: [],
    n: 1e-3,
    m: 31,
    k: "1,2",
  });
});

Deno.test("parseArgs: positional arguments, numbers among them", () => {
  same(parseArgs(["run", "7", "-"]), { _: ["run", 7, "-"] });
  same(parseArgs(["run", "7"], { string: ["_"] }), { _: ["run", "7"] });
});

Deno.test("parseArgs: a boolean takes no value but true and false", () => {
  const options = { boolean: ["quiet"] } as const;
  same(parseArgs([], options), { _: [], quiet: false });
  same(parseArgs(["--quiet", "run"], options), { _: ["run"], quiet: true });
  same(parseArgs(["--quiet", "false"], options), { _: [], quiet: false });
  same(parseArgs(["--quiet=false"], options), { _: [], quiet: false });
  same(parseArgs(["--quiet=yes"], options), { _: [], quiet: true });
});

Deno.test("parseArgs: an option without its value is empty or true", () => {
  same(parseArgs(["--out"], { string: ["out"] }), { _: [], out: "" });
  same(parseArgs(["--out", "--quiet"], { string: ["out"] }), {
    _: [],
    out: "",
    quiet: true,
  });
});

Deno.test("parseArgs: a negative value becomes a flag of its own", () => {
  same(parseArgs(["--latent", "-1"], { string: ["latent"] }), {
    _: [],
    latent: "",
    "1": true,
  });
  same(parseArgs(["--latent=-1"], { string: ["latent"] }), {
    _: [],
    latent: "-1",
  });
});

Deno.test("parseArgs: --name= is a name of its own", () => {
  same(parseArgs(["--out="], { string: ["out"] }), { _: [], "out=": true });
});

Deno.test("parseArgs: the last value wins, unless collected", () => {
  same(parseArgs(["--x", "1", "--x", "2"], { string: ["x"] }).x, "2");
  const collected = parseArgs(["--x", "a", "--x=b"], { string: ["x"], collect: ["x"] });
  same(collected, { _: [], x: ["a", "b"] });
  same(parseArgs([], { string: ["x"], collect: ["x"] }), { _: [], x: [] });
});

Deno.test("parseArgs: an alias sets every name of its group", () => {
  const options = { boolean: ["help"], alias: { help: "h" } } as const;
  same(parseArgs(["-h"], options), { _: [], help: true, h: true });
  same(parseArgs(["--help"], options), { _: [], help: true, h: true });
  same(parseArgs([], options), { _: [], help: false, h: false });
});

Deno.test("parseArgs: defaults fill what is not given, aliases too", () => {
  const args = parseArgs([], {
    string: ["epochs"],
    alias: { epochs: "e" },
    default: { epochs: "10" },
  });
  same(args, { _: [], epochs: "10", e: "10" });
  const epochs: string = args.epochs;
  assertStrictEquals(epochs, "10");
  const given = parseArgs(["--epochs", "3"], {
    string: ["epochs"],
    default: { epochs: "10" },
  });
  assertStrictEquals(given.epochs, "3");
});

Deno.test("parseArgs: --no-NAME negates only what is negatable", () => {
  const negatable = { boolean: ["report"], negatable: ["report"] } as const;
  same(parseArgs(["--no-report"], negatable), { _: [], report: false });
  same(parseArgs(["--no-report"]), { _: [], "no-report": true });
});

Deno.test("parseArgs: unknown sees what is not defined, and may drop it", () => {
  const seen: unknown[][] = [];
  const args = parseArgs(["--lantent", "3", "-1", "run", "--latent", "2", "-q"], {
    string: ["latent"],
    unknown: (...call) => {
      seen.push(call);
      return false;
    },
  });
  same(args, { _: [], latent: "2" });
  same(seen, [
    ["--lantent", "lantent", "3"],
    ["-1", "1", "run"],
    ["-q", "q", true],
  ]);
});

Deno.test("parseArgs: stopEarly and -- end the options", () => {
  same(parseArgs(["--a", "1", "run", "--b", "2"], { stopEarly: true }), {
    _: ["run", "--b", "2"],
    a: 1,
  });
  same(parseArgs(["--a", "--", "--b", "2"]), { _: ["--b", "2"], a: true });
  same(parseArgs(["x", "--", "--b"], { "--": true }), {
    _: ["x"],
    "--": ["--b"],
  });
});

Deno.test("parseArgs: short flags come alone, together or with a value", () => {
  same(parseArgs(["-abc"]), { _: [], a: true, b: true, c: true });
  same(parseArgs(["-n5"]), { _: [], n: 5 });
  same(parseArgs(["-n", "5"]), { _: [], n: 5 });
  same(parseArgs(["-n=five"]), { _: [], n: "five" });
});
