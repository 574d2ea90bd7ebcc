import { type Estimate, zScore } from "../math/mod.ts";
import type {
  Comparison,
  DrawOptions,
  LedgerRecord,
  MonteCarloComparison,
  Precision,
  Values,
} from "./types.ts";

/** How many standard errors a right estimate may be off: chance 6e-7 each. */
const MAX_Z = 5;

/** The part of a record that a comparison finds out. */
export type Outcome = Omit<
  LedgerRecord,
  "id" | "statement" | "short" | "model" | "planted"
>;

/** Computes both sides and holds them against each other; a side that throws fails. */
export function compareExact(comparison: Comparison): Outcome {
  const { relation, part, precision } = comparison;
  const found = attempt(() =>
    judge(pair(comparison.left(), comparison.right()), comparison)
  );
  return { method: "exact", relation, part, ...found, reason: precision.reason };
}

/** Draws, and holds the mean against what it should be. */
export function compareMonteCarlo(
  comparison: MonteCarloComparison,
  options: DrawOptions,
): Outcome {
  const { relation, resolution, finiteVariance } = comparison;
  const found = attempt(() => {
    const estimates = [comparison.estimate(options)].flat();
    const targets = broadcast(comparison.target(), estimates.length);
    return worst(
      estimates.map((estimate, i) => judgeEstimate(estimate, targets[i], comparison)),
    );
  });
  return {
    method: "monteCarlo",
    relation,
    ...found,
    resolution,
    reason: finiteVariance,
  };
}

type Finding = Pick<
  Outcome,
  | "left"
  | "right"
  | "error"
  | "tolerance"
  | "numSamples"
  | "standardError"
  | "z"
  | "verdict"
  | "note"
>;

/** A finding on one element, and how near to failing it is. */
interface Judged {
  readonly finding: Finding;
  readonly strain: number;
}

function judge(pairs: Pair[], comparison: Comparison): Finding {
  const { relation, margin = 0, precision } = comparison;
  if (relation === "->") return judgeLimit(pairs, precision);
  return worst(pairs.map(({ left, right }) => {
    const equal = relation === "=";
    const error = equal ? Math.abs(left - right) : left - right;
    const tolerance = equal ? allowance(precision, left, right) : -margin;
    // Written so that a NaN fails.
    const holds = error <= tolerance && Number.isFinite(error);
    return {
      finding: { left, right, error, tolerance, verdict: verdictOf(holds) },
      strain: equal ? error / tolerance : error,
    };
  }));
}

/** The errors must fall from step to step, to rounding at best; the last be small. */
function judgeLimit(pairs: Pair[], precision: Precision): Finding {
  const errors = pairs.map(({ left, right }) => Math.abs(left - right));
  const { left, right } = pairs[pairs.length - 1];
  const error = errors[errors.length - 1];
  const tolerance = allowance(precision, left, right);
  const rounding = 1e-12 * (1 + Math.abs(right));
  const falls = pairs.length >= 3 &&
    errors.every((e, i) => i === 0 || e < errors[i - 1] || e <= rounding);
  const verdict = verdictOf(falls && error <= tolerance);
  if (falls) return { left, right, error, tolerance, verdict };
  const shown = errors.map((e) => e.toExponential(1)).join(", ");
  const note = `the errors do not fall: ${shown}`;
  return { left, right, error, tolerance, verdict, note };
}

function judgeEstimate(
  estimate: Estimate,
  target: number,
  { relation, resolution, precision }: MonteCarloComparison,
): Judged {
  const { mean, standardError, numSamples } = estimate;
  const difference = mean - target;
  const equal = relation === "=";
  const error = equal ? Math.abs(difference) : difference;
  // The mean of values that are all equal misses by rounding alone.
  const rounding = allowance(precision, mean, target);
  const near = equal
    ? error <= MAX_Z * standardError + rounding
    : error + MAX_Z * standardError < 0;
  const isRounding = Math.abs(difference) <= rounding && standardError <= rounding;
  const z = isRounding ? 0 : zScore(estimate, target);
  const resolved = standardError <= resolution;
  const verdict = verdictOf(near && resolved);
  const finding = { left: mean, right: target, error, numSamples, standardError };
  return {
    finding: {
      ...finding,
      ...(Number.isFinite(z) && { z }),
      verdict,
      ...(near && !resolved && { note: "the standard error is above the resolution" }),
    },
    strain: equal ? Math.abs(z) : z,
  };
}

function allowance({ relative }: Precision, left: number, right: number): number {
  return relative * (1 + Math.abs(left) + Math.abs(right));
}

function verdictOf(holds: boolean): "holds" | "fails" {
  return holds ? "holds" : "fails";
}

/** The element to show: a failure if there is one, else the nearest to failing. */
function worst(elements: Judged[]): Finding {
  const failing = elements.filter(({ finding }) => finding.verdict === "fails");
  return (failing.length > 0 ? failing : elements).reduce((one, other) =>
    other.strain > one.strain ? other : one
  ).finding;
}

interface Pair {
  left: number;
  right: number;
}

function pair(left: Values, right: Values): Pair[] {
  const length = Math.max([left].flat().length, [right].flat().length);
  const rights = broadcast(right, length);
  return broadcast(left, length).map((value, i) => ({ left: value, right: rights[i] }));
}

/** A single number stands for as many as the other side has. */
function broadcast(values: Values, length: number): readonly number[] {
  if (typeof values === "number") return Array(length).fill(values);
  if (values.length !== length || length === 0) {
    throw new RangeError(
      `Cannot compare as both sides must have as many numbers: ${values.length} and ${length}`,
    );
  }
  return values;
}

/** A side that throws has no number to show, and does not hold. */
function attempt(find: () => Finding): Finding {
  try {
    return find();
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    return { left: null, right: null, error: null, verdict: "fails", note };
  }
}
