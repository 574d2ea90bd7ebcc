import { AssertionError } from "@std/assert";
import { describeSeed } from "./seed.ts";

/** A check as those who count them hear of it. */
export interface ReportedCheck {
  readonly label: string;
  /** (mean - exact) / standard error; 0 where they differ by rounding alone. */
  readonly z: number;
  readonly standardError: number;
  /** How many standard errors the mean may be off. */
  readonly maxZ: number;
  readonly passed: boolean;
  /** Of several estimates only that of the largest |z| is reported. */
  readonly worstOfSeveral?: true;
}

type Listener = (check: ReportedCheck) => void;
let listener: Listener | undefined;

/** Tells of every check from now on, for the statistics of the suite. */
export function listenToChecks(listen: Listener | undefined): void {
  listener = listen;
}

/** Tells of a check that is made elsewhere, such as in the ledger. */
export function reportCheck(check: ReportedCheck): void {
  listener?.(check);
}

/** A mean with its standard error, as `summarize` of elbo/math returns it. */
export interface MonteCarloEstimate {
  readonly mean: number;
  readonly standardError: number;
  readonly numSamples: number;
}

/** What {@linkcode assertMonteCarlo} holds an estimate to. */
export interface MonteCarloClaim {
  /** The value that the mean must be near. */
  exact: number;
  /** The largest standard error that still tells something; same units as the mean. */
  resolution: number;
  /** How many standard errors the mean may be off; default 5 (chance 6e-7). */
  maxZ?: number;
  /** The seed of the draws, for the failure's words. */
  seed?: number;
  /** What is estimated. */
  label?: string;
}

/**
 * Throws unless `|mean - exact| <= maxZ * standardError` and
 * `standardError <= resolution`, so that neither an error nor noise passes.
 *
 * A standard error of zero passes where the mean is exact up to float64 rounding.
 *
 * @throws {AssertionError} with n, mean, standard error, z and seed.
 */
export function assertMonteCarlo(
  estimate: MonteCarloEstimate,
  { exact, resolution, maxZ = 5, seed, label = "estimate" }: MonteCarloClaim,
): void {
  const { mean, standardError, numSamples } = estimate;
  const rounding = 1e-12 * Math.max(1, Math.abs(exact));
  const error = Math.abs(mean - exact);
  const z = error === 0 ? 0 : (mean - exact) / standardError;
  const faults: string[] = [];
  // Written so that a NaN anywhere is a fault.
  if (!(error <= maxZ * standardError + rounding)) {
    faults.push(`it is ${z.toFixed(2)} standard errors off, more than ${maxZ}`);
  }
  if (!(standardError <= resolution)) {
    faults.push(`its standard error is above the resolution ${resolution}`);
  }
  if (!(numSamples >= 2)) faults.push("it has fewer than 2 samples");
  const passed = faults.length === 0;
  reportCheck({ label, z: error <= rounding ? 0 : z, standardError, maxZ, passed });
  if (passed) return;
  throw new AssertionError(
    `${label}: ${faults.join("; ")}\n` +
      `  exact ${exact}\n  mean ${mean}\n  standard error ${standardError}\n` +
      `  z ${z}\n  n ${numSamples}\n  ${describeSeed(seed)}`,
  );
}
