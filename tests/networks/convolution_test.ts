import { assert, assertEquals, assertThrows } from "@std/assert";
import { createRandom, type Matrix, type Random, STREAMS } from "elbo/math";
import {
  decode,
  elboAndGradient,
  encode,
  initialWeights,
  networkLogJoint,
  type NetworkSpec,
  parseNetworkSpec,
  type Weights,
  weightShapes,
} from "elbo/networks";
import { finiteDifferenceGradient } from "../helpers/finite_difference.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";

// Sides that do not halve evenly, so that paddings differ from side to side.
const spec: NetworkSpec = {
  model: "vae",
  dataDim: 35,
  convolution: { height: 5, width: 7, channels: [2, 3] },
  hidden: [4],
  latentDim: 2,
  activation: "tanh",
  likelihood: { kind: "bernoulli" },
  beta: 0.7,
};

function randomWeights(spec: NetworkSpec, random: Random): Weights {
  return new Map(
    [...weightShapes(spec)].map(([name, shape]) => {
      const length = shape.reduce((product, n) => product * n);
      const values = Float64Array.from({ length }, () => 0.4 * random.normal());
      return [name, { shape, values }] as const;
    }),
  );
}

function draw(step: number) {
  return createRandom({ seed: 17, stream: STREAMS.test, step });
}

Deno.test("convolution: shapes are listed in the order in which layers run", () => {
  assertEquals([...weightShapes(spec)], [
    ["encoder.conv0.weight", [16, 2]],
    ["encoder.conv0.bias", [2]],
    ["encoder.conv1.weight", [32, 3]],
    ["encoder.conv1.bias", [3]],
    // 5 x 7 -> 3 x 4 -> 2 x 2 places of 3 channels.
    ["encoder.0.weight", [12, 4]],
    ["encoder.0.bias", [4]],
    ["encoder.mean.weight", [4, 2]],
    ["encoder.mean.bias", [2]],
    ["encoder.logVar.weight", [4, 2]],
    ["encoder.logVar.bias", [2]],
    ["decoder.0.weight", [2, 4]],
    ["decoder.0.bias", [4]],
    ["decoder.unflatten.weight", [4, 12]],
    ["decoder.unflatten.bias", [12]],
    ["decoder.deconv0.weight", [32, 3]],
    ["decoder.deconv0.bias", [2]],
    ["decoder.output.weight", [16, 2]],
    ["decoder.output.bias", [1]],
  ]);
});

Deno.test("convolution: the encoder is the one written with a padded image", () => {
  const linear: NetworkSpec = {
    ...spec,
    convolution: { height: 5, width: 7, channels: [2] },
    hidden: [],
  };
  const random = draw(1);
  const weights = randomWeights(linear, random);
  const image = Array.from({ length: 35 }, () => random.uniform());
  const [filter, bias, mean, meanBias] = [
    ...["encoder.conv0.weight", "encoder.conv0.bias"],
    ...["encoder.mean.weight", "encoder.mean.bias"],
  ].map((name) => weights.get(name)!.values);
  // 3 x 4 places need 8 x 10 pixels: 3 rows and 3 columns more, the odd ones behind.
  const padded = (y: number, x: number) =>
    y < 1 || y > 5 || x < 1 || x > 7 ? 0 : image[(y - 1) * 7 + x - 1];
  const features: number[] = [];
  for (let y = 0; y < 3; y++) {
    for (let x = 0; x < 4; x++) {
      for (let f = 0; f < 2; f++) {
        let sum = bias[f];
        for (let tap = 0; tap < 16; tap++) {
          const pixel = padded(2 * y + (tap >> 2), 2 * x + tap % 4);
          sum += pixel * filter[2 * tap + f];
        }
        features.push(Math.tanh(sum));
      }
    }
  }
  const expected = [0, 1].map((j) =>
    features.reduce((sum, h, i) => sum + h * mean[2 * i + j], meanBias[j])
  );
  const found = encode(linear, weights, image).mean;
  expected.forEach((value, j) =>
    assert(Math.abs(found[j] - value) < float64Tolerance(10), `${found[j]}, ${value}`)
  );
});

Deno.test("convolution: an output of the decoder is the transpose of its convolution", () => {
  const linear: NetworkSpec = {
    ...spec,
    convolution: { height: 5, width: 7, channels: [2] },
    hidden: [],
  };
  const random = draw(2);
  const weights = randomWeights(linear, random);
  // The logits are linear in the filter: with the filter of the encoder in its place,
  // <logits - bias, image> = <h, convolution of the image>.
  const shared = new Map(weights);
  shared.set("decoder.output.weight", weights.get("encoder.conv0.weight")!);
  const z = [0.3, -0.8];
  const image = Array.from({ length: 35 }, () => random.normal());
  const { logits } = decode(linear, shared, z) as { logits: number[] };
  const [bias] = weights.get("decoder.output.bias")!.values;
  const left = logits.reduce((sum, l, i) => sum + (l - bias) * image[i], 0);

  const { values: w } = weights.get("decoder.unflatten.weight")!;
  const { values: b } = weights.get("decoder.unflatten.bias")!;
  const h = Array.from(b, (b, j) => Math.tanh(b + z[0] * w[j] + z[1] * w[24 + j]));
  const { values: filter } = weights.get("encoder.conv0.weight")!;
  const padded = (y: number, x: number) =>
    y < 1 || y > 5 || x < 1 || x > 7 ? 0 : image[(y - 1) * 7 + x - 1];
  let right = 0;
  h.forEach((value, i) => {
    const [place, f] = [i >> 1, i % 2];
    for (let tap = 0; tap < 16; tap++) {
      const y = 2 * Math.floor(place / 4) + (tap >> 2);
      right += value * padded(y, 2 * (place % 4) + tap % 4) * filter[2 * tap + f];
    }
  });
  assert(Math.abs(left - right) < float64Tolerance(100), `${left}, ${right}`);
});

for (
  const likelihood of [
    { kind: "bernoulli" },
    { kind: "gaussian", variance: "pixel" },
  ] as const
) {
  Deno.test(`convolution: the gradient of every weight, ${likelihood.kind}`, () => {
    const network = { ...spec, likelihood };
    const random = draw(3);
    const weights = randomWeights(network, random);
    const matrix = (rows: number, columns: number, f: () => number): Matrix =>
      Array.from({ length: rows }, () => Array.from({ length: columns }, f));
    const batch = {
      images: matrix(2, 35, () => Number(random.uniform() < 0.5)),
      eps: matrix(2, 2, () => random.normal()),
    };
    const { gradient } = elboAndGradient(network, weights, batch);
    for (const [name, { shape, values }] of weights) {
      const expected = finiteDifferenceGradient((values) => {
        const moved = new Map(weights);
        moved.set(name, { shape, values: Float64Array.from(values) });
        return elboAndGradient(network, moved, batch).objective;
      }, [...values]);
      const found = gradient.get(name)!;
      assertEquals(found.length, expected.length);
      expected.forEach((slope, i) => {
        // Central differences of a sum of a size of 100: eps / step and step^2.
        const tolerance = 1e-6 * Math.max(1, Math.abs(slope));
        assert(Math.abs(found[i] - slope) < tolerance, `${name} ${i}: ${found[i]}`);
      });
    }
  });
}

Deno.test("convolution: a specification survives JSON, and a wrong one is refused", () => {
  assertEquals(parseNetworkSpec(JSON.stringify(spec)), spec);
  const { convolution } = spec;
  const refused = (changes: object, words: string) =>
    assertThrows(
      () => weightShapes({ ...spec, ...changes }),
      RangeError,
      words,
    );
  refused({ dataDim: 36 }, "images must have dataDim = 36 pixels: 5 x 7");
  refused({ convolution: { ...convolution, channels: [] } }, "there are none");
  refused({ convolution: { ...convolution, channels: [2, 0] } }, "channels[1]");
  refused(
    { likelihood: { kind: "gaussian-mixture", components: 2 } },
    "one number of a kind for each pixel",
  );
  assertThrows(
    () => parseNetworkSpec(JSON.stringify({ ...spec, convolution: {} })),
    SyntaxError,
    "a list of channels",
  );
});

Deno.test("convolution: what needs a dense network says so", () => {
  const weights = initialWeights(spec, { seed: 0 });
  assertThrows(
    () => networkLogJoint(spec, weights, Array(35).fill(0)),
    RangeError,
    "must be dense",
  );
});
