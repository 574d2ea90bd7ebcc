import type { Random } from "../math/mod.ts";

/**
 * A probability distribution over values of one type.
 *
 * `logProb` is a density (or a mass, where values are discrete) in nats, summed
 * over the dimensions of one event. A density above 1, and so a positive
 * logProb, is no error.
 */
export interface Distribution<Value> {
  /** What it is: "normal", "bernoulli", ... */
  readonly kind: string;
  /** The number of dimensions of one value. */
  readonly dim: number;
  /** ln p(x), in nats. */
  logProb(x: Value): number;
  /** One draw; the same generator state gives the same draw. */
  sample(random: Random): Value;
}
