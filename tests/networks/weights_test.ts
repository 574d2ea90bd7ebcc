import {
  checkWeights,
  initialWeights,
  type NetworkSpec,
  type Weight,
  weightShapes,
} from "elbo/networks";
import { STREAMS, summarize, uniformAt } from "elbo/math";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";

const spec: NetworkSpec = {
  model: "vae",
  dataDim: 30,
  hidden: [200],
  latentDim: 5,
  activation: "relu",
  likelihood: { kind: "gaussian", variance: "shared" },
  beta: 1,
};
const small: NetworkSpec = { ...spec, dataDim: 3, hidden: [4], latentDim: 2 };

Deno.test("initialWeights: have the names, order and shapes of the specification", () => {
  const weights = initialWeights(spec, { seed: 0 });
  const shapes = [...weights].map(([name, { shape }]) => [name, shape]);
  assertEquals(shapes, [...weightShapes(spec)]);
  checkWeights(spec, weights);
});

Deno.test("initialWeights: matrices are Glorot uniform, vectors are zero", () => {
  const seed = testSeed(201);
  for (const [name, { shape, values }] of initialWeights(spec, { seed })) {
    if (shape.length === 1) {
      assert(values.every((value) => value === 0), name);
      continue;
    }
    const bound = Math.sqrt(6 / (shape[0] + shape[1]));
    // Rounding to float32 may step over the bound by half a unit.
    assert(values.every((value) => Math.abs(value) <= bound * (1 + 2 ** -24)), name);
    const label = name;
    assertMonteCarlo(summarize(values), {
      exact: 0,
      resolution: 0.05 * bound,
      seed,
      label,
    });
    const squares = summarize(values.map((value) => value * value));
    const claim = { resolution: 0.02 * bound ** 2, seed, label };
    assertMonteCarlo(squares, { exact: bound ** 2 / 3, ...claim });
    // Control: the bound taken for the standard deviation.
    assertThrows(
      () => assertMonteCarlo(squares, { exact: bound ** 2, ...claim }),
      AssertionError,
    );
  }
});

Deno.test("initialWeights: each element is addressed by tensor, row and column", () => {
  const weights = initialWeights(small, { seed: 7 });
  [...weights.values()].forEach(({ shape, values }, step) => {
    if (shape.length === 1) return;
    const [row, column] = [shape[0] - 1, 1];
    const u = uniformAt({ seed: 7, stream: STREAMS.weights, step, row, column });
    const bound = Math.sqrt(6 / (shape[0] + shape[1]));
    assertEquals(values[row * shape[1] + column], Math.fround(bound * (2 * u - 1)));
  });
});

Deno.test("initialWeights: one seed, one start; another seed, another", () => {
  assertEquals(initialWeights(small, { seed: 1 }), initialWeights(small, { seed: 1 }));
  assertNotEquals(
    initialWeights(small, { seed: 1 }),
    initialWeights(small, { seed: 2 }),
  );
});

Deno.test("initialWeights: outputBias sets the last bias and nothing else", () => {
  const plain = initialWeights(small, { seed: 1 });
  const biased = initialWeights(small, { seed: 1, outputBias: [1, -2, 0.5] });
  for (const [name, { values }] of biased) {
    const expected = name === "decoder.output.bias"
      ? [1, -2, 0.5]
      : plain.get(name)!.values;
    assertEquals([...values], [...expected]);
  }
  assertThrows(
    () => initialWeights(small, { seed: 1, outputBias: [1, 2] }),
    RangeError,
    "that of the decoder's output, 3: 2",
  );
});

Deno.test("initialWeights: the means of a mixture start apart, in every pixel", () => {
  const likelihood = { kind: "gaussian-mixture", components: 2 } as const;
  const weights = initialWeights({ ...small, likelihood }, { seed: 1 });
  const { values } = weights.get("decoder.output.bias")!;
  assertEquals([...values], [0.25, 0.25, 0.25, 0.75, 0.75, 0.75]);
  assertEquals(weights.get("decoder.logits.bias")!.values, new Float32Array(6));
});

Deno.test("initialWeights: what enters a unit keeps its variance, roughly", () => {
  // Glorot's aim: Var(y) = inputs Var(W) = 2 inputs / (inputs + outputs) for x of 1.
  const { values } = initialWeights(spec, { seed: 3 }).get("encoder.0.weight")!;
  let variance = 0;
  for (const value of values) variance += value * value / 200;
  assertAlmostEquals(variance, 60 / 230, 0.02);
});

Deno.test("checkWeights: names the tensor, the shape it must have and the one found", () => {
  const weights = initialWeights(small, { seed: 0 });
  const changed = (name: string, weight?: Weight) => {
    const copy = new Map(weights);
    if (weight) copy.set(name, weight);
    else copy.delete(name);
    return copy;
  };
  const cases: [ReadonlyMap<string, Weight>, string][] = [
    [
      changed("encoder.mean.bias"),
      "encoder.mean.bias must have the shape [2]: there is none",
    ],
    [
      changed("decoder.0.weight", { shape: [4, 2], values: new Float64Array(8) }),
      "decoder.0.weight must have the shape [2, 4]: [4, 2]",
    ],
    [
      changed("decoder.0.bias", { shape: [4], values: new Float64Array(3) }),
      "decoder.0.bias must have the shape [4] with 4 values: 3",
    ],
    [
      changed("extra", { shape: [1], values: new Float64Array(1) }),
      "every tensor must belong to the network: extra",
    ],
  ];
  for (const [bad, message] of cases) {
    assertThrows(() => checkWeights(small, bad), RangeError, message);
  }
});
