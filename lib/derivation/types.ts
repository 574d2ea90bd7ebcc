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
  /** The share; 1e-11, say. */
  readonly relative: number;
  /** Where the number comes from. */
  readonly reason: string;
}

/** Two sides that are computed without noise. */
export interface Comparison {
  /** What must hold between them. */
  readonly relation: Relation;
  /** What is computed, where an entry compares more than one pair. */
  readonly part?: string;
  /** The side of the claim, by the library. */
  left(): Values;
  /** The side of the witness. */
  right(): Values;
  /** How closely they must agree; `<` goes by its margin. */
  readonly precision: Precision;
  /** For `<`: how far the left must stay below the right, in the unit of the sides. */
  readonly margin?: number;
}

/** How many draws a Monte Carlo estimate takes, and from where. */
export interface DrawOptions {
  /** How many draws, 2 or more, so that their mean has a standard error. */
  readonly numSamples: number;
  /** The stream that they are read from, addressed by entry and model. */
  readonly random: Random;
  /** Names the draws: the same key, the same draws. */
  readonly key: string;
}

/** A Monte Carlo mean, held against a number that is known without noise. */
export interface MonteCarloComparison {
  /** What must hold between the mean and the target. */
  readonly relation: Exclude<Relation, "->">;
  /** The mean of the library's draws, or several. */
  estimate(options: DrawOptions): Estimate | readonly Estimate[];
  /** What it must come to, by the witness. */
  target(): Values;
  /** The largest standard error that still tells something. */
  readonly resolution: number;
  /** Why the standard error means what it says. */
  readonly finiteVariance: string;
  /** How far rounding alone may take a mean without any spread. */
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
  /** The comparison that sees it without noise, which must fail. */
  readonly exact?: Comparison;
  /** The comparison that sees it by draws, which must fail. */
  readonly monteCarlo?: MonteCarloComparison;
}

/** A statement on one model. */
export interface ModelCheck {
  /** The model's name, as tables and {@linkcode LedgerRecord} show it. */
  readonly model: string;
  /** Why the model cannot be had here; nothing is computed then. */
  absent?(): string | undefined;
  /** The statement's two sides and, for an inequality, a case in which they meet. */
  readonly exact: readonly Comparison[];
  /** The statement by draws. */
  readonly monteCarlo: MonteCarloComparison;
  /** Mistakes, each of which must be reported. */
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
  /** Where it stands in the source. */
  readonly essay: EssayPlace;
  /** What it says about its two sides. */
  readonly claim: Claim;
  /** What to make of it, where the formula does not say. */
  readonly note?: string;
  /** The statement on each of its models, at least two. */
  readonly checks: readonly ModelCheck[];
}

/** What the verifier found for one statement, on one model, by one method. */
export interface LedgerRecord {
  /** The entry's id, in kebab-case. */
  readonly id: string;
  /** The entry's statement, in TeX. */
  readonly statement: string;
  /** The entry's statement, in plain characters. */
  readonly short: string;
  /** The name of the model that it was checked on. */
  readonly model: string;
  /** Two sides without noise, or a mean of draws and what it must come to. */
  readonly method: "exact" | "monteCarlo";
  /** What must hold between left and right. */
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
  /** Of Monte Carlo: how many draws. */
  readonly numSamples?: number;
  /** Of Monte Carlo: the standard error of the mean on the left. */
  readonly standardError?: number;
  /** Of Monte Carlo: (left - right) / standardError, where that is a number. */
  readonly z?: number;
  /** Of Monte Carlo: the largest standard error allowed. */
  readonly resolution?: number;
  /** Whether it is as it must be; skipped where the model cannot be had. */
  readonly verdict: "holds" | "fails" | "skipped";
  /** Why it fails or was skipped. */
  readonly note?: string;
  /** The planted error, where one was. */
  readonly planted?: string;
}
