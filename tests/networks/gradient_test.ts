import {
  type ElboAndGradient,
  elboAndGradient,
  initialWeights,
  type NetworkSpec,
  VARIANCE_FLOOR,
  type Weight,
  type Weights,
} from "elbo/networks";
import { createRandom, type Matrix, STREAMS, summarize } from "elbo/math";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertThrows,
} from "@std/assert";
import { finiteDifferenceGradient } from "../helpers/finite_difference.ts";
import { LIKELIHOOD_CASES } from "../helpers/likelihoods.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";
import {
  klOf,
  logLikelihoodOf,
  type NetworkCase,
  type Pass,
  passOf,
  penaltyOf,
  randomNetwork,
} from "./random_network.ts";

type Variant = Pick<NetworkSpec, "model" | "activation" | "likelihood">;

const VARIANTS: Variant[] = (["vae", "autoencoder"] as const).flatMap((model) =>
  (["relu", "tanh"] as const).flatMap((activation) =>
    LIKELIHOOD_CASES.map((likelihood) => ({ model, activation, likelihood }))
  )
);
const TANH_VAE: Variant = {
  model: "vae",
  activation: "tanh",
  likelihood: LIKELIHOOD_CASES[1],
};

/**
 * A network with no unit near a kink of relu, where a finite difference would see both
 * slopes.
 *
 * A step of 6e-6 in one weight moves a value before its activation by 1e-4 at most,
 * times weights and inputs of order 1; networks with one nearer to 0 than 1e-3 are
 * passed over. So are mixtures of components with a scale or variance below 0.1: their third
 * derivative, of the order of 1 / scale^3, is more than a difference allows for.
 */
function smoothNetwork(variant: Variant, seed: number): NetworkCase {
  for (let attempt = 0;; attempt++) {
    const network = randomNetwork(variant, seed + 1000 * attempt);
    const passes = network.images.map((x, row) => passOf(network, x, network.eps[row]));
    const isMixture = "components" in variant.likelihood;
    const isSmooth = passes.every(({ preActivations, widths }) =>
      preActivations.every((value) => Math.abs(value) > 1e-3) &&
      (!isMixture || widths.every((width) => width > 0.1))
    );
    if (isSmooth) return network;
  }
}

function isOptimal({ likelihood }: Pick<NetworkSpec, "likelihood">): boolean {
  return likelihood.kind === "gaussian" && likelihood.variance === "optimal";
}

/** The passes with the batch's mean squared error, or the floor, for their variance. */
function withBestVariance(passes: readonly Pass[], images: Matrix): Pass[] {
  const squares = passes.flatMap(({ output }, row) =>
    output.map((mean, i) => (images[row][i] - mean) ** 2)
  );
  const best = Math.max(summarize(squares).mean, VARIANCE_FLOOR);
  return passes.map((pass) => ({ ...pass, widths: pass.output.map(() => best) }));
}

function resultOf({ spec, weights, images, eps }: NetworkCase): ElboAndGradient {
  return elboAndGradient(spec, weights, { images, eps });
}

/** Holds a gradient to the differences of a network's objective, weight by weight. */
function assertGradient(
  network: NetworkCase,
  gradient: ReadonlyMap<string, Float64Array> = resultOf(network).gradient,
): void {
  assertEquals([...gradient.keys()], [...network.weights.keys()]);
  const { objective } = resultOf(network);
  for (const [name, weight] of network.weights) {
    const objectiveAt = (moved: number[]) => {
      const values = Float64Array.from(moved);
      const weights = new Map(network.weights).set(name, { ...weight, values });
      return resultOf({ ...network, weights }).objective;
    };
    const expected = finiteDifferenceGradient(objectiveAt, weight.values);
    expected.forEach((slope, i) => {
      // A difference over 1.2e-5 of values that are good to eps |objective|, and a
      // third derivative of the order of the slope or of 100.
      const tolerance = 1e-9 * (100 + Math.abs(objective) + Math.abs(slope));
      assertAlmostEquals(gradient.get(name)![i], slope, tolerance, `${name}[${i}]`);
    });
  }
}

for (const variant of VARIANTS) {
  const label = JSON.stringify(variant);

  Deno.test(`elboAndGradient: gradient equals finite differences: ${label}`, () => {
    for (let i = 0; i < 3; i++) {
      assertGradient(smoothNetwork(variant, testSeed(300 + i)));
    }
  });

  Deno.test(`elboAndGradient: parts are those written out: ${label}`, () => {
    for (let i = 0; i < 3; i++) {
      const network = randomNetwork(variant, testSeed(310 + i));
      const { spec, images, eps } = network;
      const kept = images.map((x, row) => passOf(network, x, eps[row]));
      const passes = isOptimal(spec) ? withBestVariance(kept, images) : kept;
      const mean = (values: number[]) => summarize(values).mean;
      const logLikelihood = mean(
        images.map((x, i) => logLikelihoodOf(spec, passes[i], x)),
      );
      const kl = mean(passes.map((pass) => klOf(spec, pass)));
      const found = resultOf(network);
      const tolerance = float64Tolerance(100, logLikelihood, kl);
      assertAlmostEquals(found.expectedLogLikelihood, logLikelihood, tolerance);
      assertAlmostEquals(found.kl, kl, tolerance);
      assertAlmostEquals(
        found.objective,
        spec.beta * penaltyOf(spec, passes) - logLikelihood,
        4 * tolerance,
      );
      if (spec.model === "autoencoder") assertEquals(found.elbo, NaN);
      else assertAlmostEquals(found.elbo, logLikelihood - kl, tolerance);
    }
  });
}

Deno.test("elboAndGradient: finite differences catch planted errors", () => {
  // Where all dimensions are free, a KL left out would be no error.
  const drawn = (seed: number) => {
    const network = smoothNetwork(TANH_VAE, seed);
    return { ...network, spec: { ...network.spec, freeBits: 0 } };
  };
  const seeds = [320, 321, 322, 323].filter((seed) => {
    const { spec, images } = drawn(seed);
    return spec.hidden.length > 0 && images.length > 1 && spec.beta > 0;
  });
  assert(seeds.length > 0);
  for (const seed of seeds) {
    const network = drawn(seed);
    const { spec, images, eps } = network;
    const negated = eps.map((row) => row.map((value) => -value));
    const planted: Record<string, NetworkCase> = {
      "the KL left out": { ...network, spec: { ...spec, beta: 0 } },
      "the KL with the wrong sign or weight": {
        ...network,
        spec: { ...spec, beta: spec.beta / 2 },
      },
      "the noise with the wrong sign": { ...network, eps: negated },
      "the slope of another activation": {
        ...network,
        spec: { ...spec, activation: "relu" },
      },
    };
    for (const wrong of Object.values(planted)) {
      const { gradient } = resultOf(wrong);
      assertThrows(() => assertGradient(network, gradient), AssertionError);
    }
    const { gradient } = resultOf(network);
    const scaled = (factor: number) =>
      new Map([...gradient].map(([name, g]) => [name, g.map((v) => factor * v)]));
    // Ascent for descent; a sum over the batch.
    for (const factor of [-1, images.length]) {
      assertThrows(() => assertGradient(network, scaled(factor)), AssertionError);
    }
  }
});

Deno.test("elboAndGradient: a batch is the average of its images", () => {
  // Free bits look at the whole batch.
  const drawn = randomNetwork(TANH_VAE, testSeed(330));
  const network = { ...drawn, spec: { ...drawn.spec, freeBits: 0 } };
  const whole = resultOf(network);
  const rows = network.images.map((image, row) =>
    resultOf({ ...network, images: [image], eps: [network.eps[row]] })
  );
  for (const [name, values] of whole.gradient) {
    values.forEach((value, i) => {
      const parts = rows.map((row) => row.gradient.get(name)![i]);
      const { mean } = summarize(parts);
      assertAlmostEquals(value, mean, float64Tolerance(...parts));
    });
  }
  const elbos = rows.map((row) => row.elbo);
  assertAlmostEquals(whole.elbo, summarize(elbos).mean, float64Tolerance(...elbos));
});

Deno.test("elboAndGradient: beta weighs the KL in the objective and leaves the elbo", () => {
  const network = randomNetwork(TANH_VAE, 331);
  const at = (beta: number) =>
    resultOf({ ...network, spec: { ...network.spec, beta } });
  const [none, one, four] = [0, 1, 4].map(at);
  assertEquals([none.elbo, four.elbo], [one.elbo, one.elbo]);
  assertEquals(one.objective, -one.elbo);
  assertEquals(none.objective, -none.expectedLogLikelihood);
  const tolerance = float64Tolerance(one.objective, 4 * one.kl);
  assertAlmostEquals(four.objective, one.objective + 3 * one.kl, tolerance);
});

Deno.test("elboAndGradient: over many draws, ln p(x|z) - ln q + ln p averages to elbo", () => {
  // The KL in closed form against the KL sampled: ln p(x|z), the elbo and so the
  // difference have finite variance, since ln q and ln p are quadratic in eps.
  const seed = testSeed(332);
  const network = randomNetwork({ ...TANH_VAE, likelihood: LIKELIHOOD_CASES[0] }, 332);
  const { spec, weights, images: [image] } = network;
  const random = createRandom({ seed, stream: STREAMS.test });
  const { mean, logVar } = passOf(network, image, Array(spec.latentDim).fill(0));
  const draws = Array.from({ length: 5000 }, () => {
    const eps = mean.map(() => random.normal());
    const { kl } = elboAndGradient(spec, weights, { images: [image], eps: [eps] });
    const sampled = mean.reduce((sum, m, i) => {
      const z = m + Math.exp(logVar[i] / 2) * eps[i];
      return sum + (z * z - eps[i] * eps[i] - logVar[i]) / 2;
    }, 0);
    return sampled - kl;
  });
  assertMonteCarlo(summarize(draws), { exact: 0, resolution: 0.1, seed });
  assertThrows(
    () =>
      assertMonteCarlo(summarize(draws.map((v) => v + 0.5)), {
        exact: 0,
        resolution: 0.1,
        seed,
      }),
    AssertionError,
  );
});

Deno.test("elboAndGradient: float32 weights give the numbers of their values", () => {
  const network = randomNetwork(TANH_VAE, 333);
  const copy = (make: (values: ArrayLike<number>) => Weight["values"]): Weights =>
    new Map([...network.weights].map(([name, { shape, values }]) => [
      name,
      { shape, values: make(values.map(Math.fround)) },
    ]));
  const narrow = copy((values) => Float32Array.from(values));
  const wide = copy((values) => Float64Array.from(values));
  assertEquals(
    resultOf({ ...network, weights: narrow }),
    resultOf({ ...network, weights: wide }),
  );
});

Deno.test("elboAndGradient: an autoencoder needs no noise", () => {
  const network = randomNetwork({ ...TANH_VAE, model: "autoencoder" }, 334);
  const { spec, weights, images } = network;
  assertEquals(elboAndGradient(spec, weights, { images }), resultOf(network));
});

Deno.test("elboAndGradient: gradient descent from the start makes the objective smaller", () => {
  const { spec, images, eps } = randomNetwork(TANH_VAE, 335);
  let weights = initialWeights(spec, { seed: 0 });
  const objectives: number[] = [];
  for (let step = 0; step < 20; step++) {
    const { objective, gradient } = elboAndGradient(spec, weights, { images, eps });
    objectives.push(objective);
    weights = new Map([...weights].map(([name, { shape, values }]) => {
      const g = gradient.get(name)!;
      return [name, {
        shape,
        values: Float64Array.from(values, (w, i) => w - 1e-3 * g[i]),
      }];
    }));
  }
  objectives.slice(1).forEach((objective, i) => assert(objective < objectives[i]));
});

Deno.test("elboAndGradient: batches and noise that do not fit are refused", () => {
  const { spec, weights, images, eps } = randomNetwork(TANH_VAE, 336);
  const run = (batch: Parameters<typeof elboAndGradient>[2]) => () =>
    elboAndGradient(spec, weights, batch);
  assertThrows(run({ images: [], eps: [] }), RangeError, "it is empty");
  assertThrows(run({ images }), RangeError, `${images.length} images: 0`);
  assertThrows(
    run({ images: [[...images[0], 0]], eps }),
    RangeError,
    "each row of images",
  );
  assertThrows(run({ images, eps: eps.map(() => []) }), RangeError, "each row of eps");
});

Deno.test("elboAndGradient: weights that ran away are refused, not averaged", () => {
  const { spec, weights, images, eps } = randomNetwork(TANH_VAE, 337);
  const bias = weights.get("encoder.logVar.bias")!;
  for (const bad of [NaN, 5000, -5000]) {
    const values = bias.values.map(() => bad);
    const runaway = new Map(weights).set("encoder.logVar.bias", { ...bias, values });
    assertThrows(
      () => elboAndGradient(spec, runaway, { images, eps }),
      RangeError,
      "scale must be finite and positive",
    );
  }
});
