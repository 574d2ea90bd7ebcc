import { logSumExp, type Matrix, type Random, type Vector } from "../math/mod.ts";
import { requireEach, requireLength } from "./checks.ts";

/** The parameters of a mixture in each dimension by itself, [components][dim] each. */
export interface ComponentParameters {
  /** Unnormalised log weights. */
  readonly logits: Matrix;
  /** Where each component lies. */
  readonly mean: Matrix;
  /** How wide each component is. */
  readonly scale: Matrix;
}

/** Refuses parameters that do not fit each other or are out of range. */
export function checkComponents(
  { logits, mean, scale }: ComponentParameters,
  act: string,
): void {
  const dim = logits[0]?.length;
  const sizes = [logits, mean, scale].map((rows) =>
    `${rows.length} x ${[...new Set(rows.map((row) => row.length))].join("|")}`
  );
  if (dim === undefined || new Set(sizes).size > 1 || sizes[0].includes("|")) {
    throw new RangeError(
      `Cannot ${act} as logits, mean and scale must be of one size, components x dim: ` +
        sizes.join(", "),
    );
  }
  const finite = { act, must: "be finite" };
  for (const row of logits) {
    requireEach(row, Number.isFinite, { ...finite, name: "logits" });
  }
  for (const row of mean) {
    requireEach(row, Number.isFinite, { ...finite, name: "mean" });
  }
  for (const row of scale) {
    requireEach(row, (s) => s > 0 && s < Infinity, {
      act,
      name: "scale",
      must: "be finite and positive",
    });
  }
}

/** ln softmax over the components, in each dimension. */
function logWeightsOf(logits: Matrix): number[][] {
  const totals = logits[0].map((_, i) => logSumExp(logits.map((row) => row[i])));
  return logits.map((row) => row.map((l, i) => l - totals[i]));
}

/** sum_k w_ki term(k, i), for each dimension i. */
export function averageComponents(
  logWeights: Matrix,
  term: (component: number, index: number) => number,
): number[] {
  return logWeights[0].map((_, i) =>
    logWeights.reduce((sum, row, k) => sum + Math.exp(row[i]) * term(k, i), 0)
  );
}

/** Draws a component for one dimension. */
export function drawComponent(
  logWeights: Matrix,
  index: number,
  random: Random,
): number {
  const u = random.uniform();
  let below = 0;
  const last = logWeights.length - 1;
  for (let k = 0; k < last; k++) {
    below += Math.exp(logWeights[k][index]);
    if (u < below) return k;
  }
  return last;
}

/** What all mixtures in each dimension have in common. */
export abstract class ComponentMixture {
  readonly dim: number;
  readonly logWeights: Matrix;
  protected readonly means: Matrix;
  protected readonly scales: Matrix;

  constructor({ logits, mean, scale }: ComponentParameters) {
    this.dim = logits[0].length;
    this.logWeights = logWeightsOf(logits);
    this.means = mean;
    this.scales = scale;
  }

  /** ln of the density or the mass of component k in dimension i, at x_i. */
  protected abstract logComponent(x: number, k: number, i: number): number;

  logJoint(x: Vector): number[][] {
    requireLength(x, this.dim, "evaluate a mixture in each dimension");
    return this.logWeights.map((row, k) =>
      row.map((logWeight, i) => logWeight + this.logComponent(x[i], k, i))
    );
  }

  logProb(x: Vector): number {
    const joint = this.logJoint(x);
    return joint[0].reduce(
      (sum, _, i) => sum + logSumExp(joint.map((row) => row[i])),
      0,
    );
  }
}
