import type { Step } from "../models/mod.ts";
import {
  chooseEngine,
  createStepOn,
  type EngineWish,
  loadModel,
  type Run,
} from "../training/mod.ts";

/**
 * Loads the model of a run, to be asked and not to be trained.
 *
 * @param run The run.
 * @param wish What computes, on how many threads, and whom to tell.
 * @returns The step with the run's weights; the caller disposes it.
 * @throws {RangeError} If the run has saved no model yet.
 */
export async function trainedStep(
  run: Run,
  { onNote, threads, ...wish }: EngineWish & {
    readonly threads?: number;
    readonly onNote?: (text: string) => void;
  },
): Promise<Step> {
  const { seed, learningRate } = run.config.training;
  const weights = await loadModel(run);
  // How many draws it was trained with is nothing to one that is only asked.
  const { samples: _1, encoderGradient: _2, ...spec } = run.spec;
  const { engine, note } = chooseEngine(spec, wish);
  if (note !== undefined) onNote?.(note);
  const { backend } = wish;
  const options = { seed, learningRate, weights, backend, threads, onNote };
  return await createStepOn(spec, { ...options, engine });
}
