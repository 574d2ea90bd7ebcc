import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type AnnealingPath,
  fitStart,
  type Kernel,
  linearSchedule,
  tuneStepSizes,
} from "elbo/estimators";
import { type Vector } from "elbo/math";
import { plane, planeQ, planeX, seeded } from "./models.ts";

const posterior = plane.exactPosterior(planeX);
const posteriorScale = posterior.covariance.map((row, i) => Math.sqrt(row[i]));
// About as wide as the posterior: no chain's weight is more than a few times the mean.
const path: AnnealingPath = {
  initial: planeQ,
  logJoint: plane.logJoint(planeX),
  schedule: linearSchedule(4),
};

interface Visit {
  readonly exponent: number;
  readonly stepSize: number;
  readonly points: Vector;
}

/** A kernel that leaves the chains where they are, and writes down what it was told. */
function standingStill(acceptance: number): { kernel: Kernel; visits: Visit[] } {
  const visits: Visit[] = [];
  const kernel: Kernel = (state, { exponent, stepSize }) => {
    visits.push({ exponent, stepSize, points: [...state.points] });
    return { state, acceptance };
  };
  return { kernel, visits };
}

Deno.test("tuneStepSizes: a hundred moves, as many at each station inside", () => {
  const { random } = seeded(98);
  const { kernel, visits } = standingStill(0.75);
  const stepSizes = tuneStepSizes(path, { random, kernel });
  // Nothing to learn from chains that accept as they should.
  stepSizes.forEach((size) => assertAlmostEquals(size, 0.5, 1e-15));
  const expected = [0.25, 0.5, 0.75].flatMap((b) => Array<number>(34).fill(b));
  assertEquals(visits.map(({ exponent }) => exponent), expected);
});

Deno.test("tuneStepSizes: chains that accept more get longer steps, station by station", () => {
  const { random } = seeded(98);
  const grown = (acceptance: number) =>
    tuneStepSizes(path, { random, kernel: standingStill(acceptance).kernel });
  // 34 moves, of which each moves ln size by 0.4 times what is above 3/4.
  const factor = Math.exp(34 * 0.4 * 0.25);
  grown(1).forEach((size, i) =>
    assertAlmostEquals(size / (0.5 * factor ** (i + 1)), 1, 1e-12)
  );
  grown(0.5).forEach((size, i) =>
    assertAlmostEquals(size / (0.5 / factor ** (i + 1)), 1, 1e-12)
  );
});

Deno.test("tuneStepSizes, fitStart: a path of one step has no station to tune at", () => {
  const { random } = seeded(98);
  const direct = { ...path, schedule: linearSchedule(1) };
  assertEquals(tuneStepSizes(direct, { random }), []);
  const { kernel, visits } = standingStill(0.75);
  fitStart(direct, { random, kernel });
  assertEquals(visits.map(({ exponent, stepSize }) => [exponent, stepSize]), [
    ...Array.from({ length: 20 }, () => [1, 0.5]),
  ]);
});

/** The points of chains at the first visit of a station, two numbers a chain. */
function chainsAt(visits: readonly Visit[], station: number): string[] {
  const { points } = visits.find(({ exponent }) => exponent === station)!;
  return Array.from(
    { length: points.length / 2 },
    (_, i) => `${points.slice(2 * i, 2 * i + 2)}`,
  );
}

Deno.test("fitStart: chains are drawn anew as often as their weights say, give or take one", () => {
  for (const seed of [1, 2, 3]) {
    const { random } = seeded(98 + seed);
    const { kernel, visits } = standingStill(0.75);
    const numChains = 50;
    fitStart(path, { random, kernel, numChains });
    const [before, after] = [0.25, 1].map((station) => chainsAt(visits, station));
    assertEquals(after.length, numChains);
    // As the chains stand still their weights are those of importance sampling.
    const weights = before.map((point) => {
      const z = point.split(",").map((u, j) => {
        return planeQ.mean[j] + planeQ.scale[j] * Number(u);
      });
      const { values } = path.logJoint(Float64Array.from(z));
      return Math.exp(values[0] - planeQ.logProb(z));
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    before.forEach((point, chain) => {
      const copies = after.filter((other) => other === point).length;
      assert(Math.abs(copies - numChains * weights[chain] / total) < 1, point);
    });
  }
});

Deno.test("fitStart: what rounding leaves of the weights goes to the last chain", () => {
  // A uniform number at its very end; the weights of some seeds add up to less than 1.
  for (let seed = 1; seed <= 20; seed++) {
    const { random: { normal, integer } } = seeded(seed);
    const { kernel, visits } = standingStill(0.75);
    const random = { uniform: () => 1, normal, integer };
    fitStart(path, { random, kernel, numChains: 9 });
    const [before, after] = [0.25, 1].map((station) => chainsAt(visits, station));
    after.forEach((point) => assert(before.includes(point), point));
  }
});

Deno.test("fitStart: the start is about the posterior, half as wide again", () => {
  const { random } = seeded(99);
  const { mean, scale } = fitStart(path, { random, numChains: 150 });
  // 3000 points, worth at least the 150 chains: 8% of a scale.
  posterior.mean.forEach((exact, i) => {
    assertAlmostEquals(mean[i], exact, 0.4 * posteriorScale[i]);
    assertAlmostEquals(scale[i] / (1.5 * posteriorScale[i]), 1, 0.3);
  });
});
