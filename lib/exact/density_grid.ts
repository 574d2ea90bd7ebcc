import { logSumExp, type Vector } from "../math/mod.ts";

/** An unnormalised density on the nodes of a regular grid, where it matters. */
export interface DensityGrid {
  /** The distance of neighbouring nodes, on every axis. */
  readonly spacing: number;
  /** ln of the integral of the density, by the trapezoid rule. */
  readonly logIntegral: number;
  /** How far logIntegral lies from that at twice the spacing, in nats. */
  readonly error: number;
  /** The nodes, [numNodes, dim], and ln density there. */
  readonly nodes: readonly Vector[];
  readonly logDensities: Vector;
  /** The largest ln density at a node or one of its neighbours. */
  readonly logBounds: Vector;
}

/** How `densityGrid` looks for the mass, and when it stops. */
export interface DensityGridOptions {
  /** 1 or 2. */
  readonly dim: number;
  /** The first spacing. */
  readonly spacing: number;
  /** How well two successive spacings must agree, in nats. */
  readonly tolerance: number;
}

type LogDensity = (z: Vector) => number;

/** Where the search starts: N(0, I) in the plane has 4e-9 of its mass outside. */
const FIRST_HALF_WIDTH = 6;
/** Nodes this many nats below the top are left out: exp(-32) = 1e-14 of it each. */
const CUTOFF = 32;
/**
 * In nats. Where a normal density of scale s still matters, 8 s from its mean, nodes s
 * apart differ by 8 and nodes 2 s apart by 20.
 */
const LARGEST_STEP = 16;
const MAX_NODES = 1e6;
/** Two integer coordinates, 26 bits each, are packed into one number. */
const AXIS = 2 ** 26;
/** By dim. In the plane a coordinate might not fit below: 2^25 steps reach to 128. */
const LEAST_SPACING = [1, 2 ** -40, 2 ** -18];

/**
 * Integrates exp(logDensity) over the line or the plane, wherever its mass lies.
 *
 * The trapezoid rule on a regular grid, which for smooth functions that decay
 * converges faster than any power of the spacing. The first grid covers
 * [-6, 6]^dim; it grows at its rim as long as the rim matters, and is halved where
 * the density matters until two successive spacings agree and no step between
 * neighbours that matter is above 16 nats. A node matters if its value, plus the
 * largest step to a neighbour, comes within 32 nats of the top: the step allows for a
 * bump that hides between nodes.
 */
export function densityGrid(
  logDensity: LogDensity,
  { dim, spacing, tolerance }: DensityGridOptions,
): DensityGrid {
  const first = new Level(logDensity, dim, spacing);
  first.fillSquare();
  let coarser = first.grow();
  for (;;) {
    const finer = coarser.refined().grow();
    const error = Math.abs(finer.logIntegral() - coarser.logIntegral());
    // Two coarse grids may agree by chance, or while a bump hides between nodes.
    if (error <= tolerance && coarser.isResolved()) return finer.toGrid(error);
    coarser = finer;
  }
}

/** The nodes of one spacing. */
class Level {
  /** ln densities by packed coordinates. */
  readonly #values = new Map<number, number>();
  /** The packed steps to the 3^dim - 1 nodes around a node. */
  readonly #offsets: readonly number[];
  #top = -Infinity;

  constructor(
    readonly logDensity: LogDensity,
    readonly dim: number,
    readonly spacing: number,
  ) {
    const steps = [-1, 0, 1];
    this.#offsets = (dim === 1 ? steps : product(steps)).filter((step) => step !== 0);
  }

  fillSquare(): void {
    const reach = Math.ceil(FIRST_HALF_WIDTH / this.spacing);
    const axis = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
    for (const key of this.dim === 1 ? axis : product(axis)) this.#evaluate(key);
    if (this.#top === -Infinity) {
      throw new RangeError(
        `Cannot integrate a density as it must be positive somewhere within ` +
          `${FIRST_HALF_WIDTH} of 0: it is 0 at all nodes`,
      );
    }
  }

  /** Adds the neighbours of all nodes that matter until they are all there. */
  grow(): this {
    const queue = [...this.#values.keys()];
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      if (!this.#matters(key)) continue;
      for (const offset of this.#offsets) {
        const added = key + offset;
        if (this.#values.has(added)) continue;
        this.#evaluate(added);
        queue.push(added);
      }
    }
    return this;
  }

  /** Half the spacing, around the nodes that matter. */
  refined(): Level {
    if (this.spacing <= LEAST_SPACING[this.dim]) {
      throw new RangeError(
        `Cannot integrate a density as a spacing of ${this.spacing} must suffice: ` +
          `it is too narrow, or not smooth`,
      );
    }
    const finer = new Level(this.logDensity, this.dim, this.spacing / 2);
    const keys = [...this.#values.keys()].filter((key) => this.#matters(key));
    for (const key of keys) finer.#set(2 * key, this.#values.get(key)!);
    for (const key of keys) {
      for (const offset of this.#offsets) finer.#evaluate(2 * key + offset);
    }
    return finer;
  }

  logIntegral(): number {
    return logSumExp([...this.#values.values()]) + this.dim * Math.log(this.spacing);
  }

  /** Whether the density is smooth from node to node, wherever it matters. */
  isResolved(): boolean {
    return [...this.#values.keys()].every((key) =>
      this.#stepFrom(key) <= LARGEST_STEP || !this.#matters(key)
    );
  }

  toGrid(error: number): DensityGrid {
    const keys = [...this.#values.keys()];
    return {
      spacing: this.spacing,
      logIntegral: this.logIntegral(),
      error,
      nodes: keys.map((key) => this.#unpack(key)),
      logDensities: [...this.#values.values()],
      logBounds: keys.map((key) =>
        this.#offsets.reduce(
          (bound, offset) => Math.max(bound, this.#values.get(key + offset) ?? bound),
          this.#values.get(key)!,
        )
      ),
    };
  }

  #matters(key: number): boolean {
    // NaN, of a step between two densities of 0, does not matter.
    return this.#values.get(key)! + this.#stepFrom(key) >= this.#top - CUTOFF;
  }

  /** The largest change of ln density from a node to its neighbours. */
  #stepFrom(key: number): number {
    const value = this.#values.get(key)!;
    let step = 0;
    for (const offset of this.#offsets) {
      const near = this.#values.get(key + offset);
      if (near !== undefined) step = Math.max(step, Math.abs(value - near));
    }
    return step;
  }

  #evaluate(key: number): void {
    if (this.#values.has(key)) return;
    if (this.#values.size >= MAX_NODES) {
      throw new RangeError(
        `Cannot integrate a density as ${MAX_NODES} nodes must suffice: ` +
          `they do not at a spacing of ${this.spacing}`,
      );
    }
    const z = this.#unpack(key);
    const value = this.logDensity(z);
    if (!(value < Infinity)) {
      throw new RangeError(
        `Cannot integrate a density as its logarithm must be a number below Infinity: ` +
          `${value} at [${z}]`,
      );
    }
    this.#set(key, value);
  }

  #set(key: number, value: number): void {
    this.#values.set(key, value);
    this.#top = Math.max(this.#top, value);
  }

  #unpack(key: number): number[] {
    if (this.dim === 1) return [key * this.spacing];
    const first = Math.round(key / AXIS);
    return [first * this.spacing, (key - first * AXIS) * this.spacing];
  }
}

/** All pairs of coordinates, packed. */
function product(axis: readonly number[]): number[] {
  return axis.flatMap((i) => axis.map((j) => i * AXIS + j));
}
