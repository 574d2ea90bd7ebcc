/** Independent ways to the numbers of a distribution: quadrature, enumeration, draws. */
import type { Distribution } from "elbo/distributions";
import {
  createRandom,
  type Estimate,
  integrate,
  integratePlane,
  STREAMS,
  summarize,
  type Vector,
} from "elbo/math";

/** Twelve standard deviations leave out 4e-33 of a normal. */
const REACH = 12;

/** The integral of f over the line, near a bump of this mean and scale. */
export function integrateLine(
  f: (x: number) => number,
  { mean, scale }: { mean: number; scale: number },
): number {
  const from = mean - REACH * scale, to = mean + REACH * scale;
  return integrate(f, { from, to }).value;
}

/** The integral of exp(logProb) f over the plane, near a bump; f is 1 if left out. */
export function expectOnPlane(
  logProb: (x: Vector) => number,
  { mean, scale, f = () => 1 }: {
    mean: Vector;
    scale: Vector;
    f?: (x: Vector) => number;
  },
): number {
  return integratePlane((x) => Math.exp(logProb(x)) * f(x), {
    center: [mean[0], mean[1]],
    halfWidth: [REACH * scale[0], REACH * scale[1]],
    numNodes: 241,
  });
}

/** All 2^dim vectors of zeros and ones. */
export function binaryVectors(dim: number): number[][] {
  return Array.from(
    { length: 2 ** dim },
    (_, code) => Array.from({ length: dim }, (_, bit) => (code >> bit) & 1),
  );
}

/** The average of f over draws. */
export function averageOverDraws<Value>(
  distribution: Distribution<Value>,
  f: (x: Value) => number,
  { seed, numSamples = 20_000 }: { seed: number; numSamples?: number },
): Estimate {
  const random = createRandom({ seed, stream: STREAMS.test });
  return summarize(
    Array.from({ length: numSamples }, () => f(distribution.sample(random))),
  );
}
