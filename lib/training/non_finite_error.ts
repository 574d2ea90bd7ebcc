/** Where a training met a number that is none. */
export interface NonFinite {
  /** The mean that is NaN or infinite. */
  readonly value: number;
  /** The update of the run, from 1. */
  readonly step: number;
  /** The epoch of the run, from 1. */
  readonly epoch: number;
  /** The batch of the epoch, from 1. */
  readonly batch: number;
  /** How many batches an epoch has. */
  readonly batches: number;
  /** That of Adam, with which it happened. */
  readonly learningRate: number;
}

/** A training that diverged: what was saved before is whole, nothing was since. */
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
