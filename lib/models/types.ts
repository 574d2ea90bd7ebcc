import type { Weights } from "../networks/mod.ts";

/** The images of one step. */
export interface Batch {
  /**
   * Pixels in [0, 1], row-major [batchSize, dataDim]; the caller may write new ones there
   * once the step has answered.
   */
  readonly images: Float32Array;
  /** The number of images, 1 or more. */
  readonly batchSize: number;
  /** Addresses the noise of this batch: use every step once. */
  readonly step: number;
}

/** A batch to learn from. */
export interface TrainBatch extends Batch {
  /** The weight of the KL in this one update; that of the network unless told. */
  readonly beta?: number;
}

/**
 * Where the noise of an evaluation comes from: eps is the normal at
 * (seed, stream, step of the batch, row, column).
 */
export interface Noise {
  /** An integer from 0 to 2^32 - 1. */
  readonly seed: number;
  /** One of `STREAMS`, so that this noise meets no other draws of the seed. */
  readonly stream: number;
}

/** Means over a batch of sums over dimensions, in nats. */
export interface BatchNumbers {
  /**
   * What is minimised: -(expectedLogLikelihood - beta kl); with free bits, kl is the
   * sum over dimensions of max(freeBits, KL_j), KL_j the mean over the batch. With
   * samples above 1, minus the K-sample bound.
   */
  readonly objective: number;
  /** expectedLogLikelihood - kl, whatever beta is; NaN for an autoencoder. */
  readonly elbo: number;
  /** E_q[ln p(x|z)], by one z a row, or K in training with K samples; for an autoencoder ln p(x|z) at its code. */
  readonly expectedLogLikelihood: number;
  /** KL(q(z|x) || p(z)); 0 for an autoencoder. */
  readonly kl: number;
}

/** All that training remembers between steps; exact, so that it can be resumed. */
export interface TrainState {
  /** How many updates were made. */
  readonly step: number;
  /** What was learnt, float32, by the names of `weightShapes`. */
  readonly weights: Weights;
  /** Adam's running mean of the gradient, not corrected for its start at 0. */
  readonly firstMoment: Weights;
  /** Adam's running mean of the squared gradient, likewise. */
  readonly secondMoment: Weights;
}

/**
 * The mean of p(x|z) and what else defines it, each [batchSize, dataDim].
 *
 * Those of a mixture are [batchSize, components, dataDim].
 */
export interface DecodedBatch {
  /** E[x|z]; no sample of x. */
  readonly mean: Float32Array;
  /** Of a Gaussian. */
  readonly variance?: Float32Array;
  /** Of a Bernoulli, continuous or not. */
  readonly logits?: Float32Array;
  /** Unnormalised log weights of a mixture. */
  readonly componentLogits?: Float32Array;
  /** Of the normals or the logistics that are mixed. */
  readonly componentMeans?: Float32Array;
  /** Of the normals or the logistics that are mixed. */
  readonly componentScales?: Float32Array;
}

/**
 * A network in training, as its user sees it: batches in, numbers out.
 *
 * Every array is row-major. Whoever made a step disposes it.
 */
export interface Step {
  /** Makes one update; the numbers are those of the weights before it. */
  train(batch: TrainBatch): Promise<BatchNumbers>;
  /**
   * The same numbers with beta 1 and no free bits, without an update, under noise of
   * the caller's.
   */
  evaluate(batch: Batch & { noise: Noise }): Promise<BatchNumbers>;
  /** The parameters of q(z|x), each [batchSize, latentDim]. */
  encode(
    images: Float32Array,
    batchSize: number,
  ): Promise<{ mean: Float32Array; logVar?: Float32Array }>;
  /** The parameters of p(x|z) at each row of z, [batchSize, latentDim]. */
  decode(z: Float32Array, batchSize: number): Promise<DecodedBatch>;
  /**
   * ln p(x, z) - ln q(z|x) at draws z of q: [numSamples, batchSize].
   *
   * Sample k of image i takes row k * batchSize + i of the noise, so that the first
   * samples do not depend on how many are asked for.
   */
  logWeights(
    batch: Batch & { numSamples: number; noise: Noise },
  ): Promise<Float32Array>;
  /** A copy of the state. */
  state(): Promise<TrainState>;
  /**
   * Takes back a copy that nobody needs any longer: the next one may lie in its arrays,
   * so that saving every epoch takes no more memory each time.
   */
  takeBack?(state: TrainState): void;
  /** Goes back to a state. */
  restore(state: TrainState): void;
  /** Changes the learning rate of the updates to come; the moments stay. */
  setLearningRate(learningRate: number): void;
  /** Frees the tensors; the step is of no use afterwards. */
  dispose(): void;
}
