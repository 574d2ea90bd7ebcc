import { assertAlmostEquals, assertThrows } from "@std/assert";
import { logWeight } from "elbo/estimators";
import {
  createRandom,
  expectNormal,
  logMeanExp,
  type Matrix,
  STREAMS,
  summarize,
} from "elbo/math";
import {
  approxPosteriorOf,
  encode,
  type EncoderGradient,
  kSampleBoundAndGradient,
  networkLatentModel,
  type NetworkSpec,
  type Weights,
} from "elbo/networks";
import { finiteDifferenceGradient } from "../helpers/finite_difference.ts";
import { drawPixel, LIKELIHOOD_CASES } from "../helpers/likelihoods.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { randomWeights } from "./random_network.ts";

const spec: NetworkSpec = {
  model: "vae",
  dataDim: 3,
  hidden: [4],
  latentDim: 2,
  activation: "tanh",
  likelihood: { kind: "bernoulli" },
  beta: 1,
  samples: 4,
};

const rows = (count: number, draw: () => number, columns: number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: columns }, draw));

function caseOf(spec: NetworkSpec, seed: number) {
  const random = createRandom({ seed, stream: STREAMS.test });
  const { samples = 1 } = spec;
  return {
    weights: randomWeights(spec, random),
    images: rows(2, () => drawPixel(spec.likelihood, random), spec.dataDim),
    eps: rows(2 * samples, () => random.normal(), spec.latentDim),
  };
}

/** The bound from densities, with the library's estimators instead of its gradient. */
function boundOf(spec: NetworkSpec, weights: Weights, batch: {
  images: Matrix;
  eps: Matrix;
}): number {
  const model = networkLatentModel(spec, weights);
  const { samples = 1 } = spec;
  const bounds = batch.images.map((x, i) => {
    const q = approxPosteriorOf(encode(spec, weights, x));
    return logMeanExp(Array.from({ length: samples }, (_, k) => {
      const eps = batch.eps[k * batch.images.length + i];
      const z = q.mean.map((m, j) => m + q.scale[j] * eps[j]);
      return logWeight(model, q, { x, z });
    }));
  });
  return summarize(bounds).mean;
}

function moved(weights: Weights, name: string, values: number[]): Weights {
  const { shape } = weights.get(name)!;
  return new Map(weights).set(name, { shape, values: Float64Array.from(values) });
}

const isOptimal = (likelihood: NetworkSpec["likelihood"]) =>
  likelihood.kind === "gaussian" && likelihood.variance === "optimal";

for (const likelihood of LIKELIHOOD_CASES.filter((each) => !isOptimal(each))) {
  Deno.test(`kSampleBoundAndGradient: is the slope of the bound, ${JSON.stringify(likelihood)}`, () => {
    const ours = { ...spec, likelihood };
    const { weights, ...batch } = caseOf(ours, testSeed(71));
    const { bound, gradient } = kSampleBoundAndGradient(ours, weights, batch);
    assertAlmostEquals(
      bound,
      boundOf(ours, weights, batch),
      1e-10 * (1 + Math.abs(bound)),
    );
    for (const [name, weight] of weights) {
      const slopes = finiteDifferenceGradient(
        (values) => -boundOf(ours, moved(weights, name, values), batch),
        weight.values,
      );
      slopes.forEach((slope, i) => {
        // A difference over 1.2e-5 of a bound that is good to eps of its size.
        const tolerance = 1e-9 * (100 + Math.abs(bound) + Math.abs(slope));
        assertAlmostEquals(gradient.get(name)![i], slope, tolerance, `${name}[${i}]`);
      });
    }
  });
}

/** A decoder of one pixel and one latent: L_2 is an integral over the plane. */
const small: NetworkSpec = {
  ...spec,
  dataDim: 2,
  hidden: [],
  latentDim: 1,
  samples: 2,
};
const IMAGE = [[1, 0]];
const smallWeights = randomWeights(
  small,
  createRandom({ seed: 72, stream: STREAMS.test }),
);

/** d L_2 / d encoder.mean.bias and encoder.logVar.bias, by quadrature. */
function exactSlopes(): number[] {
  const standard = { mean: 0, scale: 1 };
  const exactBound = (weights: Weights) =>
    expectNormal(
      (first) =>
        expectNormal(
          (second) =>
            boundOf(small, weights, { images: IMAGE, eps: [[first], [second]] }),
          standard,
        ),
      standard,
    );
  return ["encoder.mean.bias", "encoder.logVar.bias"].map((name) =>
    finiteDifferenceGradient(
      (values) => -exactBound(moved(smallWeights, name, values)),
      smallWeights.get(name)!.values,
    )[0]
  );
}
const exact = exactSlopes();

/** The mean gradient over many pairs of draws. */
function meanSlopes(encoderGradient: EncoderGradient, seed: number) {
  const random = createRandom({ seed, stream: STREAMS.test });
  const ours = { ...small, encoderGradient };
  const names = ["encoder.mean.bias", "encoder.logVar.bias"];
  // Of each gradient only these two numbers are kept: all of it would fill the heap.
  const slopes = names.map(() => new Float64Array(20_000));
  for (let draw = 0; draw < 20_000; draw++) {
    const { gradient } = kSampleBoundAndGradient(ours, smallWeights, {
      images: IMAGE,
      eps: rows(2, () => random.normal(), 1),
    });
    names.forEach((name, i) => slopes[i][draw] = gradient.get(name)![0]);
  }
  return slopes.map(summarize);
}

for (const encoderGradient of ["reparameterized", "doubly-reparameterized"] as const) {
  Deno.test(`kSampleBoundAndGradient: ${encoderGradient}, its mean is the slope of L_2`, () => {
    const seed = testSeed(73);
    // Smooth and of linear growth in eps: every moment is finite.
    meanSlopes(encoderGradient, seed).forEach((slope, i) => {
      assertMonteCarlo(slope, { exact: exact[i], resolution: 0.03, seed });
      assertThrows(
        // Control: weighed once where it must be twice, about a factor of K.
        () => assertMonteCarlo(slope, { exact: 2 * exact[i], resolution: 0.03, seed }),
      );
    });
  });
}

Deno.test("kSampleBoundAndGradient: the decoder's gradient is the same in both ways", () => {
  const { weights, eps } = caseOf(spec, testSeed(74));
  // Of images without a white pixel the first weights have no gradient either way.
  const batch = { images: [[1, 0, 1], [0, 1, 1]], eps };
  const [plain, doubly] = (["reparameterized", "doubly-reparameterized"] as const)
    .map((encoderGradient) =>
      kSampleBoundAndGradient({ ...spec, encoderGradient }, weights, batch).gradient
    );
  for (const [name, values] of plain) {
    const same = values.every((v, i) => v === doubly.get(name)![i]);
    assertAlmostEquals(Number(same), Number(name.startsWith("decoder.")));
  }
});

Deno.test("kSampleBoundAndGradient: too few rows of noise are refused", () => {
  const { weights, images, eps } = caseOf(spec, 75);
  assertThrows(
    () => kSampleBoundAndGradient(spec, weights, { images, eps: eps.slice(1) }),
    RangeError,
    "eps must have 4 rows for each of 2 images: 7",
  );
});

Deno.test("samples: go with a vae, beta 1, no free bits and no optimal variance", () => {
  const wrong: Partial<NetworkSpec>[] = [
    { beta: 0.5 },
    { freeBits: 0.1 },
    { model: "autoencoder" },
    { likelihood: { kind: "gaussian", variance: "optimal" } },
    { samples: 1.5 },
    { samples: 1, encoderGradient: "reparameterized" },
  ];
  for (const change of wrong) {
    const ours = { ...spec, ...change };
    const { weights, ...batch } = caseOf(spec, 76);
    assertThrows(
      () => kSampleBoundAndGradient(ours, weights, batch),
      RangeError,
      "samples",
    );
  }
});
