import {
  assertEquals,
  assertLessOrEqual,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { normal, reparameterize, standardNormal } from "elbo/distributions";
import { normalAt, STREAMS, type Vector } from "elbo/math";
import type { Step } from "elbo/models";
import { decode, encode, likelihoodOf } from "elbo/networks";
import { testSeed } from "../helpers/seed.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { createStepOnFace, type Face, knownTo, testOnFaces } from "./faces.ts";
import { type RandomNetwork, randomNetwork } from "./random_network.ts";

const seed = testSeed(5);
const noise = { seed: 1, stream: STREAMS.evaluation };
// Every likelihood with two hidden layers, and an autoencoder with three.
const networks = [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 31].map((index) =>
  randomNetwork(index, seed)
);
const vaes = networks.filter(({ spec }) => spec.model === "vae");

testOnFaces("encode: agrees with float64", async (face) => {
  for (const network of knownTo(face, { networks, least: 3 })) {
    await withStep(network, face, async (step) => {
      const { spec, weights, images } = network;
      const found = await step.encode(flatten(images), images.length);
      const exact = images.map((image) => encode(spec, weights, image));
      assertNear(found.mean, exact.flatMap(({ mean }) => mean));
      assertNear(found.logVar ?? [], exact.flatMap(({ logVar = [] }) => logVar));
    });
  }
});

testOnFaces("decode: agrees with float64", async (face) => {
  for (const network of knownTo(face, { networks, least: 3 })) {
    await withStep(network, face, async (step) => {
      const { spec, weights, eps } = network;
      const found = await step.decode(flatten(eps), eps.length);
      const exact = eps.map((z) => decode(spec, weights, z));
      const means = exact.map((row) =>
        (likelihoodOf(spec, row) as unknown as { mean: Vector }).mean
      );
      assertNear(found.mean, means.flat());
      const of = (name: "logits" | "variance") =>
        exact.flatMap((row) => (row as Record<string, Vector>)[name] ?? []);
      assertNear(found.logits ?? [], of("logits"));
      assertNear(found.variance ?? [], of("variance"));
      const ofComponents = (name: "logits" | "mean" | "scale") =>
        exact.flatMap((row) => "components" in row ? row.components[name].flat() : []);
      assertNear(found.componentLogits ?? [], ofComponents("logits"));
      assertNear(found.componentMeans ?? [], ofComponents("mean"));
      assertNear(found.componentScales ?? [], ofComponents("scale"));
    });
  }
});

testOnFaces(
  "logWeights: ln p(x, z) - ln q(z given x) in float64",
  async (face) => {
    const numSamples = 3;
    for (const network of knownTo(face, { networks: vaes, least: 2 })) {
      await withStep(network, face, async (step) => {
        const batch = batchOf(network);
        const found = await step.logWeights({ ...batch, numSamples, noise });
        assertNear(found, exactLogWeights(network, { numSamples, step: batch.step }));
        const other = exactLogWeights(network, { numSamples, step: batch.step + 1 });
        assertThrows(() => assertNear(found, other));
      });
    }
  },
);

// The witness: two densities evaluated apart, with their constants.
function exactLogWeights(
  { spec, weights, images }: RandomNetwork,
  { numSamples, step }: { numSamples: number; step: number },
): number[] {
  const prior = standardNormal(spec.latentDim);
  const batchSize = images.length;
  return Array.from({ length: numSamples * batchSize }, (_, row) => {
    const image = images[row % batchSize];
    const { mean, logVar } = encode(spec, weights, image);
    const scale = logVar!.map((value) => Math.exp(value / 2));
    const eps = mean.map((_, column) =>
      Math.fround(normalAt({ ...noise, step, row, column }))
    );
    const z = reparameterize({ mean, scale, eps });
    const likelihood = likelihoodOf(spec, decode(spec, weights, z));
    return likelihood.logProb(image) + prior.logProb(z) -
      normal({ mean, scale }).logProb(z);
  });
}

testOnFaces("logWeights: blocks do not show", async (face) => {
  // 2000 rows are two blocks of at most 1024; 7 images divide neither evenly.
  const [network] = vaes;
  const images = Array.from({ length: 7 }, () => network.images[0]);
  await withStep(network, face, async (step) => {
    const batch = { ...batchOf({ ...network, images }), noise };
    const many = await step.logWeights({ ...batch, numSamples: 300 });
    assertEquals(many.length, 300 * 7);
    const few = await step.logWeights({ ...batch, numSamples: 140 });
    assertNear(few, [...many.subarray(0, 140 * 7)]);
    const last = exactLogWeights({ ...network, images }, { numSamples: 300, step: 3 });
    assertNear(many, last);
  });
});

Deno.test("logWeights: refuses an autoencoder", async () => {
  const network = networks.find(({ spec }) => spec.model === "autoencoder")!;
  await withStep(network, "cpu", async (step) => {
    await assertRejects(
      () => step.logWeights({ ...batchOf(network), noise, numSamples: 1 }),
      TypeError,
      "Cannot weigh samples as the model must be a vae: autoencoder",
    );
  });
});

function batchOf({ images }: RandomNetwork) {
  return { images: flatten(images), batchSize: images.length, step: 3 };
}

async function withStep(
  { spec, weights }: RandomNetwork,
  face: Face,
  body: (step: Step) => Promise<void>,
): Promise<void> {
  const options = { seed: 0, learningRate: 1, weights, face };
  const step = await createStepOnFace(spec, options);
  await body(step);
  step.dispose();
}

function flatten(rows: readonly Vector[]): Float32Array {
  return Float32Array.from(rows.flat());
}

// Sums of at most 500 terms along any path, as large together as the largest value.
function assertNear(found: ArrayLike<number>, exact: Vector): void {
  assertEquals(found.length, exact.length);
  const tolerance = float32Tolerance(500, Math.max(1, ...exact.map(Math.abs)));
  exact.forEach((value, i) =>
    assertLessOrEqual(Math.abs(found[i] - value), tolerance, `element ${i}`)
  );
}
