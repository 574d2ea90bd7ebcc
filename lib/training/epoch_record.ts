import type { LatentCode } from "../evaluation/mod.ts";
import type { Plan } from "./loop.ts";
import type { Measured } from "./measure.ts";
import type { MetricsRecord } from "./metrics.ts";
import { NonFiniteError } from "./non_finite_error.ts";
import type { Position } from "./position.ts";

/** What was measured at an epoch's end. */
export interface EpochMeasured {
  readonly test: Measured;
  readonly validation?: Measured;
  /** Of the test images; an autoencoder has none. */
  readonly code?: LatentCode;
  readonly evalSeconds: number;
}

/**
 * Puts together the record of an epoch.
 *
 * @param position The position after the last batch, before the epoch counts as done.
 * @param options What was measured, the plan, and the updates made so far.
 * @returns The record.
 * @throws {NonFiniteError} If one of its numbers is NaN or infinite.
 */
export function recordOf(
  { epoch, batch, sums }: Position,
  { test, validation, code, evalSeconds, plan, step }: EpochMeasured & {
    plan: Plan;
    step: number;
  },
): MetricsRecord {
  const hasElbo = plan.model === "vae";
  const where = { epoch: epoch + 1, batch, batches: batch, step, plan };
  const finite = (value: number) => requireFinite(value, where);
  const ofVae = (value: number) => hasElbo ? finite(value) : null;
  return {
    epoch: epoch + 1,
    step,
    trainObjective: finite(sums.objective / sums.images),
    trainElbo: ofVae(sums.elbo / sums.images),
    testElbo: ofVae(test.elbo),
    testExpectedLogLikelihood: finite(test.expectedLogLikelihood),
    testKl: ofVae(test.kl),
    ...validation && {
      validationElbo: ofVae(validation.elbo),
      validationExpectedLogLikelihood: finite(validation.expectedLogLikelihood),
      validationKl: ofVae(validation.kl),
    },
    ...code && {
      testKlByDimension: code.klByDimension.map(finite),
      testActiveUnits: code.activeUnits,
      testMutualInformation: finite(code.mutualInformation.mean),
    },
    learningRate: plan.learningRate,
    seconds: sums.seconds,
    evalSeconds,
  };
}

/**
 * Lets a finite number through.
 *
 * @param value The number.
 * @param where Where it was met.
 * @returns The same number.
 * @throws {NonFiniteError} If it is NaN or infinite.
 */
export function requireFinite(
  value: number,
  where: {
    epoch: number;
    batch: number;
    batches: number;
    step: number;
    plan: Plan;
  },
): number {
  if (Number.isFinite(value)) return value;
  throw new NonFiniteError({
    ...where,
    value,
    learningRate: where.plan.learningRate,
  });
}
