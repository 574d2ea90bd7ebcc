import type { Estimate } from "../math/mod.ts";
import { once } from "./once.ts";
import type {
  Claim,
  Comparison,
  DrawOptions,
  EssayPlace,
  LedgerEntry,
  ModelCheck,
  MonteCarloComparison,
  PlantedError,
  Precision,
  Values,
} from "./types.ts";

/** A model with its two faces, which compute the same things in different ways. */
export interface Setting<Library, Witness> {
  readonly name: string;
  readonly precision: Precision;
  /** The share of the common number of draws that this model takes; 1 if left out. */
  readonly effort?: number;
  /** Why the model cannot be had here. */
  absent?(): string | undefined;
  faces(): { readonly library: Library; readonly witness: Witness };
}

/** A Monte Carlo estimate of the left side, by the library's own draws. */
export interface Draws<Library, Witness> {
  estimate(library: Library, options: DrawOptions): Estimate | readonly Estimate[];
  /** What it must come to; the right side if left out. */
  target?(witness: Witness): Values;
  /** `=` if left out, `<` for an inequality. */
  readonly relation?: "=" | "<";
  readonly resolution: number;
  readonly finiteVariance: string;
  readonly effort?: number;
}

/** A mistake that takes the place of exactly one of `left`, `right` and `estimate`. */
export interface Planted<Library, Witness> {
  readonly error: string;
  /** The models on which it can be made; all if left out. */
  readonly on?: readonly string[];
  /** Which comparison sees it, where there is a second: at equality. */
  readonly part?: "equality";
  left?(library: Library): Values;
  right?(witness: Witness): Values;
  estimate?(library: Library, options: DrawOptions): Estimate | readonly Estimate[];
}

/** An entry as it is written down: once, for all its models. */
export interface Definition<Library, Witness> {
  readonly id: string;
  readonly statement: string;
  readonly short: string;
  readonly essay: EssayPlace;
  readonly claim: Claim;
  readonly note?: string;
  readonly settings: readonly Setting<Library, Witness>[];
  /** The side that the library computes. */
  left(library: Library): Values;
  /** The side that the witness computes, from densities written out. */
  right(witness: Witness): Values;
  /** Of an inequality: how far below the left must stay. */
  readonly margin?: number;
  /** Of an inequality: a case in which the two sides meet. */
  readonly equality?: {
    readonly at: string;
    left(library: Library): Values;
    right(witness: Witness): Values;
  };
  /** Where the setting's own precision does not fit. */
  readonly precision?: Precision;
  readonly draws: Draws<Library, Witness>;
  readonly planted: readonly Planted<Library, Witness>[];
}

/**
 * Makes a ledger entry of its definition: one check for each model.
 *
 * The left side sees the library's face of a model and nothing else, the right side
 * the witness's, so that neither can borrow from the other. Sides are computed when
 * first asked for and kept.
 */
export function entry<Library, Witness>(
  definition: Definition<Library, Witness>,
): LedgerEntry {
  const { id, short, essay, claim, note, settings } = definition;
  const statement = definition.statement.replace(/\s+/g, " ");
  const checks = settings.map((setting) => checkOn(setting, definition));
  return { id, statement, short, essay, claim, ...(note && { note }), checks };
}

function checkOn<Library, Witness>(
  setting: Setting<Library, Witness>,
  definition: Definition<Library, Witness>,
): ModelCheck {
  const { claim, draws, equality } = definition;
  const precision = definition.precision ?? setting.precision;
  const faces = once(setting.faces);
  const left = once(() => definition.left(faces().library));
  const right = once(() => definition.right(faces().witness));

  const statement: Comparison = {
    relation: claim === "inequality" ? "<" : claim === "limit" ? "->" : "=",
    left,
    right,
    precision,
    margin: definition.margin,
  };
  const meeting: Comparison | undefined = equality && {
    relation: "=",
    part: equality.at,
    left: once(() => equality.left(faces().library)),
    right: once(() => equality.right(faces().witness)),
    precision: setting.precision,
  };
  const monteCarlo: MonteCarloComparison = {
    relation: draws.relation ?? (claim === "inequality" ? "<" : "="),
    estimate: onceForEach((options) => draws.estimate(faces().library, options)),
    target: once(() => (draws.target ?? definition.right)(faces().witness)),
    resolution: draws.resolution,
    finiteVariance: draws.finiteVariance,
    precision: setting.precision,
    effort: (setting.effort ?? 1) * (draws.effort ?? 1),
  };

  const planted = definition.planted
    .filter(({ on }) => !on || on.includes(setting.name))
    .map((mistake): PlantedError => {
      const { error, part } = mistake;
      const seenBy = part === "equality" && meeting ? meeting : statement;
      if (mistake.left) {
        const exact = { ...seenBy, left: () => mistake.left!(faces().library) };
        return { error, side: "left", exact };
      }
      if (mistake.right) {
        const wrong = once(() => mistake.right!(faces().witness));
        const exact = { ...seenBy, right: wrong };
        // Draws have a target of their own where they do not estimate the left side.
        if (draws.target || part) return { error, side: "right", exact };
        return {
          error,
          side: "right",
          exact,
          monteCarlo: { ...monteCarlo, target: wrong },
        };
      }
      const estimate = (options: DrawOptions) =>
        mistake.estimate!(faces().library, options);
      return { error, side: "draws", monteCarlo: { ...monteCarlo, estimate } };
    });

  return {
    model: setting.name,
    absent: setting.absent,
    exact: meeting ? [statement, meeting] : [statement],
    monteCarlo,
    planted,
  };
}

/** Keeps the estimate of one seed, for the planted errors that change its target. */
function onceForEach<Value>(
  compute: (options: DrawOptions) => Value,
): (options: DrawOptions) => Value {
  const kept = new Map<string, Value>();
  return (options) => {
    const { key } = options;
    if (!kept.has(key)) {
      kept.clear();
      kept.set(key, compute(options));
    }
    return kept.get(key)!;
  };
}
