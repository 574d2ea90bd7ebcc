import { assertAlmostEquals, assertEquals } from "@std/assert";
import { hamiltonianKernel, leapfrogPaths } from "../../lib/estimators/hamiltonian.ts";
import type { ChainState, StateAt } from "../../lib/estimators/annealing_path.ts";

/** Two chains in the plane, of ratio(u) = sum a_j u_j^2 / 2: forces by hand. */
const A = [0.5, -1];
const ratioOf = (u: ArrayLike<number>) => (A[0] * u[0] ** 2 + A[1] * u[1] ** 2) / 2;
const stateAt: StateAt = (points) => ({
  points,
  ratios: Float64Array.from(
    { length: points.length / 2 },
    (_, chain) => ratioOf(points.subarray(2 * chain, 2 * chain + 2)),
  ),
  slopes: points.map((u, i) => A[i % 2] * u),
});
const START = [1, 2, -0.5, 0.3];
const start = stateAt(Float64Array.of(...START));
const MOMENTA = [0.7, -0.2, 1.1, 0.4];

/** Dice that show these numbers, in this order. */
function loaded({ uniforms, normals }: { uniforms: number[]; normals: number[] }) {
  const next = (numbers: number[]) => () => numbers.shift()!;
  return {
    uniform: next([...uniforms]),
    normal: next([...normals]),
    integer: () => NaN,
  };
}

const walk = { exponent: 0.5, stepSize: 0.1, stateAt };

for (const leapfrogSteps of [1, 3]) {
  Deno.test(`leapfrogPaths: ${leapfrogSteps} steps by hand, each chain of its own size`, () => {
    const random = loaded({ uniforms: [0, 0.75], normals: MOMENTA });
    const found = leapfrogPaths(start, { ...walk, leapfrogSteps, random });
    // From 0.8 to 1.2 of the mean size.
    [0.08, 0.11].forEach((size, chain) => {
      const energy = (u: number[], p: number[]) =>
        u.reduce((sum, x, j) => sum + (x * x + p[j] * p[j]) / 2, -0.5 * ratioOf(u));
      const at = (numbers: ArrayLike<number>) =>
        [0, 1].map((j) => numbers[2 * chain + j]);
      let u = at(start.points), p = at(MOMENTA);
      const before = energy(u, p);
      // Half a kick at both ends of each step: two of them meet between steps.
      const kick = () => p = p.map((x, j) => x + size / 2 * (0.5 * A[j] - 1) * u[j]);
      for (let step = 0; step < leapfrogSteps; step++) {
        kick();
        u = u.map((x, j) => x + size * p[j]);
        kick();
      }
      at(found.state.points).forEach((x, j) => assertAlmostEquals(x, u[j], 1e-15));
      assertAlmostEquals(found.energyRise[chain], energy(u, p) - before, 1e-14);
    });
  });
}

/** The kernel with a coin for each chain, and where it leaves them. */
function moved(coins: number[], { states = stateAt } = {}) {
  const random = () => loaded({ uniforms: [0.5, 0.5, ...coins], normals: MOMENTA });
  const options = { ...walk, stepSize: 1.5, leapfrogSteps: 3, stateAt: states };
  return {
    proposal: leapfrogPaths(start, { ...options, random: random() }),
    result: hamiltonianKernel(start, { ...options, random: random() }),
  };
}

const part = ({ points, ratios, slopes }: ChainState, chain: number) => [
  ...points.subarray(2 * chain, 2 * chain + 2),
  ratios[chain],
  ...slopes.subarray(2 * chain, 2 * chain + 2),
];

Deno.test("hamiltonianKernel: each chain by its own coin goes to its proposal or stays", () => {
  const chances = [...moved([0, 0]).proposal.energyRise].map((rise) =>
    Math.min(1, Math.exp(-rise))
  );
  // One whose energy falls, one for which something is at stake.
  assertEquals(chances.map((chance) => chance < 0.9), [false, true]);
  for (const first of [0, 1]) {
    for (const second of [0, 1]) {
      // Just below the chance, or at it.
      const coins = [first, second].map((stays, chain) =>
        stays ? chances[chain] : chances[chain] - 1e-9
      );
      const { proposal, result } = moved(coins);
      [first, second].forEach((stays, chain) => {
        const expected = stays ? start : proposal.state;
        assertEquals(part(result.state, chain), part(expected, chain));
      });
      assertAlmostEquals(result.acceptance, (chances[0] + chances[1]) / 2, 1e-15);
      // The chains that were given stay where they were.
      assertEquals(start, stateAt(Float64Array.of(...START)));
    }
  }
});

Deno.test("hamiltonianKernel: a path that flies apart is refused", () => {
  const states: StateAt = (points) => ({
    ...stateAt(points),
    ratios: Float64Array.of(NaN, NaN),
  });
  const { result } = moved([0, 0], { states });
  assertEquals(result.acceptance, 0);
  for (const chain of [0, 1]) {
    assertEquals(part(result.state, chain), part(start, chain));
  }
});
