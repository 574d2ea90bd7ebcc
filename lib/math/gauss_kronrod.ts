// The 15-point Kronrod rule and the 7-point Gauss rule on its odd nodes (QUADPACK,
// Piessens et al. 1983, routine QK15): half of each, from the outside to the middle.
const NODES = [
  0.991455371120812639206854697526329,
  0.949107912342758524526189684047851,
  0.864864423359769072789712788640926,
  0.741531185599394439863864773280788,
  0.58608723546769113029414469482594,
  0.405845151377397166906606412076961,
  0.207784955007898467600689403773245,
  0,
];
const KRONROD_WEIGHTS = [
  0.022935322010529224963732008058970,
  0.063092092629978553290700663189204,
  0.104790010322250183839876322541518,
  0.140653259715525918745189590510238,
  0.16900472663926790282829543364,
  0.190350578064785409913256402421014,
  0.204432940075298892414161999234649,
  0.209482141084727828012999174891714,
];
const GAUSS_WEIGHTS = [
  0.129484966168869693270611432679082,
  0.27970539148927666790146777142378,
  0.381830050505118944950369775488975,
  0.417959183673469387755102040816327,
];

const MAX_SEGMENTS = 2000;
const INITIAL_SEGMENTS = 8;
const MIN_TOLERANCE = 1e-13;

/** A change of variable to a finite interval: `f(x) dx = f(toX(t)) slope(t) dt`. */
interface Piece {
  from: number;
  to: number;
  toX(t: number): number;
  slope(t: number): number;
}

interface Segment {
  piece: Piece;
  from: number;
  to: number;
  value: number;
  magnitude: number;
  error: number;
}

function makePiece(from: number, to: number): Piece {
  if (Number.isFinite(from) && Number.isFinite(to)) {
    return { from, to, toX: (t) => t, slope: () => 1 };
  }
  if (Number.isFinite(from)) {
    return {
      from: 0,
      to: 1,
      toX: (t) => from + t / (1 - t),
      slope: (t) => 1 / (1 - t) ** 2,
    };
  }
  if (Number.isFinite(to)) {
    return {
      from: -1,
      to: 0,
      toX: (t) => to + t / (1 + t),
      slope: (t) => 1 / (1 + t) ** 2,
    };
  }
  return {
    from: -1,
    to: 1,
    toX: (t) => t / (1 - t * t),
    slope: (t) => (1 + t * t) / (1 - t * t) ** 2,
  };
}

type Integrand = (x: number) => number;

function valueAt(f: Integrand, { piece, t }: { piece: Piece; t: number }): number {
  const x = piece.toX(t);
  const y = f(x);
  const value = y * piece.slope(t);
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `Cannot integrate as f must be finite inside the interval: at ${x} it is ${y}`,
    );
  }
  return value;
}

function measure(
  f: Integrand,
  { piece, from, to }: { piece: Piece; from: number; to: number },
): Segment {
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  const values: number[] = [];
  let kronrod = 0;
  let gauss = 0;
  let magnitude = 0;
  for (let k = 0; k < 15; k++) {
    const i = k < 8 ? k : 14 - k;
    const t = middle + (k < 8 ? -half : half) * NODES[i];
    const value = valueAt(f, { piece, t });
    values.push(value);
    kronrod += KRONROD_WEIGHTS[i] * value;
    magnitude += KRONROD_WEIGHTS[i] * Math.abs(value);
    if (i % 2 === 1) gauss += GAUSS_WEIGHTS[i >> 1] * value;
  }
  const spread = values.reduce((sum, value, k) => {
    return sum + KRONROD_WEIGHTS[k < 8 ? k : 14 - k] * Math.abs(value - kronrod / 2);
  }, 0);
  const error = Math.max(
    scaledError(Math.abs(kronrod - gauss), spread),
    50 * Number.EPSILON * magnitude,
  );
  return {
    piece,
    from,
    to,
    value: kronrod * half,
    magnitude: magnitude * half,
    error: error * half,
  };
}

/**
 * QUADPACK's estimate: the difference of the two rules is the error of the lesser one,
 * and far too much for the better where both have converged.
 */
function scaledError(difference: number, spread: number): number {
  if (spread === 0) return difference;
  return spread * Math.min(1, (200 * difference / spread) ** 1.5);
}

/** What `integrate` needs to know beside the integrand. */
export interface IntegrateOptions {
  /** The lower end, `-Infinity` allowed. */
  from: number;
  /** The upper end, `Infinity` allowed. */
  to: number;
  /** The error allowed, relative to the integral of `|f|`; 1e-10 if left out. */
  tolerance?: number;
  /** Points inside the interval where `f` peaks or has a kink: it is split there. */
  splitAt?: readonly number[];
}

/**
 * The integral of a function over an interval, finite or not, with an error estimate.
 *
 * `int_from^to f(x) dx` by the 7 and 15 point rules of Gauss and Kronrod, halving the
 * worst interval until the estimated error is at most `tolerance` times the integral
 * of `|f|` (for a positive integrand: relative). The line is mapped by
 * `x = t / (1 - t^2)`, a half line by `x = from + t / (1 - t)`, and cut into 8 intervals
 * at first. Source: QUADPACK, Piessens et al. 1983, routines QAG and QAGI.
 *
 * The estimate is for a function that is smooth between splits. A peak that is far from
 * 0 or much narrower than 0.1 may fall between the nodes and is then not seen at all:
 * give `splitAt` the peak and a point on either side of it, a few widths away. At a
 * kink or a jump the estimate can be far too small: split there.
 *
 * @param f The integrand, finite inside the interval; it is not asked at the ends.
 * @param options The ends, the tolerance, points to split at.
 * @returns The value and the estimate of its absolute error.
 * @throws {RangeError} If an end is NaN, the tolerance is below 1e-13, a split is not
 * inside, `f` is not finite somewhere, or 2000 intervals do not reach the tolerance.
 *
 * @example The mass of a normal density
 * ```ts
 * import { integrate } from "elbo/math";
 * import { assertAlmostEquals, assertLess } from "@std/assert";
 *
 * const { value, error } = integrate((x) => Math.exp(-x * x / 2), {
 *   from: -Infinity,
 *   to: Infinity,
 * });
 * assertAlmostEquals(value, Math.sqrt(2 * Math.PI), 1e-12);
 * assertLess(error, 1e-9);
 * ```
 */
export function integrate(
  f: (x: number) => number,
  options: IntegrateOptions,
): { value: number; error: number } {
  const { from, to, tolerance = 1e-10, splitAt = [] } = options;
  if (Number.isNaN(from) || Number.isNaN(to)) {
    throw new RangeError(
      `Cannot integrate as from and to must be numbers: they are ${from} and ${to}`,
    );
  }
  if (!(tolerance >= MIN_TOLERANCE)) {
    throw new RangeError(
      `Cannot integrate as tolerance must be at least ${MIN_TOLERANCE}: it is ${tolerance}`,
    );
  }
  if (from === to) return { value: 0, error: 0 };
  if (from > to) {
    const { value, error } = integrate(f, { ...options, from: to, to: from });
    return { value: -value, error };
  }
  const outside = splitAt.find((x) => !(x > from && x < to));
  if (outside !== undefined) {
    throw new RangeError(
      `Cannot integrate as splitAt must lie between ${from} and ${to}: it is ${outside}`,
    );
  }
  const ends = [from, ...[...new Set(splitAt)].sort((a, b) => a - b), to];
  const pieces = ends.slice(1).map((end, i) => makePiece(ends[i], end));
  return refine(f, { pieces, tolerance });
}

function refine(
  f: Integrand,
  { pieces, tolerance }: { pieces: Piece[]; tolerance: number },
): { value: number; error: number } {
  const segments = pieces.flatMap((piece) => {
    const width = (piece.to - piece.from) / INITIAL_SEGMENTS;
    return Array.from({ length: INITIAL_SEGMENTS }, (_, i) => {
      const from = piece.from + i * width;
      return measure(f, { piece, from, to: from + width });
    });
  });
  for (;;) {
    const total = { value: 0, magnitude: 0, error: 0 };
    let worst = 0;
    segments.forEach((segment, i) => {
      total.value += segment.value;
      total.magnitude += segment.magnitude;
      total.error += segment.error;
      if (segment.error > segments[worst].error) worst = i;
    });
    if (total.error <= tolerance * total.magnitude) {
      return { value: total.value, error: total.error };
    }
    if (segments.length >= MAX_SEGMENTS) {
      throw new RangeError(
        `Cannot integrate as the error must fall to ${
          tolerance * total.magnitude
        }: it ` +
          `is ${total.error} after ${MAX_SEGMENTS} intervals; split at the peaks or ` +
          "kinks of f, or raise the tolerance",
      );
    }
    const { piece, from, to } = segments[worst];
    const middle = (from + to) / 2;
    segments[worst] = measure(f, { piece, from, to: middle });
    segments.push(measure(f, { piece, from: middle, to }));
  }
}
