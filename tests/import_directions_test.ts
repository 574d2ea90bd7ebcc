import { assertEquals, assertGreater } from "@std/assert";
import { importsOf, resolveFrom, roomOf } from "./helpers/imports.ts";
import { granted, ROOT } from "./helpers/permissions.ts";

const PURE = [
  "math",
  "distributions",
  "networks",
  "estimators",
  "exact",
  "derivation",
  "files",
  "datasets",
];
const TRAINED = ["simd", "backend", "models", "engine", "training", "evaluation"];
const SHOWN = ["figures", "jupyter", "notebooks"];

/** Which rooms a room may import, besides itself; `""` is the public `lib/mod.ts`. */
const MAY_IMPORT: Record<string, string[]> = {
  math: [],
  files: [],
  distributions: ["math"],
  networks: ["math", "distributions"],
  estimators: ["math", "distributions"],
  exact: ["math", "distributions", "networks", "files"],
  derivation: ["math", "distributions", "networks", "estimators", "exact", "files"],
  datasets: ["math", "files"],
  simd: [],
  backend: ["simd"],
  models: ["backend", "simd", "networks", "math", "distributions", "estimators"],
  engine: ["simd", "networks", "math", "models"],
  training: [
    ...["models", "engine", "estimators", "datasets", "files", "math", "networks"],
    "evaluation",
  ],
  evaluation: ["models", "estimators", "exact", "math", "networks", "distributions"],
  figures: ["math"],
  jupyter: ["figures", "derivation"],
  notebooks: ["math", "files", "figures", "jupyter"],
  cli: [...PURE, ...TRAINED, ...SHOWN],
  "": PURE,
};

/** The version is written once, there. */
const MAY_LIE_OUTSIDE = ["deno.json"];

const MAY_USE_TFJS = ["backend", "models"];

function fault(path: string, specifier: string): string | undefined {
  const from = roomOf(path);
  if (/^elbo(\/|$)/.test(specifier)) return "lib imports lib by relative paths";
  if (/(^|:)@tensorflow\//.test(specifier) && !MAY_USE_TFJS.includes(from)) {
    return `only ${MAY_USE_TFJS.join(" and ")} import tfjs`;
  }
  if (!specifier.startsWith(".")) return;
  const target = resolveFrom(path, specifier);
  if (MAY_LIE_OUTSIDE.includes(target)) return;
  if (!target.startsWith("lib/")) return "lib imports nothing outside lib";
  const to = roomOf(target);
  if (to === from) return;
  if (!MAY_IMPORT[from]) return `the room ${from} is not in this test's table`;
  if (!MAY_IMPORT[from].includes(to)) return `${from || "lib"} may not import ${to}`;
}

/** Every import that runs the wrong way, with the file that has it. */
function faultsOf(sources: ReadonlyMap<string, string>): string[] {
  return [...sources].flatMap(([path, source]) =>
    importsOf(source).flatMap((specifier) => {
      const why = fault(path, specifier);
      return why ? [`${path} imports ${specifier}: ${why}`] : [];
    })
  );
}

async function readLib(folder = "lib"): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      for (const [inner, source] of await readLib(path)) sources.set(inner, source);
    } else if (name.endsWith(".ts")) {
      sources.set(path, await Deno.readTextFile(new URL(path, ROOT)));
    }
  }
  return sources;
}

Deno.test({
  name: "import directions: every file of lib keeps them (needs read)",
  ignore: !granted("read"),
  fn: async () => {
    const sources = await readLib();
    assertEquals(faultsOf(sources), []);
    const numImports = [...sources.values()].flatMap(importsOf).length;
    assertGreater(numImports, sources.size, "the pattern misses imports");
  },
});

Deno.test({
  name: "import directions: every room has its rule (needs read)",
  ignore: !granted("read"),
  fn: async () => {
    const rooms = new Set([...(await readLib()).keys()].map(roomOf));
    assertEquals([...rooms].filter((room) => !(room in MAY_IMPORT)), []);
  },
});

Deno.test("import directions: the rules have no cycle and no way back from cli", () => {
  const settled = new Set<string>();
  for (let before = -1; settled.size > before;) {
    before = settled.size;
    for (const [room, targets] of Object.entries(MAY_IMPORT)) {
      if (targets.every((target) => settled.has(target))) settled.add(room);
    }
  }
  assertEquals(Object.keys(MAY_IMPORT).filter((room) => !settled.has(room)), []);
  assertEquals(Object.values(MAY_IMPORT).flat().includes("cli"), false);
  assertEquals(MAY_IMPORT.exact.includes("estimators"), false);
  assertEquals(MAY_IMPORT.estimators.includes("exact"), false);
});

/** One planted import each, and the part of the complaint it must raise. */
const PLANTED: [string, string, string][] = [
  ["lib/math/a.ts", `import { a } from "../distributions/mod.ts";`, "math may not"],
  ["lib/exact/a.ts", `import { a } from "../estimators/mod.ts";`, "exact may not"],
  ["lib/estimators/a.ts", `export * from "../exact/a.ts";`, "estimators may not"],
  ["lib/models/a.ts", `import type { A } from "../cli/a.ts";`, "may not import cli"],
  ["lib/figures/a.ts", `import * as tf from "@tensorflow/tfjs";`, "import tfjs"],
  ["lib/training/a.ts", `await import("npm:@tensorflow/tfjs");`, "import tfjs"],
  ["lib/exact/a.ts", `import { a } from "elbo/math";`, "relative paths"],
  ["lib/exact/a.ts", `import "elbo";`, "relative paths"],
  ["lib/math/a.ts", `import {\n  a,\n  b,\n} from '../files/mod.ts';`, "math may not"],
  ["lib/mod.ts", `export * from "./models/mod.ts";`, "lib may not import models"],
  ["lib/math/deep/a.ts", `import { a } from "../../files/a.ts";`, "math may not"],
  ["lib/math/a.ts", `import { a } from "../../tests/a.ts";`, "nothing outside lib"],
  ["lib/attic/a.ts", `import { a } from "../math/mod.ts";`, "not in this test's table"],
];

for (const [path, source, part] of PLANTED) {
  Deno.test(`import directions: a planted import is reported: ${path}, ${part}`, () => {
    const faults = faultsOf(new Map([[path, source]]));
    assertEquals(faults.map((fault) => fault.includes(part)), [true]);
  });
}

Deno.test("import directions: comments, own rooms and packages raise nothing", () => {
  const source = `
/**
 * \`\`\`ts
 * import { elbo } from "elbo/estimators";
 * \`\`\`
 */
// import { a } from "../cli/a.ts";
import { zod } from "zod";
import { a } from "./a.ts";
import { b } from "../math/mod.ts";
export { c } from "./deep/c.ts";
`;
  assertEquals(importsOf(source).length, 4);
  assertEquals(faultsOf(new Map([["lib/exact/a.ts", source]])), []);
});
