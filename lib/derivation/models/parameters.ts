/**
 * The numbers of the models: all that the two faces of a model share.
 *
 * Every normal q here is wider than half the posterior's variance, so that importance
 * weights have a finite variance, and narrower than the prior, so that q / prior is
 * bounded.
 *
 * @module
 */
import type { Matrix, Vector } from "../../math/mod.ts";

/** Mean and standard deviations of a diagonal normal. */
export interface NormalParameters {
  readonly mean: Vector;
  readonly scale: Vector;
}

/** A decoder z -> N(weight z + bias, scale^2 I), observations, and a q for each. */
export interface LinearParameters {
  readonly weight: Matrix;
  readonly bias: Vector;
  readonly scale: number;
  readonly xs: readonly Vector[];
  readonly qs: readonly NormalParameters[];
  /** Latents at which densities are compared. */
  readonly probes: readonly Vector[];
}

export const line: LinearParameters = {
  weight: [[1.2]],
  bias: [0.3],
  scale: 0.8,
  xs: [[1.5], [-0.7], [2.4]],
  qs: [
    { mean: [0.2], scale: [0.6] },
    { mean: [-0.8], scale: [0.5] },
    { mean: [0.7], scale: [0.9] },
  ],
  probes: [[-2], [-0.3], [0], [0.8], [3]],
};

export const plane: LinearParameters = {
  weight: [[1, 0.4], [-0.3, 0.9], [0.5, 0.5]],
  bias: [0.2, -0.1, 0.4],
  scale: 0.8,
  xs: [[1.3, 0.4, 0.9], [-0.6, 0.8, 0.1], [0.9, -1.2, 0.5]],
  qs: [
    { mean: [0.4, 0.2], scale: [0.7, 0.6] },
    { mean: [-0.3, 0.6], scale: [0.6, 0.8] },
    { mean: [0.8, -0.6], scale: [0.8, 0.7] },
  ],
  probes: [[0, 0], [1, -1], [-0.5, 2], [0.3, 0.4]],
};

/** A latent of three values, and a row of Bernoulli logits for each. */
export const coins = {
  priorLogits: [0.2, -0.3, 0.5] as Vector,
  pixelLogits: [
    [1.5, -0.8, 0.4, -1.2],
    [-1.1, 1.3, 0.9, 0.2],
    [0.3, 0.6, -1.4, 1.7],
  ] as Matrix,
  xs: [[1, 0, 1, 0], [0, 1, 1, 1], [1, 1, 0, 1]] as readonly Vector[],
  qLogits: [[0.9, -0.2, -0.6], [-0.9, 0.8, 0.3], [-0.2, -0.5, 1.4]] as Matrix,
  probes: [[0], [1], [2]] as readonly Vector[],
};

/** z -> N(height(z), scale^2): the height turns back, and two z explain one x. */
export const curve = {
  height: (z: number): number => z + 1.2 * Math.sin(2 * z),
  scale: 0.6,
  xs: [[1.2], [-0.5], [2.1]] as readonly Vector[],
  qs: [
    { mean: [0.7], scale: [0.7] },
    { mean: [-0.4], scale: [0.6] },
    { mean: [1.3], scale: [0.5] },
  ] as readonly NormalParameters[],
  probes: [[-1.5], [-0.4], [0], [0.9], [1.8]] as readonly Vector[],
};

/** A decoder of one latent, three tanh units and four Bernoulli pixels. */
export const smallNetwork = {
  hiddenWeight: [[1.4, -0.9, 0.7]] as Matrix,
  hiddenBias: [0.2, 0.5, -0.6] as Vector,
  outputWeight: [
    [1.8, -1.1, 0.6, 0.9],
    [-0.7, 1.2, 1.5, -1.6],
    [0.5, 0.8, -1.3, 1.1],
  ] as Matrix,
  outputBias: [0.1, -0.4, 0.3, 0.2] as Vector,
  xs: [[1, 0, 0, 1], [0, 1, 1, 0], [1, 1, 0, 1]] as readonly Vector[],
  qs: [
    { mean: [1.1], scale: [0.75] },
    { mean: [-0.7], scale: [0.8] },
    { mean: [0.5], scale: [0.9] },
  ] as readonly NormalParameters[],
  probes: [[-1.7], [-0.5], [0], [0.6], [2.1]] as readonly Vector[],
};

/** A function, its derivative, and the normal that it is averaged under. */
export interface Integrand {
  readonly mean: number;
  readonly scale: number;
  f(z: number): number;
  slope(z: number): number;
}

/** ln p(x,z) of two models, up to a constant, and two oscillations. */
export const integrands = {
  line: {
    mean: 0.2,
    scale: 0.6,
    f: (z: number) => -(z ** 2) / 2 - (1.5 - 1.2 * z - 0.3) ** 2 / (2 * 0.8 ** 2),
    slope: (z: number) => -z + 1.2 * (1.5 - 1.2 * z - 0.3) / 0.8 ** 2,
  },
  curve: {
    mean: 0.7,
    scale: 0.5,
    f: (z: number) =>
      -(z ** 2) / 2 - (1.2 - curve.height(z)) ** 2 / (2 * curve.scale ** 2),
    slope: (z: number) =>
      -z + (1.2 - curve.height(z)) * (1 + 2.4 * Math.cos(2 * z)) / curve.scale ** 2,
  },
  sine: {
    mean: 0.3,
    scale: 0.4,
    f: (z: number) => Math.sin(6 * z),
    slope: (z: number) => 6 * Math.cos(6 * z),
  },
  cosine: {
    mean: -0.4,
    scale: 0.3,
    f: (z: number) => Math.cos(7 * z) + z / 2,
    slope: (z: number) => -7 * Math.sin(7 * z) + 1 / 2,
  },
} satisfies Record<string, Integrand>;

/** q of the trained network: the encoder's, moved by its scales and stretched. */
export const encoderVariants = [
  { shift: [0, 0], stretch: 1 },
  { shift: [0.5, -0.3], stretch: 1.2 },
] as const;

/** Latents near the code of the trained network's image, and the prior's centre. */
export const networkProbes: readonly Vector[] = [
  [0.98, 0.92],
  [1.1, 0.9],
  [0.85, 1.05],
  [0, 0],
];
