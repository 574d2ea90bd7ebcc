/** Where a training met a number that is none. */
export interface NonFinite {
  /** NaN or infinite. */
  readonly value: number;
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** From 1, of the epoch. */
  readonly batch: number;
  /** In an epoch. */
  readonly batches: number;
  /** With which it happened. */
  readonly learningRate: number;
}

/** A training that diverged: what was saved before is whole, nothing was saved since. */
export class NonFiniteError extends RangeError {
  /** Where it happened. */
  readonly where: NonFinite;

  /** Words the message from where it happened. */
  constructor(where: NonFinite) {
    const { value, step, epoch, batch, batches, learningRate } = where;
    const kept = epoch > 1
      ? `the state after epoch ${epoch - 1} is kept`
      : "nothing was learnt yet";
    super(
      `Cannot go on training as the objective must be finite: it is ${value} at step ` +
        `${step} (epoch ${epoch}, batch ${batch} of ${batches}); ${kept}; train ` +
        `anew with --learning-rate below ${learningRate}`,
    );
    this.name = "NonFiniteError";
    this.where = where;
  }
}
