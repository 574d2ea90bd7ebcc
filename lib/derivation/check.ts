import { createRandom, STREAMS } from "../math/mod.ts";
import { compareExact, compareMonteCarlo, type Outcome } from "./compare.ts";
import type {
  LedgerEntry,
  LedgerRecord,
  ModelCheck,
  MonteCarloComparison,
} from "./types.ts";

/** Which half of a ledger is checked, and how the Monte Carlo half is drawn. */
export interface CheckOptions {
  /** Only the comparisons without noise, or only those by draws; both if left out. */
  readonly method?: LedgerRecord["method"];
  /** Which draws, an integer in `0 .. 2^32 - 1`; 0 if left out. */
  readonly seed?: number;
  /** How many draws an estimate takes; {@linkcode NUM_SAMPLES} if left out. */
  readonly numSamples?: number;
}

/** The number of draws that the stated resolutions are made for. */
export const NUM_SAMPLES = 20_000;

/**
 * Checks every statement of a ledger on every of its models, exactly and by Monte
 * Carlo.
 *
 * Exactly: identities within a tolerance that comes with its reason, inequalities by a
 * margin and at equality, limits by errors that fall and end small. By Monte Carlo:
 * `|mean - target| <= 5 standard errors` and `standard error <= resolution`. A model
 * that is not there is skipped, and the record says why.
 *
 * @param entries Entries, such as {@linkcode ledger}.
 * @param options Which half, seed and number of draws.
 * @returns One record a comparison, in the order of the entries.
 * @throws {RangeError} If the seed is no integer in `0 .. 2^32 - 1`.
 *
 * @example One statement, on its models
 * ```ts
 * import { checkLedger, ledger } from "elbo/derivation";
 * import { assert } from "@std/assert";
 *
 * const entries = ledger.filter(({ id }) => id === "log-marginal-is-elbo-plus-kl");
 * const records = checkLedger(entries);
 * assert(records.length >= 4);
 * assert(records.every(({ verdict }) => verdict !== "fails"));
 * ```
 */
export function checkLedger(
  entries: readonly LedgerEntry[],
  options: CheckOptions = {},
): LedgerRecord[] {
  return entries.flatMap((entry) =>
    entry.checks.flatMap((check) => {
      const common = headOf(entry, check);
      const reason = check.absent?.();
      if (reason) return [skipped(common, reason)];
      const { exact, byDraws } = halves(options);
      const address = addressOf(entry, check);
      return [
        ...(exact ? check.exact.map(compareExact) : []),
        ...(byDraws ? [draw(check.monteCarlo, { ...options, address })] : []),
      ].map((outcome) => ({ ...common, ...outcome }));
    })
  );
}

/**
 * Puts every planted error in its place and checks again: all of it must fail.
 *
 * @param entries Entries, such as {@linkcode ledger}.
 * @param options Which half, seed and number of draws.
 * @returns One record for each error and each comparison that sees it; `planted` names
 * the error, and a verdict `"holds"` means that the ledger is blind to it.
 * @throws {RangeError} If the seed is no integer in `0 .. 2^32 - 1`.
 *
 * @example A reversed KL does not go unnoticed
 * ```ts
 * import { checkPlantedErrors, ledger } from "elbo/derivation";
 * import { assert } from "@std/assert";
 *
 * const entries = ledger.filter(({ id }) => id === "kl-of-two-normals");
 * const records = checkPlantedErrors(entries);
 * assert(records.some(({ planted }) => planted?.includes("reversed")));
 * assert(records.every(({ verdict }) => verdict === "fails"));
 * ```
 */
export function checkPlantedErrors(
  entries: readonly LedgerEntry[],
  options: CheckOptions = {},
): LedgerRecord[] {
  return entries.flatMap((entry) =>
    entry.checks.flatMap((check) => {
      if (check.absent?.()) return [];
      const half = halves(options);
      const address = addressOf(entry, check);
      return check.planted.flatMap(({ error, side, exact, monteCarlo }) =>
        [
          ...(exact && half.exact ? [compareExact(exact)] : []),
          ...(monteCarlo && half.byDraws
            ? [draw(monteCarlo, { ...options, address })]
            : []),
        ].map((outcome) => ({
          ...headOf(entry, check),
          ...outcome,
          planted: `${side}: ${error}`,
        }))
      );
    })
  );
}

function halves({ method }: CheckOptions): { exact: boolean; byDraws: boolean } {
  return { exact: method !== "monteCarlo", byDraws: method !== "exact" };
}

type Head = Pick<LedgerRecord, "id" | "statement" | "short" | "model">;

function headOf({ id, statement, short }: LedgerEntry, { model }: ModelCheck): Head {
  return { id, statement, short, model };
}

function skipped(head: Head, note: string): LedgerRecord {
  return {
    ...head,
    method: "exact",
    relation: "=",
    left: null,
    right: null,
    error: null,
    verdict: "skipped",
    note,
  };
}

function draw(
  comparison: MonteCarloComparison,
  { seed = 0, numSamples = NUM_SAMPLES, address }: CheckOptions & { address: number },
): Outcome {
  const count = Math.max(2, Math.round(numSamples * (comparison.effort ?? 1)));
  return compareMonteCarlo(comparison, {
    numSamples: count,
    random: createRandom({ seed, stream: STREAMS.monteCarlo, step: address }),
    key: `${seed}/${count}`,
  });
}

/** FNV-1a of the names: checks share no noise, and a new entry moves no other's. */
function addressOf({ id }: LedgerEntry, { model }: ModelCheck): number {
  let hash = 0x811c9dc5;
  for (const letter of `${id}/${model}`) {
    hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  }
  return hash >>> 0;
}
