import { jointTable, trainedNetwork } from "elbo/exact";
import { createRandom, logSumExp, STREAMS } from "elbo/math";
import { initialWeights, type NetworkSpec } from "elbo/networks";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { testSeed } from "../helpers/seed.ts";
import { randomWeights } from "../networks/random_network.ts";
import { smallNetwork } from "./models.ts";

const SPEC = smallNetwork().spec;

/** A network with all weights and biases drawn, times `gain`. */
function drawnNetwork(change: Partial<NetworkSpec> = {}, gain = 1) {
  const spec = { ...SPEC, ...change };
  const random = createRandom({ seed: testSeed(8), stream: STREAMS.test });
  const weights = [...randomWeights(spec, random)].map(([name, { shape, values }]) =>
    [name, { shape, values: Float64Array.from(values, (v) => gain * v) }] as const
  );
  return trainedNetwork(spec, new Map(weights));
}

Deno.test("jointTable: holds ln p(z) + ln p(x|z) of the network at every node", () => {
  const networks = [
    drawnNetwork(),
    drawnNetwork({ activation: "relu", hidden: [7, 3] }),
    // No hidden layer: h is z itself, two numbers of a row of four.
    drawnNetwork({ hidden: [] }),
    // Logits of some hundreds: exp of one of them is no number.
    drawnNetwork({}, 300),
    // More pixels than factors of 2 that a number holds, all of them near 2.
    drawnNetwork({ dataDim: 2500 }, 1e-3),
  ];
  for (const network of networks) {
    const { axis, logJoint } = jointTable(network, { halfWidth: 2, spacing: 0.5 });
    const { dataDim } = network.spec;
    const x = Array.from({ length: dataDim }, (_, i) => [0, 1, 0.3][i % 3]);
    const table = logJoint(Float64Array.from(x));
    assertEquals(axis, [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]);
    assertEquals(table.length, axis.length ** 2);
    axis.forEach((first, i) =>
      axis.forEach((second, j) => {
        const z = [first, second];
        const expected = network.prior.logProb(z) + network.likelihood(z).logProb(x);
        // 50 roundings of terms whose sizes add up to a few times that of the sum.
        const tolerance = 200 * Number.EPSILON * (dataDim + Math.abs(expected));
        assertAlmostEquals(table[i * axis.length + j], expected, tolerance);
      })
    );
  }
});

Deno.test("jointTable: its sum is ln p(x), as found by the grid that adapts", () => {
  const network = drawnNetwork();
  const { logJoint, spacing } = jointTable(network, { halfWidth: 9, spacing: 0.125 });
  for (const x of [[0, 1, 1, 0, 1, 0], [1, 1, 1, 1, 1, 1]]) {
    const logMarginal = logSumExp(logJoint(x)) + 2 * Math.log(spacing);
    assertAlmostEquals(logMarginal, network.logMarginal(x), 1e-7);
  }
});

Deno.test("jointTable: an image does not change what the next one gets", () => {
  const { logJoint } = jointTable(drawnNetwork(), { halfWidth: 1, spacing: 0.5 });
  const x = [0, 1, 1, 0, 1, 0];
  const once = logJoint(x);
  logJoint([1, 0, 0, 1, 0, 1]);
  assertEquals(logJoint(x), once);
});

Deno.test("jointTable: covers at least the half width, with three nodes at least", () => {
  const network = drawnNetwork();
  assertEquals(jointTable(network, { halfWidth: 0.1, spacing: 1 }).axis, [-1, 0, 1]);
  const { axis } = jointTable(network, { halfWidth: 1, spacing: 0.3 });
  assert(axis[0] <= -1 && axis.at(-1)! >= 1);
});

Deno.test("jointTable: refuses other networks, other grids and other images", () => {
  const grid = { halfWidth: 1, spacing: 0.5 };
  for (
    const change of [
      { latentDim: 1 },
      { likelihood: { kind: "gaussian", variance: 1 } },
    ] as const
  ) {
    const spec: NetworkSpec = { ...SPEC, ...change };
    const network = { spec, weights: initialWeights(spec, { seed: 0 }) };
    assertThrows(() => jointTable(network, grid), RangeError, "Bernoulli");
  }
  const spec = { ...SPEC, hidden: [4] };
  const { weights } = drawnNetwork();
  assertThrows(() => jointTable({ spec, weights }, grid), RangeError, "encoder.0");
  for (
    const change of [{ spacing: 0 }, { spacing: NaN }, { halfWidth: 0 }, {
      halfWidth: -1,
    }]
  ) {
    assertThrows(
      () => jointTable(drawnNetwork(), { ...grid, ...change }),
      RangeError,
      "spacing",
    );
  }
  const { logJoint } = jointTable(drawnNetwork(), grid);
  assertThrows(() => logJoint([0, 1]), RangeError, "must have the length 6: 2");
});
