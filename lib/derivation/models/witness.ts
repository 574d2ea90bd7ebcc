import { integrate, integratePlane, type Vector } from "../../math/mod.ts";
import { once } from "../once.ts";
import { type Choice, FIRST, type LatentWitness } from "./faces.ts";

/** Where a witness integrates: over indices, or over an interval of each axis. */
export type Domain =
  | { readonly kind: "indices"; readonly count: number }
  | {
    readonly kind: "box";
    readonly dim: 1 | 2;
    /** The origin if left out. */
    readonly center?: readonly [number, number];
    readonly halfWidth: number;
    /** Nodes an axis of a grid; `NODES` if left out. */
    readonly numNodes?: number;
  };

/** What is written out of a model, for one choice of x, q and decoder. */
export interface WitnessModel {
  readonly x: Vector;
  readonly domain: Domain;
  logPrior(z: Vector): number;
  logLikelihood(z: Vector): number;
  logApprox(z: Vector): number;
  decode?(z: Vector): { readonly mean: Vector; readonly scale: number };
  pixelProbs?(z: Vector): Vector;
}

/** Nodes an axis of the trapezoid rules over the box. */
const NODES = { 1: 1501, 2: 81 } as const;

/** The witness's face of a model: every number an integral of what is written out. */
export function witnessFace(
  make: (choice: Choice) => WitnessModel,
  options: {
    numObservations: number;
    numApprox: number;
    probes: readonly Vector[];
  },
  choice: Choice = FIRST,
): LatentWitness {
  const { x, domain, logPrior, logLikelihood, ...model } = make(choice);
  const logJoint = (z: Vector) => logPrior(z) + logLikelihood(z);

  function integral(f: (z: Vector) => number): number {
    if (domain.kind === "indices") {
      let total = 0;
      for (let k = 0; k < domain.count; k++) total += f([k]);
      return total;
    }
    const { halfWidth, center = [0, 0], numNodes = NODES[2] } = domain;
    if (domain.dim === 2) {
      return integratePlane(f, { center, halfWidth, numNodes });
    }
    const ends = { from: -halfWidth, to: halfWidth };
    return integrate((z) => f([z]), { ...ends, tolerance: 1e-12 }).value;
  }

  function logIntegrate(logF: (z: Vector) => number): number {
    const top = latentsOf(domain).reduce(
      (best, z) => Math.max(best, logF(z)),
      -Infinity,
    );
    return top + Math.log(integral((z) => Math.exp(logF(z) - top)));
  }

  const logMarginal = once(() => logIntegrate(logJoint));
  const logPosterior = (z: Vector) => logJoint(z) - logMarginal();
  const logApprox = choice.q === "posterior" ? logPosterior : model.logApprox;

  return {
    ...options,
    x,
    at: (change) => witnessFace(make, options, { ...choice, ...change }),
    logPrior,
    logLikelihood,
    logJoint,
    logApprox,
    logPosterior,
    logMarginal,
    integrate: integral,
    logIntegrate,
    expect: (f) =>
      integral((z) => {
        const density = Math.exp(logApprox(z));
        // Far out, 0 times a logarithm that is -Infinity would be NaN.
        return density === 0 ? 0 : density * f(z);
      }),
    massesOfApprox: () => {
      const latents = latentsOf(domain);
      const spacing = domain.kind === "indices"
        ? 1
        : (2 * domain.halfWidth / ((domain.numNodes ?? NODES[domain.dim]) - 1)) **
          domain.dim;
      const masses = latents.map((z) => spacing * Math.exp(logApprox(z)));
      return { masses, latents };
    },
    decode: (z) => need(model.decode, "a Gaussian decoder")(z),
    pixelProbs: (z) => need(model.pixelProbs, "a Bernoulli decoder")(z),
  };
}

function latentsOf(domain: Domain): Vector[] {
  if (domain.kind === "indices") {
    return Array.from({ length: domain.count }, (_, k) => [k]);
  }
  const { dim, halfWidth, center = [0, 0] } = domain;
  const count = domain.numNodes ?? NODES[dim];
  const steps = Array.from({ length: count }, (_, i) => 2 * i / (count - 1) - 1);
  const [first, second] = center.map((middle) =>
    steps.map((step) => middle + halfWidth * step)
  );
  return dim === 1
    ? first.map((z) => [z])
    : first.flatMap((a) => second.map((b) => [a, b]));
}

function need<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) {
    throw new TypeError(`Cannot decode as the model must have ${what}: it has none`);
  }
  return value;
}
