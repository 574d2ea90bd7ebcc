import { assertAlmostEquals } from "@std/assert";
import { linearSchedule } from "elbo/estimators";
import { statesOf } from "../../lib/estimators/annealing_path.ts";
import { finiteDifferenceGradient } from "../helpers/finite_difference.ts";
import { plane, planeQ, planeX } from "./models.ts";

Deno.test("statesOf: ratios are ln f_1 - ln f_0, and slopes theirs by u", () => {
  const logJoint = plane.logJoint(planeX);
  const stateAt = statesOf({ initial: planeQ, logJoint, schedule: linearSchedule(1) });
  const chains = [[0.3, -1], [2, 0.5], [-0.7, 1.4]];
  const { ratios, slopes } = stateAt(Float64Array.from(chains.flat()));
  chains.forEach((u, chain) => {
    const z = u.map((x, j) => planeQ.mean[j] + planeQ.scale[j] * x);
    const exact = logJoint(Float64Array.from(z)).values[0] - planeQ.logProb(z);
    assertAlmostEquals(ratios[chain], exact, 1e-13);
    // Wrong ones would still leave every average right, but few moves be accepted.
    finiteDifferenceGradient((at) => stateAt(Float64Array.from(at)).ratios[0], u)
      .forEach((slope, j) => assertAlmostEquals(slopes[2 * chain + j], slope, 1e-8));
  });
});
