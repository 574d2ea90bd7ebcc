import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  linearGaussian,
  type LinearVaeOptions,
  linearVaeSpec,
  optimalLinearVae,
  type Weights,
} from "elbo/exact";
import { createRandom, STREAMS, summarize } from "elbo/math";
import { type ElboAndGradient, elboAndGradient } from "elbo/networks";
import {
  crossPoints,
  exactBatch,
  optimalWeights,
  randomBasis,
} from "../helpers/linear_vae.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";

interface Case extends Required<LinearVaeOptions> {
  readonly eigenvalues: readonly number[];
}

const spectrum = [6, 2.5, 1.2, 0.8, 0.3, 0.1];
const cases: Case[] = [
  { eigenvalues: spectrum, latentDim: 4, variance: 1, beta: 1 },
  { eigenvalues: spectrum, latentDim: 4, variance: 0.25, beta: 4 },
  { eigenvalues: spectrum, latentDim: 3, variance: 0.5, beta: 0.3 },
  { eigenvalues: spectrum, latentDim: 2, variance: 7, beta: 1 },
  { eigenvalues: spectrum.slice(0, 3), latentDim: 5, variance: 1, beta: 1 },
  { eigenvalues: spectrum, latentDim: 4, variance: "shared", beta: 1 },
  { eigenvalues: spectrum, latentDim: 4, variance: "shared", beta: 2 },
  { eigenvalues: spectrum, latentDim: 3, variance: "shared", beta: 0.5 },
];

/** The exact objective of a linear VAE at given weights, by the network of lib. */
function exactly(setting: Case, weights: Weights, basis: number[][]): ElboAndGradient {
  const points = crossPoints(basis, setting.eigenvalues);
  return elboAndGradient(
    linearVaeSpec(setting),
    weights,
    exactBatch(points, setting.latentDim),
  );
}

function atOptimum(setting: Case, seed: number) {
  const basis = randomBasis(setting.eigenvalues.length, seed);
  const optimum = optimalLinearVae(setting.eigenvalues, setting);
  const shared = setting.variance === "shared";
  const weights = optimalWeights(optimum, { basis, shared });
  return { basis, optimum, weights, found: exactly(setting, weights, basis) };
}

for (const [index, setting] of cases.entries()) {
  const { latentDim, variance, beta, eigenvalues } = setting;
  const label = `${eigenvalues.length} eigenvalues, latentDim ${latentDim}, ` +
    `variance ${variance}, beta ${beta}`;

  Deno.test(`optimalLinearVae: the network has these values: ${label}`, () => {
    const { optimum, found } = atOptimum(setting, testSeed(700 + index));
    const tolerance = float64Tolerance(200, optimum.expectedLogLikelihood, optimum.kl);
    assertAlmostEquals(found.kl, optimum.kl, tolerance);
    assertAlmostEquals(found.elbo, optimum.elbo, tolerance);
    assertAlmostEquals(found.objective, optimum.objective, tolerance);
    for (const [name, values] of found.gradient) {
      const steepest = Math.max(...Array.from(values, Math.abs));
      // Sums of terms of size up to eigenvalue / variance.
      assertAlmostEquals(steepest, 0, float64Tolerance(1000), name);
    }
  });

  Deno.test(`optimalLinearVae: no step from it leads lower: ${label}`, () => {
    const { basis, optimum, weights } = atOptimum(setting, testSeed(720 + index));
    const random = createRandom({ seed: testSeed(740 + index), stream: STREAMS.test });
    for (const size of [0.01, 0.1, 0.1, 0.5, 0.5, 1]) {
      const moved = new Map([...weights].map(([name, { shape, values }]) => [
        name,
        { shape, values: values.map((v) => v + size * random.normal()) },
      ]));
      const { objective } = exactly(setting, moved, basis);
      assert(objective > optimum.objective, `${objective} < ${optimum.objective}`);
    }
  });
}

Deno.test("optimalLinearVae: with beta 1 the bound is tight at the optimum", () => {
  const { basis, optimum } = atOptimum(cases[0], 760);
  const { dimensions, variance } = optimum;
  const model = linearGaussian({
    weight: basis.map((_, row) =>
      dimensions.map(({ decoderGain }, i) => decoderGain * basis[i][row])
    ),
    bias: basis.map(() => 0),
    scale: Math.sqrt(variance),
  });
  const points = crossPoints(basis, cases[0].eigenvalues);
  const { mean } = summarize(points.map((x) => model.logMarginal(x)));
  assertAlmostEquals(optimum.elbo, mean, float64Tolerance(100, mean));
});

/** Turns two columns of the decoder, and with them the encoder. */
function turned(weights: Weights, angle: number, latentDim: number): Weights {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const turn = (name: string, at: (row: number, unit: number) => number) => {
    const { shape, values } = weights.get(name)!;
    const next = Float64Array.from(values);
    for (let row = 0; row < values.length / latentDim; row++) {
      const [a, b] = [values[at(row, 0)], values[at(row, 1)]];
      next[at(row, 0)] = c * a - s * b;
      next[at(row, 1)] = s * a + c * b;
    }
    return [name, { shape, values: next }] as const;
  };
  const dataDim = weights.get("decoder.output.bias")!.values.length;
  return new Map([
    ...weights,
    turn("encoder.mean.weight", (row, unit) => row * latentDim + unit),
    turn("decoder.output.weight", (row, unit) => unit * dataDim + row),
  ]);
}

Deno.test("optimalLinearVae: a diagonal q pays for every other rotation", () => {
  const { basis, optimum, weights } = atOptimum(cases[0], 770);
  const { latentDim } = cases[0];
  const [first, second] = optimum.dimensions.map((d) => d.posteriorVariance);
  for (const angle of [0.1, 0.5, Math.PI / 4]) {
    // p(x) is the same, and so is the posterior's mean; the best diagonal q has the
    // diagonal of the precision, which lies between those of the two axes.
    const [c2, s2] = [Math.cos(angle) ** 2, Math.sin(angle) ** 2];
    const precisions = [c2 / first + s2 / second, s2 / first + c2 / second];
    const logVar = Float64Array.from(weights.get("encoder.logVar.bias")!.values);
    precisions.forEach((precision, i) => logVar[i] = -Math.log(precision));
    const bent = new Map(turned(weights, angle, latentDim));
    bent.set("encoder.logVar.bias", { shape: [latentDim], values: logVar });
    const { elbo } = exactly(cases[0], bent, basis);
    // KL(q || p(z|x)) = ln(|diag precision| / |precision|) / 2
    const gap = Math.log(precisions[0] * precisions[1] * first * second) / 2;
    assert(gap > 1e-3);
    assertAlmostEquals(elbo, optimum.elbo - gap, float64Tolerance(200, elbo));
  }
  // A quarter turn only renames the dimensions.
  const quarter = new Map(turned(weights, Math.PI / 2, latentDim));
  const logVar = Float64Array.from(weights.get("encoder.logVar.bias")!.values);
  [logVar[0], logVar[1]] = [logVar[1], logVar[0]];
  quarter.set("encoder.logVar.bias", { shape: [latentDim], values: logVar });
  const { elbo } = exactly(cases[0], quarter, basis);
  assertAlmostEquals(elbo, optimum.elbo, float64Tolerance(200, elbo));
});

Deno.test("optimalLinearVae: one dimension's objective has its least where it says", () => {
  // With v and c at their best for a decoder gain g, and s^2 = 1: m = g^2 + beta,
  // mean = g x / m, c = beta / m.
  const objectiveAt = (gain: number, lambda: number, beta: number) => {
    const m = gain ** 2 + beta;
    const [encoder, c] = [gain / m, beta / m];
    const error = lambda * (1 - gain * encoder) ** 2 + gain ** 2 * c;
    return error / 2 + beta * (encoder ** 2 * lambda + c - 1 - Math.log(c)) / 2;
  };
  for (const beta of [0.5, 1, 3]) {
    for (const ratio of [0.2, 0.9, 0.99, 1.01, 1.1, 4]) {
      const lambda = ratio * beta;
      const options = { latentDim: 1, variance: 1, beta };
      const { dimensions: [{ decoderGain }] } = optimalLinearVae([lambda], options);
      const least = objectiveAt(decoderGain, lambda, beta);
      for (let gain = 0; gain < 3; gain += 0.01) {
        assert(objectiveAt(gain, lambda, beta) >= least - 1e-15);
      }
      assertEquals(decoderGain > 0, ratio > 1);
    }
  }
});

Deno.test("optimalLinearVae: a learnt variance is the least of all fixed ones", () => {
  for (const beta of [0.5, 1, 1.5, 3]) {
    const options = { latentDim: 4, beta };
    const learnt = optimalLinearVae(spectrum, { ...options, variance: "shared" });
    for (let factor = 0.2; factor < 5; factor *= 1.01) {
      const variance = learnt.variance * factor;
      const { objective } = optimalLinearVae(spectrum, { ...options, variance });
      assert(objective >= learnt.objective - 1e-12, `${beta} ${factor}`);
    }
    assert(learnt.survivors * beta < spectrum.length);
  }
});

Deno.test("optimalLinearVae: with beta 1 a learnt variance is the mean of the rest", () => {
  const options = { latentDim: 4, variance: "shared" } as const;
  const { variance, survivors } = optimalLinearVae(spectrum, options);
  assertAlmostEquals(variance, (0.3 + 0.1) / 2, 1e-15);
  assertEquals(survivors, 4);
  // Only a flat rest lets a dimension die.
  const flat = optimalLinearVae([5, 1, 1, 1], { ...options, latentDim: 3 });
  assertEquals(flat.survivors, 1);
  assertEquals(flat.variance, 1);
});

Deno.test("optimalLinearVae: order does not matter, a tie is dead", () => {
  const options = { latentDim: 3, variance: 0.8 };
  const up = optimalLinearVae(spectrum.toReversed(), options);
  assertEquals(up, optimalLinearVae(spectrum, options));
  const tie = optimalLinearVae([2, 0.8], { latentDim: 2, variance: 0.8 });
  assertEquals(tie.survivors, 1);
  assertEquals(tie.dimensions[1].posteriorVariance, 1);
});

Deno.test("optimalLinearVae: what has no optimum is refused", () => {
  const good = { latentDim: 2, variance: 1, beta: 1 } as const;
  const refused: [readonly number[], LinearVaeOptions, string][] = [
    [[], good, "there must be an eigenvalue"],
    [[1, -1], good, "every eigenvalue"],
    [[1, NaN], good, "every eigenvalue"],
    [[1], { ...good, latentDim: 0 }, "latentDim"],
    [[1], { ...good, beta: 0 }, "beta"],
    [[1], { ...good, variance: 0 }, "a fixed variance"],
    [[2, 1, 0], { ...good, variance: "shared" }, "without bound"],
  ];
  for (const [eigenvalues, options, message] of refused) {
    const call = () => optimalLinearVae(eigenvalues, options);
    assertThrows(call, RangeError, message);
  }
});
