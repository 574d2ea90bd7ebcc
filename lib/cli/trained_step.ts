import type { BackendRequest } from "../backend/mod.ts";
import { createStep, type Step } from "../models/mod.ts";
import { loadModel, type Run } from "../training/mod.ts";

/**
 * Loads the model of a run, to be asked and not to be trained.
 *
 * @param run The run.
 * @param options `backend`: what computes.
 * @returns The step with the run's weights; the caller disposes it.
 * @throws {RangeError} If the run has saved no model yet.
 */
export async function trainedStep(
  run: Run,
  { backend }: { backend: BackendRequest },
): Promise<Step> {
  const { seed, learningRate } = run.config.training;
  const weights = await loadModel(run);
  return await createStep(run.spec, { seed, learningRate, weights, backend });
}
