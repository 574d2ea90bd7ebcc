import type { Estimate, Random } from "../math/mod.ts";

/** One number, or several that are compared element by element. */
export type Values = number | readonly number[];

/** What a statement says about its two sides. */
export type Claim = "identity" | "inequality" | "limit";

/**
 * How two sides are held against each other: `=` equal, `<` strictly below by a margin,
 * `->` a sequence on the left that comes nearer to the right at every step.
 */
export type Relation = "=" | "<" | "->";

/** Where a statement stands in the source. */
export interface EssayPlace {
  /** The essay itself, or its follow-up page on the KL of two normals. */
  readonly page: "essay" | "closed-form KL page";
  /** Which line, in the source's words where it has words. */
  readonly line: string;
}

/** How closely two numbers must agree, as a share of `1 + |left| + |right|`. */
export interface Precision {
  readonly relative: number;
  /** Where the number comes from. */
  readonly reason: string;
}

/** Two sides that are computed without noise. */
export interface Comparison {
  readonly relation: Relation;
  /** What is computed, where an entry compares more than one pair. */
  readonly part?: string;
  left(): Values;
  right(): Values;
  readonly precision: Precision;
  /** For `<`: how far the left must stay below the right, in the unit of the sides. */
  readonly margin?: number;
}

/** How many draws a Monte Carlo estimate takes, and from where. */
export interface DrawOptions {
  readonly numSamples: number;
  readonly random: Random;
  /** Names the draws: the same key, the same draws. */
  readonly key: string;
}

/** A Monte Carlo mean, held against a number that is known without noise. */
export interface MonteCarloComparison {
  readonly relation: Exclude<Relation, "->">;
  estimate(options: DrawOptions): Estimate | readonly Estimate[];
  target(): Values;
  /** The largest standard error that still tells something. */
  readonly resolution: number;
  /** Why the standard error means what it says. */
  readonly finiteVariance: string;
  readonly precision: Precision;
  /** How much of the common number of draws this estimate takes; 1 if left out. */
  readonly effort?: number;
}

/** A realistic mistake, put in the place of one side; the verifier must report it. */
export interface PlantedError {
  /** What is wrong. */
  readonly error: string;
  /** Which side it replaces. */
  readonly side: "left" | "right" | "draws";
  /** The comparisons that see it: each must fail. */
  readonly exact?: Comparison;
  readonly monteCarlo?: MonteCarloComparison;
}

/** A statement on one model. */
export interface ModelCheck {
  readonly model: string;
  /** Why the model cannot be had here; nothing is computed then. */
  absent?(): string | undefined;
  readonly exact: readonly Comparison[];
  readonly monteCarlo: MonteCarloComparison;
  readonly planted: readonly PlantedError[];
}

/** One statement of the derivation, with everything that is needed to check it. */
export interface LedgerEntry {
  /** Kebab-case; notebooks refer to it, so it stays. */
  readonly id: string;
  /** In TeX. */
  readonly statement: string;
  /** In plain characters, for a table. */
  readonly short: string;
  readonly essay: EssayPlace;
  readonly claim: Claim;
  /** What to make of it, where the formula does not say. */
  readonly note?: string;
  readonly checks: readonly ModelCheck[];
}

/** What the verifier found for one statement, on one model, by one method. */
export interface LedgerRecord {
  readonly id: string;
  readonly statement: string;
  readonly short: string;
  readonly model: string;
  readonly method: "exact" | "monteCarlo";
  readonly relation: Relation;
  /** Which of several pairs. */
  readonly part?: string;
  /** The side of the claim (the Monte Carlo mean), where the two are furthest apart. */
  readonly left: number | null;
  /** The side of the witness. */
  readonly right: number | null;
  /** `left - right` for `<`, its magnitude otherwise. */
  readonly error: number | null;
  /** The largest error allowed. */
  readonly tolerance?: number;
  /** Why that much; for Monte Carlo why the variance is finite. */
  readonly reason?: string;
  readonly numSamples?: number;
  readonly standardError?: number;
  readonly z?: number;
  readonly resolution?: number;
  readonly verdict: "holds" | "fails" | "skipped";
  /** Why it fails or was skipped. */
  readonly note?: string;
  /** The planted error, where one was. */
  readonly planted?: string;
}
