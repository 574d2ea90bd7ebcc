/**
 * Brackets ln p(x) by annealed chains where it is known:
 *
 *     deno run --allow-read=. bench/annealed_brackets.ts [SEEDS] [IMAGES] [FIRST]
 *
 * 100 seeds of the linear-Gaussian model at five schedule lengths, the same chains
 * without their accept step, and 20 test images under the kept network of two latent
 * dimensions, against quadrature. Ends with status 1 if a seed's bracket misses, the
 * planted chains pass, the bracket does not narrow, or an image is off by 0.1 nat.
 */
import { evaluationPixels, loadDataset } from "elbo/datasets";
import {
  annealedLowerBound,
  fitStart,
  linearSchedule,
  powerSchedule,
  tuneStepSizes,
} from "elbo/estimators";
import { standardNormal } from "elbo/distributions";
import { readTrainedNetwork } from "elbo/exact";
import { createRandom, STREAMS, summarize } from "elbo/math";
import { networkLogJoint } from "elbo/networks";
import {
  type Bracket,
  bracket,
  holds,
  withoutAccept,
} from "../tests/estimators/brackets.ts";

const [numSeeds = 100, numImages = 20, firstImage = 0] = Deno.args.map(Number);
const LENGTHS = [4, 8, 16, 32, 64];
const faults: string[] = [];

const widthOf = ({ lower, upper }: Bracket) => upper.mean - lower.mean;
const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const missesOf = (brackets: Bracket[]) => brackets.filter((b) => !holds(b)).length;

if (numSeeds > 0) bracketSeeds();

console.log(`\n${numImages} test images of MNIST, mnist_vae_2d, 32 chains, 300 steps`);
console.log("  image     exact  AIS - exact  +- error");
const file = new URL("../data/mnist_vae_2d.safetensors", import.meta.url);
const network = readTrainedNetwork(await Deno.readFile(file), { tolerance: 1e-4 });
const { test } = await loadDataset("mnist");
for (let i = firstImage; i < numImages; i++) {
  const index = Math.floor(i * test.count / numImages);
  const pixels = new Float32Array(test.dataDim);
  evaluationPixels(test, {
    indices: Uint32Array.of(index),
    binarization: "static",
    out: pixels,
  });
  const x = [...pixels];
  const dice = (row: number) =>
    createRandom({ seed: index, stream: STREAMS.monteCarlo, row });
  const logJoint = networkLogJoint(network.spec, network.weights, x);
  const options = { numChains: 32, leapfrogSteps: 5 };
  const fromPrior = {
    initial: standardNormal(2),
    logJoint,
    schedule: powerSchedule(100),
  };
  const path = {
    initial: fitStart(fromPrior, { ...options, random: dice(2) }),
    logJoint,
    schedule: linearSchedule(300),
  };
  const stepSizes = tuneStepSizes(path, { ...options, random: dice(0) });
  const lower = annealedLowerBound(path, { ...options, stepSizes, random: dice(1) });
  const exact = network.logMarginal(x);
  const off = lower.mean - exact;
  console.log(
    `${index}`.padStart(7),
    exact.toFixed(3).padStart(9),
    off.toFixed(4).padStart(12),
    lower.standardError.toFixed(4).padStart(9),
  );
  if (Math.abs(off) > 0.1) faults.push(`image ${index} is off by ${off} nats`);
}
for (const fault of faults) console.error(`FAULT: ${fault}`);
if (faults.length > 0) Deno.exit(1);

function bracketSeeds(): void {
  console.log(`linear-Gaussian model, ${numSeeds} seeds, 32 chains`);
  console.log("  steps  misses  median width  mean width +- error");
  let previous = Infinity;
  for (const numSteps of LENGTHS) {
    const seeds = Array.from({ length: numSeeds }, (_, seed) => seed);
    const brackets = seeds.map((seed) => bracket({ seed, numSteps }));
    const { mean, standardError } = summarize(brackets.map(widthOf));
    const middle = median(brackets.map(widthOf));
    console.log(
      `${numSteps}`.padStart(7),
      `${missesOf(brackets)}`.padStart(7),
      middle.toFixed(4).padStart(13),
      `${mean.toFixed(4)} +- ${standardError.toFixed(4)}`.padStart(20),
    );
    if (missesOf(brackets) > 0) faults.push(`a bracket misses at ${numSteps} steps`);
    if (mean >= previous) {
      faults.push(`the bracket does not narrow at ${numSteps} steps`);
    }
    if (numSteps === LENGTHS.at(-1) && middle > 0.1) faults.push("the bracket is wide");
    previous = mean;
  }
  const planted = Array.from(
    { length: numSeeds },
    (_, seed) => bracket({ seed, numSteps: 32, kernel: withoutAccept }),
  );
  console.log(`without the accept step, 32 steps: ${missesOf(planted)} misses`);
  if (missesOf(planted) < 0.9 * numSeeds) faults.push("planted chains pass");
}
