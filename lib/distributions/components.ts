import { logSumExp, type Matrix, type Random } from "../math/mod.ts";
import { requireEach } from "./checks.ts";

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
export function logWeightsOf(logits: Matrix): number[][] {
  const totals = logits[0].map((_, i) => logSumExp(logits.map((row) => row[i])));
  return logits.map((row) => row.map((l, i) => l - totals[i]));
}

/** sum_i ln sum_k exp(logJoint_ki), in nats. */
export function sumLogMixture(logJoint: Matrix): number {
  return logJoint[0].reduce(
    (sum, _, i) => sum + logSumExp(logJoint.map((row) => row[i])),
    0,
  );
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
