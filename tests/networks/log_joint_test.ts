import { assertAlmostEquals, assertThrows } from "@std/assert";
import { networkLatentModel, networkLogJoint, type NetworkSpec } from "elbo/networks";
import { finiteDifferenceGradient } from "../helpers/finite_difference.ts";
import { createRandom, STREAMS } from "elbo/math";
import { LIKELIHOOD_CASES } from "../helpers/likelihoods.ts";
import { randomWeights } from "./random_network.ts";

const random = () => createRandom({ seed: 61, stream: STREAMS.test });
const POINTS = [[0.3, -1.2], [0, 0], [2, 0.7], [-1, -1], [0.1, 3]];
/** Bytes over 255, the ends among them: every likelihood takes them. */
const X = [0, 1, 51 / 255, 0, 153 / 255, 1];

for (const likelihood of LIKELIHOOD_CASES) {
  for (const hidden of [[], [5], [5, 4]]) {
    const name = `${JSON.stringify(likelihood)}, ${hidden.length} hidden`;
    Deno.test(`networkLogJoint: value and slope are the model's, ${name}`, () => {
      const spec: NetworkSpec = {
        model: "vae",
        dataDim: 6,
        hidden,
        latentDim: 2,
        activation: "tanh",
        likelihood,
        beta: 1,
      };
      const weights = randomWeights(spec, random());
      const model = networkLatentModel(spec, weights);
      const logJoint = (z: readonly number[]) =>
        model.prior.logProb(z) + model.likelihood(z).logProb(X);
      // Five points: a block of four rows and one that is not whole.
      const { values, gradients } = networkLogJoint(spec, weights, X)(
        Float64Array.from(POINTS.flat()),
      );
      POINTS.forEach((z, row) => {
        assertAlmostEquals(values[row], logJoint(z), 1e-10 * Math.abs(logJoint(z)));
        finiteDifferenceGradient(logJoint, z).forEach((slope, i) =>
          assertAlmostEquals(
            gradients[2 * row + i],
            slope,
            1e-7 * (1 + Math.abs(slope)),
          )
        );
      });
    });
  }
}

Deno.test("networkLogJoint: more pixels than one logarithm serves, extreme logits", () => {
  const spec: NetworkSpec = {
    model: "vae",
    dataDim: 1100,
    hidden: [],
    latentDim: 1,
    activation: "relu",
    likelihood: { kind: "bernoulli" },
    beta: 1,
  };
  const weights = randomWeights(spec, random());
  const x = Array.from({ length: 1100 }, (_, i) => i % 2);
  const model = networkLatentModel(spec, weights);
  for (const z of [0.1, -900]) {
    const expected = model.prior.logProb([z]) + model.likelihood([z]).logProb(x);
    const { values } = networkLogJoint(spec, weights, x)(Float64Array.of(z));
    assertAlmostEquals(values[0], expected, 1e-11 * Math.abs(expected));
  }
});

Deno.test("networkLogJoint: an x that the likelihood does not know is refused", () => {
  const spec: NetworkSpec = {
    model: "vae",
    dataDim: 2,
    hidden: [3],
    latentDim: 1,
    activation: "relu",
    likelihood: { kind: "bernoulli" },
    beta: 1,
  };
  const weights = randomWeights(spec, random());
  assertThrows(() => networkLogJoint(spec, weights, [0, 2]), RangeError, "[0, 1]");
  assertThrows(() => networkLogJoint(spec, weights, [0]), RangeError, "length");
});
