import type { Mutant } from "../mutant.ts";
import { datasetMutants } from "./datasets.ts";
import { distributionMutants } from "./distributions.ts";
import { engineMutants } from "./engine.ts";
import { estimatorMutants } from "./estimators.ts";
import { mathMutants } from "./math.ts";
import { modelMutants } from "./models.ts";
import { trainingMutants } from "./training.ts";

/** Every mistake on show, by the rooms of the library. */
export const museum: readonly Mutant[] = [
  ...mathMutants,
  ...distributionMutants,
  ...estimatorMutants,
  ...datasetMutants,
  ...modelMutants,
  ...engineMutants,
  ...trainingMutants,
];
