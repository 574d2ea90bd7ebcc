import { assert, assertEquals, assertGreater } from "@std/assert";
import { importsOf, resolveFrom, roomOf } from "../helpers/imports.ts";
import { granted, ROOT } from "../helpers/permissions.ts";

const FOLDER = "lib/derivation";

/** What a witness is made of: its values may come from nowhere else but `math`. */
const WITNESS_FILES = [
  "models/densities.ts",
  "models/faces.ts",
  "models/network_witness.ts",
  "models/parameters.ts",
  "models/witness.ts",
  "models/witness_models.ts",
  "k_sample_bound.ts",
  "once.ts",
];
/** The rooms of the claims. */
const CLAIMED = ["distributions", "estimators", "exact", "networks"];

function read(path: string): string {
  return Deno.readTextFileSync(new URL(`${FOLDER}/${path}`, ROOT));
}

/** The source without its `import type` and `type` names: what is left runs. */
function withoutTypes(source: string): string {
  return source.replace(/import type \{[^}]*\} from "[^"]*";/g, "");
}

/** Faults of one witness file: imports that are neither math nor another witness. */
function faultsOf(path: string, source: string): string[] {
  return importsOf(withoutTypes(source))
    .map((specifier) => resolveFrom(`${FOLDER}/${path}`, specifier))
    .filter((target) =>
      roomOf(target) !== "math" &&
      !WITNESS_FILES.some((file) => target === `${FOLDER}/${file}`)
    );
}

Deno.test({
  name: "witnesses: import math and each other, and nothing of the claims (needs read)",
  ignore: !granted("read"),
  fn: () => {
    for (const file of WITNESS_FILES) {
      assertEquals(faultsOf(file, read(file)), [], file);
    }
  },
});

Deno.test("witnesses: a planted import is reported", () => {
  const planted = `import { normal } from "../../distributions/mod.ts";`;
  assertEquals(faultsOf("models/densities.ts", planted).length, 1);
  const library = `import { libraryFace } from "./library.ts";`;
  assertEquals(faultsOf("models/witness.ts", library).length, 1);
});

/** Names that a source imports, as values, from the rooms of the claims. */
function claimedNames(path: string, source: string): string[] {
  const names: string[] = [];
  for (
    const [, list, specifier] of source.matchAll(/import \{([^}]*)\} from "([^"]*)"/g)
  ) {
    const target = resolveFrom(`${FOLDER}/${path}`, specifier);
    if (!CLAIMED.includes(roomOf(target))) continue;
    for (const name of list.split(",").map((part) => part.trim())) {
      if (name && !name.startsWith("type ")) names.push(name);
    }
  }
  return names;
}

/** The text of every `right` and `target` of a source, and of functions of a witness. */
function witnessTexts(source: string): string[] {
  const starts = [
    ...source.matchAll(/^ +(right|target): /gm),
    ...source.matchAll(/^(export )?function \w+\([^)]*Witness/gm),
    ...source.matchAll(/^const \w+ = \((\{[^}]*\}|\w+): \w*Witness\)/gm),
  ];
  return starts.map(({ index }) => source.slice(index, endOf(source, index)));
}

/** Where a property or a statement ends: a comma, semicolon or brace at its depth. */
function endOf(source: string, from: number): number {
  let depth = 0;
  for (let i = from; i < source.length; i++) {
    if ("([{".includes(source[i])) depth++;
    if (")]}".includes(source[i])) depth--;
    if (depth < 0 || (depth === 0 && ",;".includes(source[i]))) return i;
    if (depth === 0 && source[i] === "}" && source[i + 1] === "\n") return i;
  }
  return source.length;
}

Deno.test({
  name: "entries: no right side uses a name of the claims' rooms (needs read)",
  ignore: !granted("read"),
  fn: () => {
    let numTexts = 0;
    const files = [...Deno.readDirSync(new URL(`${FOLDER}/entries`, ROOT))];
    for (const { name } of files) {
      const source = read(`entries/${name}`);
      const names = claimedNames(`entries/${name}`, source);
      // A helper for both faces would be code that both sides share.
      assert(!/Library \| \w*Witness|Witness \| \w*Library/.test(source), name);
      for (const text of witnessTexts(source)) {
        numTexts++;
        for (const claimed of names) {
          assert(
            !new RegExp(`\\b${claimed}\\(`).test(text),
            `${name}: ${claimed} in ${text}`,
          );
        }
      }
    }
    assertGreater(numTexts, 42, "the pattern misses right sides");
  },
});

Deno.test("entries: a right side that borrows from the claim is seen", () => {
  const source = [
    `import { kl, normal } from "../../distributions/mod.ts";`,
    `  left: ({ q, p }) => kl(q, p),`,
    `  right: (witness) => kl(witness.q, witness.p) + 1,`,
    `  planted: [],`,
  ].join("\n");
  assertEquals(claimedNames("entries/a.ts", source), ["kl", "normal"]);
  const [text] = witnessTexts(source);
  assert(text.includes("kl(witness.q") && !text.includes("left"), text);
});
