import { logSumExp, type Vector } from "../math/mod.ts";

/** An unnormalised density on the nodes of a regular grid, where it matters. */
export interface DensityGrid {
  /** The distance of neighbouring nodes, on every axis. */
  readonly spacing: number;
  /** ln of the integral of the density, by the trapezoid rule. */
  readonly logIntegral: number;
  /** How far logIntegral lies from that at twice the spacing. */
  readonly error: number;
  /** The nodes, [numNodes, dim], and ln density there. */
  readonly nodes: readonly Vector[];
  readonly logDensities: Vector;
  /** The largest ln density in a node's neighbourhood, as far as nodes tell. */
  readonly logBounds: Vector;
}

/** How `densityGrid` looks for the mass, and when it stops. */
export interface DensityGridOptions {
  /** 1 or 2. */
  readonly dim: number;
  /** The first spacing; two bumps further apart than this are told apart. */
  readonly spacing: number;
  /** How well two successive spacings must agree, in nats. */
  readonly tolerance: number;
}

/** Where the search starts: a prior N(0, I) has 4e-9 of its mass outside. */
const FIRST_HALF_WIDTH = 6;
/** Nodes this many nats below the top are left out: exp(-32) = 1e-14 of it each. */
const CUTOFF = 32;
const MAX_NODES = 2e6;
/** Two integer coordinates, 26 bits each, are packed into one number. */
const AXIS = 2 ** 26;
/** Below it a coordinate might not fit: 2^25 steps reach to 128. */
const LEAST_SPACING = 2 ** -18;

type LogDensity = (z: Vector) => number;

/**
 * Integrates exp(logDensity) over the line or the plane, wherever its mass lies.
 *
 * The trapezoid rule on a regular grid, which for smooth functions that decay
 * converges faster than any power of the spacing. The first grid covers
 * [-6, 6]^dim; it grows at its rim as long as the rim matters, and is halved where
 * the density matters until two successive spacings agree. A node matters if its
 * value, plus the largest step to a neighbour, comes within 32 nats of the top: the
 * step allows for a bump that hides between nodes.
 */
export function densityGrid(
  logDensity: LogDensity,
  { dim, spacing, tolerance }: DensityGridOptions,
): DensityGrid {
  const offsets = neighbourhood(dim);
  let level = firstLevel(logDensity, { dim, spacing, offsets });
  let previous = summarizeLevel(level, { error: Infinity, offsets });
  for (;;) {
    level = grow(logDensity, refine(logDensity, level, offsets), offsets);
    const error = Math.abs(logIntegralOf(level) - previous.logIntegral);
    const grid = summarizeLevel(level, { error, offsets });
    // Two coarse grids may agree by chance while a bump slips between their nodes:
    // the coarser one must have seen it with two nodes an axis at least.
    if (error <= tolerance && numEffectiveNodes(previous) >= 2 ** dim) return grid;
    previous = grid;
  }
}

interface Level {
  readonly dim: number;
  readonly spacing: number;
  /** ln densities by packed integer coordinates. */
  readonly values: Map<number, number>;
}

function firstLevel(
  logDensity: LogDensity,
  { dim, spacing, offsets }: { dim: number; spacing: number; offsets: Vector },
): Level {
  const level: Level = { dim, spacing, values: new Map() };
  const reach = Math.ceil(FIRST_HALF_WIDTH / spacing);
  const axis = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  for (const i of axis) {
    if (dim === 1) evaluate(logDensity, level, i);
    else for (const j of axis) evaluate(logDensity, level, i * AXIS + j);
  }
  return grow(logDensity, level, offsets);
}

/** Adds the neighbours of the nodes that matter, until all of them are there. */
function grow(logDensity: LogDensity, level: Level, offsets: Vector): Level {
  for (;;) {
    const before = level.values.size;
    for (const key of keysThatMatter(level, offsets)) {
      for (const offset of offsets) evaluate(logDensity, level, key + offset);
    }
    if (level.values.size === before) return level;
  }
}

/** Halves the spacing around the nodes that matter. */
function refine(logDensity: LogDensity, coarse: Level, offsets: Vector): Level {
  if (coarse.spacing <= LEAST_SPACING) {
    throw new RangeError(
      `Cannot integrate a density as the spacing ${LEAST_SPACING} must suffice: ` +
        `it is too narrow, or not smooth`,
    );
  }
  const fine: Level = { ...coarse, spacing: coarse.spacing / 2, values: new Map() };
  const keys = keysThatMatter(coarse, offsets);
  for (const key of keys) fine.values.set(2 * key, coarse.values.get(key)!);
  for (const key of keys) {
    for (const offset of offsets) evaluate(logDensity, fine, 2 * key + offset);
  }
  return fine;
}

function keysThatMatter({ values }: Level, offsets: Vector): number[] {
  let top = -Infinity;
  for (const value of values.values()) top = Math.max(top, value);
  const keys: number[] = [];
  for (const [key, value] of values) {
    let step = 0;
    for (const offset of offsets) {
      const neighbour = values.get(key + offset);
      if (neighbour !== undefined) step = Math.max(step, Math.abs(value - neighbour));
    }
    if (value + step >= top - CUTOFF) keys.push(key);
  }
  return keys;
}

function evaluate(logDensity: LogDensity, level: Level, key: number): void {
  if (level.values.has(key)) return;
  if (level.values.size >= MAX_NODES) {
    throw new RangeError(
      `Cannot integrate a density as ${MAX_NODES} nodes must suffice: ` +
        `they do not at the spacing ${level.spacing}`,
    );
  }
  const z = unpack(level, key);
  const value = logDensity(z);
  if (!(value < Infinity)) {
    throw new RangeError(
      `Cannot integrate a density as its logarithm must be a number below Infinity: ` +
        `${value} at [${z}]`,
    );
  }
  level.values.set(key, value);
}

function unpack({ dim, spacing }: Level, key: number): number[] {
  if (dim === 1) return [key * spacing];
  const first = Math.round(key / AXIS);
  return [first * spacing, (key - first * AXIS) * spacing];
}

/** The packed steps to the 3^dim - 1 nodes around a node. */
function neighbourhood(dim: number): number[] {
  const steps = [-1, 0, 1];
  const all = dim === 1 ? steps : steps.flatMap((i) => steps.map((j) => i * AXIS + j));
  return all.filter((offset) => offset !== 0);
}

function logIntegralOf({ dim, spacing, values }: Level): number {
  return logSumExp([...values.values()]) + dim * Math.log(spacing);
}

function summarizeLevel(
  level: Level,
  { error, offsets }: { error: number; offsets: Vector },
): DensityGrid {
  const { spacing, values } = level;
  return {
    spacing,
    logIntegral: logIntegralOf(level),
    error,
    nodes: Array.from(values.keys(), (key) => unpack(level, key)),
    logDensities: [...values.values()],
    logBounds: Array.from(
      values,
      ([key, value]) =>
        offsets.reduce(
          (bound, offset) => Math.max(bound, values.get(key + offset) ?? -Infinity),
          value,
        ),
    ),
  };
}

/** exp of the second Renyi entropy: how many nodes share the mass. */
function numEffectiveNodes({ logDensities }: DensityGrid): number {
  return Math.exp(
    2 * logSumExp(logDensities) - logSumExp(logDensities.map((value) => 2 * value)),
  );
}
