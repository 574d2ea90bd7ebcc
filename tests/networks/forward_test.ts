import {
  approxPosteriorOf,
  decode,
  encode,
  likelihoodOf,
  networkLatentModel,
  VARIANCE_FLOOR,
} from "elbo/networks";
import {
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertThrows,
} from "@std/assert";
import { LIKELIHOOD_CASES } from "../helpers/likelihoods.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";
import {
  logLikelihoodOf,
  type NetworkCase,
  passOf,
  randomNetwork,
} from "./random_network.ts";

const BERNOULLI = LIKELIHOOD_CASES[0];

function assertVector(found: readonly number[], expected: readonly number[]): void {
  assertEquals(found.length, expected.length);
  // Sums of at most 6 terms of order 1 in at most 6 layers.
  found.forEach((v, i) => assertAlmostEquals(v, expected[i], float64Tolerance(10, v)));
}

/** Holds encode and decode of one network to the matrices written out. */
function assertForward(network: NetworkCase, witness = network): void {
  const { spec, weights, images, eps } = network;
  const [x] = images;
  const pass = passOf(witness, x, eps[0]);
  const encoded = encode(spec, weights, x);
  assertVector(encoded.mean, pass.mean);
  if (spec.model === "vae") assertVector(encoded.logVar!, pass.logVar);
  const decoded = decode(spec, weights, pass.z);
  if ("logits" in decoded) return assertVector(decoded.logits, pass.output);
  if ("mean" in decoded) {
    assertVector(decoded.mean, pass.output);
    return assertVector(decoded.variance, pass.widths);
  }
  const { logits, mean, scale } = decoded.components;
  const isNormal = spec.likelihood.kind === "gaussian-mixture";
  assertVector(mean.flat(), pass.output);
  assertVector(logits.flat(), pass.logits);
  assertVector(scale.flat().map((s) => isNormal ? s * s : s), pass.widths);
}

for (const model of ["vae", "autoencoder"] as const) {
  for (const activation of ["relu", "tanh"] as const) {
    for (const likelihood of LIKELIHOOD_CASES) {
      const given = { model, activation, likelihood };
      Deno.test(`encode, decode: equal the matrices written out: ${JSON.stringify(given)}`, () => {
        for (let i = 0; i < 5; i++) {
          assertForward(randomNetwork(given, testSeed(210 + i)));
        }
      });
    }
  }
}

Deno.test("encode, decode: the matrices catch planted errors", () => {
  const network = randomNetwork(
    { model: "vae", activation: "tanh", likelihood: BERNOULLI },
    216,
  );
  assertEquals(network.spec.hidden.length > 0, true);
  assertForward(network);
  const relu: NetworkCase = {
    ...network,
    spec: { ...network.spec, activation: "relu" },
  };
  assertThrows(() => assertForward(network, relu), AssertionError);
  const transposed = new Map(network.weights);
  const { shape, values } = transposed.get("encoder.0.weight")!;
  transposed.set("encoder.0.weight", { shape, values: values.toReversed() });
  assertThrows(
    () => assertForward(network, { ...network, weights: transposed }),
    AssertionError,
  );
});

Deno.test("decode: a learnt variance never falls below the floor, a fixed one is kept", () => {
  const network = randomNetwork(
    {
      model: "vae",
      activation: "tanh",
      likelihood: { kind: "gaussian", variance: "shared" },
    },
    230,
  );
  const weights = new Map(network.weights);
  weights.set("decoder.logVar", { shape: [1], values: Float64Array.of(-1000) });
  const z = Array(network.spec.latentDim).fill(0);
  const decoded = decode(network.spec, weights, z);
  const { variance } = decoded as { variance: readonly number[] };
  assertEquals(variance, Array(network.spec.dataDim).fill(VARIANCE_FLOOR));
});

Deno.test("approxPosteriorOf: the scale is exp(logVar / 2)", () => {
  const q = approxPosteriorOf({ mean: [1, 2], logVar: [0, Math.log(9)] });
  assertVector(q.scale, [1, 3]);
  assertVector(q.variance, [1, 9]);
});

Deno.test("approxPosteriorOf: an autoencoder has none, a runaway encoder is refused", () => {
  assertThrows(() => approxPosteriorOf({ mean: [1] }), TypeError, "must be a vae");
  assertThrows(
    () => approxPosteriorOf({ mean: [0], logVar: [2000] }),
    RangeError,
    "scale must be finite and positive: Infinity",
  );
  assertThrows(
    () => approxPosteriorOf({ mean: [NaN], logVar: [0] }),
    RangeError,
    "mean",
  );
});

for (const likelihood of LIKELIHOOD_CASES) {
  Deno.test(`likelihoodOf: logProb is the textbook's: ${JSON.stringify(likelihood)}`, () => {
    for (let i = 0; i < 5; i++) {
      const network = randomNetwork(
        { model: "vae", activation: "tanh", likelihood },
        testSeed(240 + i),
      );
      const [x] = network.images;
      const pass = passOf(network, x, network.eps[0]);
      const decoded = decode(network.spec, network.weights, pass.z);
      const found = likelihoodOf(network.spec, decoded).logProb(x);
      // ln(1 - p) loses what p near 1 has lost: logits stay below 10 here.
      const tolerance = float64Tolerance(100, found);
      assertAlmostEquals(found, logLikelihoodOf(network.spec, pass, x), tolerance);
    }
  });
}

Deno.test("likelihoodOf: parameters of another length are refused", () => {
  const { spec } = randomNetwork(
    { model: "vae", activation: "tanh", likelihood: BERNOULLI },
    250,
  );
  assertThrows(
    () => likelihoodOf(spec, { logits: Array(spec.dataDim + 1).fill(0) }),
    RangeError,
    `must have the length ${spec.dataDim}`,
  );
});

Deno.test("networkLatentModel: prior and likelihood are those of the network", () => {
  const { spec, weights, images } = randomNetwork(
    { model: "vae", activation: "relu", likelihood: BERNOULLI },
    251,
  );
  const model = networkLatentModel(spec, weights);
  assertEquals([model.latentDim, model.dataDim], [spec.latentDim, spec.dataDim]);
  assertEquals(model.prior.dim, spec.latentDim);
  const z = Array(spec.latentDim).fill(0.5);
  assertEquals(
    model.likelihood(z).logProb(images[0]),
    likelihoodOf(spec, decode(spec, weights, z)).logProb(images[0]),
  );
});

Deno.test("encode, decode, networkLatentModel: what does not fit is refused by name", () => {
  const { spec, weights } = randomNetwork(
    { model: "vae", activation: "tanh", likelihood: BERNOULLI },
    216,
  );
  const long = Array(10).fill(0);
  assertThrows(() => encode(spec, weights, long), RangeError, "layer encoder.0");
  assertThrows(() => decode(spec, weights, long), RangeError, "layer decoder.0");
  assertThrows(() => encode(spec, new Map(), [0]), RangeError, "encoder.0.weight");
  const shared = { kind: "gaussian", variance: "shared" } as const;
  assertThrows(
    () =>
      decode({ ...spec, likelihood: shared }, weights, Array(spec.latentDim).fill(0)),
    RangeError,
    "decoder.logVar",
  );
  assertThrows(
    () => networkLatentModel({ ...spec, latentDim: 9 }, weights),
    RangeError,
    "encoder.mean.weight",
  );
});
