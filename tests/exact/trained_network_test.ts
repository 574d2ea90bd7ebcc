import { kl, normal } from "elbo/distributions";
import {
  linearGaussian,
  readTrainedNetwork,
  type TrainedNetwork,
  trainedNetwork,
} from "elbo/exact";
import { writeSafetensors } from "elbo/files";
import {
  createRandom,
  logIntegratePlane,
  STREAMS,
  summarize,
  type Vector,
} from "elbo/math";
import { encode, initialWeights, type NetworkSpec, type Weights } from "elbo/networks";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertLess,
  assertThrows,
} from "@std/assert";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { smallNetwork } from "./models.ts";

const BITS = [0, 1, 1, 0, 1, 0];

/** A decoder without hidden layers and with a fixed variance: all in closed form. */
function linearNetwork(variance: number, gain = 1) {
  const { spec, weights } = smallNetwork({
    hidden: [],
    likelihood: { kind: "gaussian", variance },
  });
  const { values } = weights.get("decoder.output.weight")!;
  values.forEach((w, i) => values[i] = gain * w);
  const closed = linearGaussian({
    weight: Array.from({ length: 6 }, (_, i) => [values[i], values[6 + i]]),
    bias: [...weights.get("decoder.output.bias")!.values],
    scale: Math.sqrt(variance),
  });
  return { network: trainedNetwork(spec, weights), closed };
}

Deno.test("trainedNetwork: without hidden layers it is the linear-Gaussian model", () => {
  const x = [0.5, -1, 2, 0, 1, -0.3];
  // Posteriors 1 and 1e-3 wide, and one that lies far outside the first grid.
  for (const [variance, gain, stretch] of [[1, 1, 1], [1e-5, 1, 1], [0.3, 0.2, 40]]) {
    const { network, closed } = linearNetwork(variance, gain);
    const data = x.map((v) => stretch * v);
    const posterior = network.exactPosterior(data);
    const expected = closed.exactPosterior(data);
    // The closed form's covariance has a condition number of 1e5 where variance is 1e-5.
    const tolerance = 1e-8 + 1e-10 * Math.abs(closed.logMarginal(data));
    assertAlmostEquals(network.logMarginal(data), closed.logMarginal(data), tolerance);
    [0, 1].forEach((i) => {
      const scale = Math.sqrt(expected.covariance[i][i]);
      assertAlmostEquals(posterior.mean[i], expected.mean[i], 1e-6 * scale);
      assertAlmostEquals(
        posterior.variance[i],
        expected.covariance[i][i],
        1e-6 * scale ** 2,
      );
    });
    const q = closed.optimalDiagonal(data);
    assertAlmostEquals(
      network.klToPosterior(q, data),
      kl(q, expected),
      1e-6 + tolerance,
    );
    assert(
      Math.abs(posterior.logProb(expected.mean) - expected.logProb(expected.mean)) <
        1e-6,
    );
  }
});

/** Holds logMarginal to trapezoid sums: twice the nodes, then a wider window. */
function assertStable(network: TrainedNetwork, x: Vector, tolerance: number) {
  const joint = (z: Vector) =>
    network.prior.logProb(z) + network.likelihood(z).logProb(x);
  const windows = [[8, 101], [8, 201], [12, 301]];
  for (const [halfWidth, numNodes] of windows) {
    const found = logIntegratePlane(joint, { center: [0, 0], halfWidth, numNodes });
    assertAlmostEquals(network.logMarginal(x), found, tolerance);
  }
}

Deno.test("trainedNetwork: twice the nodes or the window change nothing, with tanh", () => {
  for (const dataDim of [6, 30]) {
    const { spec, weights } = smallNetwork({ dataDim, hidden: [8] });
    const network = trainedNetwork(spec, weights);
    const x = Array.from({ length: dataDim }, (_, i) => i % 3 === 0 ? 1 : 0);
    assertStable(network, x, 1e-8);
    assertLess(network.exactPosterior(x).error, 1e-8);
  }
});

Deno.test("trainedNetwork: twice the nodes or the window change little, with relu", () => {
  const { spec, weights } = smallNetwork({ activation: "relu", hidden: [8] });
  const network = trainedNetwork(spec, weights);
  assertStable(network, BITS, 5e-4);
  assertLess(network.exactPosterior(BITS).error, 1e-4);
  const finer = trainedNetwork(spec, weights, { tolerance: 1e-6 });
  assertAlmostEquals(network.logMarginal(BITS), finer.logMarginal(BITS), 1e-4);
});

Deno.test("trainedNetwork: ln p(x) = ELBO + KL closes at the encoder's q", () => {
  const { spec, weights } = smallNetwork();
  const network = trainedNetwork(spec, weights);
  const q = network.approxPosterior(BITS);
  const { mean, logVar } = encode(spec, weights, BITS);
  assertEquals(q.mean, mean);
  q.variance.forEach((v, i) => assertAlmostEquals(Math.log(v), logVar![i], 1e-14));

  // The ELBO by draws: ln p(x, z) - ln q(z) is bounded by a quadratic in eps.
  const seed = testSeed(441);
  const random = createRandom({ seed, stream: STREAMS.test });
  const logWeights = Array.from({ length: 20_000 }, () => {
    const z = q.sample(random);
    return network.prior.logProb(z) + network.likelihood(z).logProb(BITS) -
      q.logProb(z);
  });
  const elbo = summarize(logWeights);
  const gap = network.klToPosterior(q, BITS);
  assertMonteCarlo(elbo, {
    exact: network.logMarginal(BITS) - gap,
    resolution: 0.02,
    seed,
  });
  assertThrows(
    // Control: the ELBO sold as ln p(x).
    () =>
      assertMonteCarlo(elbo, {
        exact: network.logMarginal(BITS),
        resolution: 0.02,
        seed,
      }),
    AssertionError,
  );
});

Deno.test("trainedNetwork: klToPosterior is 0 for no q but the posterior, and never less", () => {
  const { spec, weights } = smallNetwork();
  const network = trainedNetwork(spec, weights);
  const { mean, variance } = network.exactPosterior(BITS);
  const near = network.klToPosterior(
    normal({ mean, scale: variance.map(Math.sqrt) }),
    BITS,
  );
  const far = network.klToPosterior(normal({ mean: [3, 3], scale: [0.1, 0.1] }), BITS);
  assert(near > 0 && near < 0.1 && far > 1);
});

Deno.test("trainedNetwork: posterior draws have its mean and variance", () => {
  const seed = testSeed(442);
  const random = createRandom({ seed, stream: STREAMS.test });
  const { spec, weights } = smallNetwork();
  const posterior = trainedNetwork(spec, weights).exactPosterior(BITS);
  const draws = Array.from({ length: 10_000 }, () => posterior.sample(random));
  [0, 1].forEach((i) => {
    const { mean: { [i]: mean }, variance: { [i]: variance } } = posterior;
    const average = summarize(draws.map((z) => z[i]));
    assertMonteCarlo(average, { exact: mean, resolution: 0.02, seed });
    const square = summarize(draws.map((z) => (z[i] - mean) ** 2));
    assertMonteCarlo(square, { exact: variance, resolution: 0.03, seed });
    assertThrows(
      // Control: twice the variance.
      () => assertMonteCarlo(square, { exact: 2 * variance, resolution: 0.03, seed }),
      AssertionError,
    );
  });
});

Deno.test("trainedNetwork: mass over all x is 1", () => {
  const { spec, weights } = smallNetwork({ dataDim: 3 });
  const network = trainedNetwork(spec, weights);
  let mass = 0;
  for (let code = 0; code < 8; code++) {
    mass += Math.exp(network.logMarginal([code & 1, (code >> 1) & 1, code >> 2]));
  }
  assertAlmostEquals(mass, 1, 1e-8);
});

function fileOf(spec: NetworkSpec, weights: Weights): Uint8Array {
  return writeSafetensors(weights, { spec: JSON.stringify(spec) });
}

Deno.test("readTrainedNetwork: a file gives the network that was written", () => {
  const { spec } = smallNetwork();
  const weights = initialWeights(spec, { seed: 5, outputBias: [0, 1, 0, -1, 2, 0] });
  const network = readTrainedNetwork(fileOf(spec, weights));
  assertEquals(network.spec, spec);
  assertEquals(
    network.logMarginal(BITS),
    trainedNetwork(spec, weights).logMarginal(BITS),
  );
});

Deno.test("readTrainedNetwork: a decoder of 784 pixels with 40 hidden units fits in 300 KB", () => {
  const spec: NetworkSpec = { ...smallNetwork().spec, dataDim: 784, hidden: [40] };
  const weights = initialWeights(spec, { seed: 0 });
  const bytes = fileOf(spec, weights);
  assertLess(bytes.length, 300_000);
  const network = readTrainedNetwork(bytes);
  const image = Array.from({ length: 784 }, (_, i) => i % 5 === 0 ? 1 : 0);
  const { mean, variance } = network.exactPosterior(image);
  const found = logIntegratePlane(
    (z) => network.prior.logProb(z) + network.likelihood(z).logProb(image),
    {
      center: [mean[0], mean[1]],
      halfWidth: [10 * Math.sqrt(variance[0]), 10 * Math.sqrt(variance[1])],
      numNodes: 41,
    },
  );
  assertAlmostEquals(network.logMarginal(image), found, 1e-6);
});

Deno.test("readTrainedNetwork: files of something else are refused with their source", () => {
  const { spec, weights } = smallNetwork();
  const read = (bytes: Uint8Array) => () =>
    readTrainedNetwork(bytes, { source: "a.safetensors" });
  const whole = fileOf(spec, weights);
  const cases: [Uint8Array, typeof SyntaxError | typeof RangeError, string][] = [
    [whole.slice(0, 100), SyntaxError, "a.safetensors"],
    [
      writeSafetensors(weights),
      SyntaxError,
      "a.safetensors as its metadata must hold spec",
    ],
    [
      writeSafetensors(weights, { spec: "{" }),
      SyntaxError,
      "a.safetensors as it must be JSON",
    ],
    [fileOf({ ...spec, hidden: [6] }, weights), RangeError, "encoder.0.weight"],
    [
      writeSafetensors(
        new Map([["encoder.0.weight", { shape: [1], values: Int32Array.of(1) }]]),
        { spec: JSON.stringify(spec) },
      ),
      SyntaxError,
      "encoder.0.weight must hold F32 or F64: I32",
    ],
  ];
  for (const [bytes, kind, message] of cases) assertThrows(read(bytes), kind, message);
});

Deno.test("trainedNetwork: a latent of more than two dimensions is refused", () => {
  const { spec, weights } = smallNetwork({ latentDim: 3 });
  assertThrows(() => trainedNetwork(spec, weights), RangeError, "must be 1 or 2: 3");
});
