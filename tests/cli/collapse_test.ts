import { assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { optimalLinearVae } from "elbo/exact";
import { runCollapse } from "../../lib/cli/collapse.ts";
import {
  COLLAPSE_SWEEP,
  judgeLinearVae,
  LEARNT_SWEEP,
} from "../../lib/cli/collapse_sweep.ts";
import { sampledLinearVae } from "../../lib/cli/sampled_linear_vae.ts";
import { captured } from "./captured.ts";

const setting = {
  eigenvalues: [4, 2, 1.03, 0.5],
  latentDim: 4,
  variance: 0.5,
  beta: 2,
};
const exact = optimalLinearVae(setting.eigenvalues, setting).dimensions
  .map(({ kl }) => kl);
const verdicts = (kl: readonly number[]) =>
  judgeLinearVae(setting, { kl, variance: 0.5 }).dimensions
    .map(({ verdict }) => verdict);

Deno.test("judgeLinearVae: the closed form itself is right, but for what is too near", () => {
  assertEquals(verdicts(exact), ["right", "right", "near", "right"]);
});

Deno.test("judgeLinearVae: a KL 4% off, one too many and one too few are wrong", () => {
  const [first, second, third] = exact;
  assertEquals(verdicts([1.04 * first, second, third, 0])[0], "wrong");
  assertEquals(verdicts([first, 0.96 * second, third, 0])[1], "wrong");
  assertEquals(verdicts([first, second, third, 0.02])[3], "wrong");
  assertEquals(verdicts([first, 0.001, 0, 0])[1], "wrong");
});

Deno.test("collapse: the sweep has 48 settings, of which some dimensions die", () => {
  assertEquals([COLLAPSE_SWEEP.length, LEARNT_SWEEP.length], [48, 12]);
  const survivors = COLLAPSE_SWEEP.map((one) =>
    optimalLinearVae(one.eigenvalues, one).survivors
  );
  assertEquals([...new Set(survivors)].toSorted(), [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("collapse: networks that are not trained fail, and the status says so", async () => {
  const { code, stdout } = await captured(() =>
    runCollapse(["--settings", "1", "--steps", "1"])
  );
  assertEquals(code, 1);
  assertMatch(stdout, /1 settings, 6 dimensions: \d right, [1-6] wrong/);
});

Deno.test("collapse: settings that are trained pass", async () => {
  const { code, stdout } = await captured(() =>
    runCollapse(["--settings", "3", "--steps", "3000"])
  );
  assertEquals(code, 0);
  assertMatch(stdout, /3 settings, 18 dimensions: 18 right, 0 wrong/);
});

Deno.test("sampledLinearVae: draws of noise lead to the same place", async () => {
  const sampled = { eigenvalues: [4, 1.6, 0.1], latentDim: 2, variance: 0.5, beta: 2 };
  const options = { seed: 1, steps: 600, copies: 12, backend: "cpu" } as const;
  const { kl } = await sampledLinearVae(sampled, options);
  const { dimensions } = optimalLinearVae(sampled.eigenvalues, sampled);
  dimensions.forEach((dimension, i) =>
    assertAlmostEquals(kl[i], dimension.kl, 0.05 * dimension.kl)
  );
});
