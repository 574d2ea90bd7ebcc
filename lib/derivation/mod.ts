/**
 * The ledger: the derivation as data, every line of it checked.
 *
 * An entry states one line in TeX, says where it stands in the essay, and carries its
 * checks: the same statement on two models or more, exactly and by Monte Carlo.
 *
 * **Two faces.** A model has a library face and a witness face (`models/`). The left
 * side of a statement is a function of the library's face: `distributions`, `exact` and
 * `estimators` at work. The right side is a function of the witness's: densities
 * written out from their formulas, and the quadrature of `math`. Neither function is
 * given the other's face, and the witness's files import nothing but `math` and the
 * parameters, so that a mistake cannot be made twice by one line of code.
 *
 * **Two methods.** Exactly: identities agree within a tolerance that comes with its
 * reason, inequalities hold by a margin and meet where they should, limits come nearer
 * at every step. By Monte Carlo: the library's own draws come within 5 standard errors
 * of the witness's number, and the standard error is below a stated resolution, so that
 * noise alone cannot pass.
 *
 * **Planted errors.** Each entry carries realistic mistakes for its left side, its
 * right side or its draws: a wrong sign, an entropy dropped, a variance for a scale. In
 * their place the check must fail, or it proves nothing.
 *
 * Start reading at `entries/steps.ts`: it is the essay's derivation, line by line.
 *
 * @module
 */
export type { Estimate, Random, Vector } from "../math/mod.ts";
export {
  checkLedger,
  type CheckOptions,
  checkPlantedErrors,
  NUM_SAMPLES,
} from "./check.ts";
export { kSampleBound } from "./k_sample_bound.ts";
export { ledger, ledgerEntry } from "./ledger.ts";
export type {
  Claim,
  Comparison,
  DrawOptions,
  EssayPlace,
  LedgerEntry,
  LedgerRecord,
  ModelCheck,
  MonteCarloComparison,
  PlantedError,
  Precision,
  Relation,
  Values,
} from "./types.ts";
