const BETA_1 = 0.9;
const BETA_2 = 0.999;

/** Kingma and Ba's, of algorithm 1. */
export const ADAM_EPSILON = 1e-8;

/** The numbers of one update of Adam. */
export interface AdamRate {
  /** 1 - beta1 and 1 - beta2: how far the running means move. */
  readonly shareM: number;
  readonly shareV: number;
  /** The learning rate, and epsilon, with the bias corrections in them. */
  readonly rate: number;
  readonly epsilon: number;
}

/**
 * Tells the numbers of update number `step`, from 1 on.
 *
 * w - rate mHat / (sqrt(vHat) + epsilon), with mHat = m / (1 - beta1^t) and
 * vHat = v / (1 - beta2^t). The corrections are computed from t in float64 and moved
 * into the rate and epsilon, so that the state is w, m, v and t: it can be saved and
 * restored exactly. tfjs's own optimizer accumulates the powers in float32.
 */
export function adamRate(
  step: number,
  { learningRate, epsilon = ADAM_EPSILON }: { learningRate: number; epsilon?: number },
): AdamRate {
  const correction = Math.sqrt(1 - BETA_2 ** step);
  return {
    shareM: 1 - BETA_1,
    shareV: 1 - BETA_2,
    rate: learningRate * correction / (1 - BETA_1 ** step),
    epsilon: epsilon * correction,
  };
}
