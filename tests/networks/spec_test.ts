import {
  checkSpec,
  type NetworkSpec,
  parseNetworkSpec,
  weightShapes,
} from "elbo/networks";
import { assertEquals, assertThrows } from "@std/assert";
import { LIKELIHOOD_CASES } from "../helpers/likelihoods.ts";

const spec: NetworkSpec = {
  model: "vae",
  dataDim: 6,
  hidden: [5, 4],
  latentDim: 2,
  activation: "relu",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};

Deno.test("weightShapes: names, shapes and order of a vae", () => {
  assertEquals([...weightShapes(spec)], [
    ["encoder.0.weight", [6, 5]],
    ["encoder.0.bias", [5]],
    ["encoder.1.weight", [5, 4]],
    ["encoder.1.bias", [4]],
    ["encoder.mean.weight", [4, 2]],
    ["encoder.mean.bias", [2]],
    ["encoder.logVar.weight", [4, 2]],
    ["encoder.logVar.bias", [2]],
    ["decoder.0.weight", [2, 4]],
    ["decoder.0.bias", [4]],
    ["decoder.1.weight", [4, 5]],
    ["decoder.1.bias", [5]],
    ["decoder.output.weight", [5, 6]],
    ["decoder.output.bias", [6]],
  ]);
});

Deno.test("weightShapes: an autoencoder has no encoder.logVar", () => {
  const names = [...weightShapes({ ...spec, model: "autoencoder" }).keys()];
  assertEquals(
    names,
    [...weightShapes(spec).keys()].filter((n) => !n.includes("logVar")),
  );
});

Deno.test("weightShapes: a Gaussian's variance has its own weights, or none", () => {
  const extra = (variance: "pixel" | "shared" | "optimal" | number) =>
    [...weightShapes({ ...spec, likelihood: { kind: "gaussian", variance } })].slice(
      14,
    );
  assertEquals(extra("pixel"), [
    ["decoder.logVar.weight", [5, 6]],
    ["decoder.logVar.bias", [6]],
  ]);
  assertEquals(extra("shared"), [["decoder.logVar", [1]]]);
  assertEquals(extra("optimal"), [["decoder.logVar", [1]]]);
  assertEquals(extra(0.5), []);
});

Deno.test("weightShapes: a mixture has three numbers a pixel and component", () => {
  const shapes = (kind: "gaussian-mixture" | "logistic-mixture") =>
    [...weightShapes({ ...spec, likelihood: { kind, components: 3 } })].slice(12);
  assertEquals(shapes("gaussian-mixture"), [
    ["decoder.output.weight", [5, 18]],
    ["decoder.output.bias", [18]],
    ["decoder.logVar.weight", [5, 18]],
    ["decoder.logVar.bias", [18]],
    ["decoder.logits.weight", [5, 18]],
    ["decoder.logits.bias", [18]],
  ]);
  assertEquals(
    shapes("logistic-mixture").map(([name]) => name),
    shapes("gaussian-mixture").map(([name]) =>
      (name as string).replace("logVar", "logScale")
    ),
  );
});

Deno.test("weightShapes: without hidden layers the sides are one layer each", () => {
  assertEquals([...weightShapes({ ...spec, hidden: [] }).values()].slice(0, 1), [[
    6,
    2,
  ]]);
});

Deno.test("checkSpec: sizes, beta and variance out of range are refused by name", () => {
  const cases: [Partial<NetworkSpec>, string][] = [
    [{ dataDim: 0 }, "dataDim must be a positive integer: 0"],
    [{ latentDim: 2.5 }, "latentDim must be a positive integer: 2.5"],
    [{ hidden: [5, -4] }, "hidden[1] must be a positive integer: -4"],
    [{ hidden: [NaN] }, "hidden[0] must be a positive integer: NaN"],
    [{ beta: -1 }, "beta must be finite and not negative: -1"],
    [{ beta: Infinity }, "beta must be finite and not negative: Infinity"],
    [{ likelihood: { kind: "gaussian", variance: 0 } }, "finite and positive: 0"],
    [{ likelihood: { kind: "gaussian", variance: NaN } }, "finite and positive: NaN"],
    [
      { likelihood: { kind: "gaussian-mixture", components: 0 } },
      "components must be a positive integer: 0",
    ],
  ];
  for (const [change, message] of cases) {
    assertThrows(() => checkSpec({ ...spec, ...change }), RangeError, message);
    assertThrows(() => weightShapes({ ...spec, ...change }), RangeError, message);
  }
});

Deno.test("parseNetworkSpec: reads back every kind, and leaves other fields behind", () => {
  for (const likelihood of LIKELIHOOD_CASES) {
    const written = { ...spec, likelihood };
    const text = JSON.stringify({ ...written, seed: 3 });
    assertEquals(parseNetworkSpec(text), written);
  }
});

Deno.test("parseNetworkSpec: free bits are kept, and only where there are any", () => {
  const free = { ...spec, freeBits: 0.1 };
  assertEquals(parseNetworkSpec(JSON.stringify(free)), free);
  assertEquals("freeBits" in parseNetworkSpec(JSON.stringify(spec)), false);
  const broken = JSON.stringify({ ...spec, freeBits: -1 });
  assertThrows(() => parseNetworkSpec(broken), RangeError, "freeBits");
});

Deno.test("parseNetworkSpec: what is no specification is refused with its source", () => {
  const cases: [string, string][] = [
    ["{", "JSON"],
    ["null", "model"],
    ["[]", "model"],
    [JSON.stringify({ ...spec, model: "gan" }), "model"],
    [JSON.stringify({ ...spec, activation: "elu" }), "activation"],
    [JSON.stringify({ ...spec, hidden: 400 }), "hidden"],
    [JSON.stringify({ ...spec, likelihood: undefined }), "likelihood"],
    [JSON.stringify({ ...spec, likelihood: { kind: "laplace" } }), "likelihood"],
    [JSON.stringify({ ...spec, likelihood: { kind: "gaussian" } }), "likelihood"],
    [
      JSON.stringify({ ...spec, likelihood: { kind: "logistic-mixture" } }),
      "components",
    ],
  ];
  for (const [text, message] of cases) {
    const error = assertThrows(
      () => parseNetworkSpec(text, "a.safetensors"),
      SyntaxError,
    );
    assertEquals(error.message.includes(message), true, error.message);
    assertEquals(error.message.includes("a.safetensors"), true, error.message);
  }
  assertThrows(
    () => parseNetworkSpec(JSON.stringify({ ...spec, beta: "1" })),
    RangeError,
    "beta",
  );
});
