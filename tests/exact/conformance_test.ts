import type { ExactModel } from "elbo/distributions";
import { createRandom, STREAMS, summarize } from "elbo/math";
import { assert, assertAlmostEquals, AssertionError, assertThrows } from "@std/assert";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { CONTINUOUS, DISCRETE, type ModelCase, TABLE } from "./models.ts";

/** The posterior has mass 1, by a quadrature or a sum that the model does not use. */
function assertNormalised<Z, X>(
  { model, xs, logIntegrate, tolerance }: ModelCase<Z, X>,
) {
  for (const x of xs) {
    const posterior = model.exactPosterior(x);
    assertAlmostEquals(logIntegrate((z) => posterior.logProb(z), x), 0, tolerance);
  }
}

/** ln p(x) is ln of the integral of p(z) p(x|z). */
function assertMarginal<Z, X>({ model, xs, logIntegrate, tolerance }: ModelCase<Z, X>) {
  for (const x of xs) {
    const joint = (z: Z) => model.prior.logProb(z) + model.likelihood(z).logProb(x);
    assertAlmostEquals(model.logMarginal(x), logIntegrate(joint, x), tolerance);
  }
}

/** p(x) = p(z) p(x|z) / p(z|x), at every z. */
function assertBayes<Z, X>({ model, xs, randomLatent }: ModelCase<Z, X>) {
  const random = createRandom({ seed: testSeed(401), stream: STREAMS.test });
  for (const x of xs) {
    const posterior = model.exactPosterior(x);
    const logMarginal = model.logMarginal(x);
    for (let i = 0; i < 20; i++) {
      const z = randomLatent(random);
      const logPrior = model.prior.logProb(z);
      const logLikelihood = model.likelihood(z).logProb(x);
      if (logLikelihood === -Infinity) {
        assert(posterior.logProb(z) === -Infinity);
        continue;
      }
      // 1e-12 of terms that reach 1e4 where z is far from the posterior.
      const magnitude = Math.abs(logPrior) + Math.abs(logLikelihood);
      assertAlmostEquals(
        logPrior + logLikelihood - posterior.logProb(z),
        logMarginal,
        1e-12 * (1 + magnitude),
      );
    }
  }
}

/** ln p(x|z) at draws of the prior. */
function drawPrior<Z, X>({ model, xs: [x] }: ModelCase<Z, X>) {
  const seed = testSeed(402);
  const random = createRandom({ seed, stream: STREAMS.test });
  const logLikelihoods = Array.from(
    { length: 20_000 },
    () => model.likelihood(model.prior.sample(random)).logProb(x),
  );
  return { seed, logLikelihoods };
}

/**
 * p(x) is the average of p(x|z) over draws of the prior. The likelihood is
 * bounded, so the variance is finite.
 */
function assertAverage<Z, X>(
  { name, model, xs: [x] }: ModelCase<Z, X>,
  { seed, logLikelihoods }: ReturnType<typeof drawPrior>,
  { tilt = 0 }: { tilt?: number } = {},
) {
  const logMarginal = model.logMarginal(x) + tilt;
  const ratios = logLikelihoods.map((value) => Math.exp(value - logMarginal));
  const label = `${name}: p(x|z) / p(x)`;
  assertMonteCarlo(summarize(ratios), { exact: 1, resolution: 0.02, seed, label });
}

/** The model with its posterior or its marginal changed. */
function planted<Z, X>(
  { model, ...rest }: ModelCase<Z, X>,
  change: (model: ExactModel<Z, X>) => Partial<ExactModel<Z, X>>,
): ModelCase<Z, X> {
  return { ...rest, model: { ...model, ...change(model) } };
}

function conforms<Z, X>(modelCase: ModelCase<Z, X>): void {
  const { name } = modelCase;
  Deno.test(`exact: ${name}: the posterior normalises`, () => {
    assertNormalised(modelCase);
  });
  Deno.test(`exact: ${name}: logMarginal equals an independent integral`, () => {
    assertMarginal(modelCase);
  });
  Deno.test(`exact: ${name}: Bayes' rule holds at random z`, () => {
    assertBayes(modelCase);
  });
  Deno.test(`exact: ${name}: logMarginal equals an average over the prior`, () => {
    const draws = drawPrior(modelCase);
    assertAverage(modelCase, draws);
    // Control: a marginal that is off by a quarter, eleven times the resolution.
    assertThrows(() => assertAverage(modelCase, draws, { tilt: 0.25 }), AssertionError);
  });
  Deno.test(`exact: ${name}: planted errors are caught`, () => {
    const offMarginal = planted(modelCase, (model) => ({
      logMarginal: (x) => model.logMarginal(x) + 1e-3,
    }));
    assertThrows(() => assertMarginal(offMarginal), AssertionError);
    assertThrows(() => assertBayes(offMarginal), AssertionError);

    const noPrior = planted(modelCase, (model) => ({
      exactPosterior: (x) => ({
        ...model.exactPosterior(x),
        logProb: (z) => model.likelihood(z).logProb(x) - model.logMarginal(x),
      }),
    }));
    assertThrows(() => assertBayes(noPrior), AssertionError);

    const unnormalised = planted(modelCase, (model) => ({
      exactPosterior: (x) => {
        const posterior = model.exactPosterior(x);
        return { ...posterior, logProb: (z) => posterior.logProb(z) + 1e-3 };
      },
    }));
    assertThrows(() => assertNormalised(withIntegral(unnormalised, modelCase)));
    assertThrows(() => assertBayes(unnormalised), AssertionError);
  });
}

/** The integral of the true model: a planted posterior has lost its mean. */
function withIntegral<Z, X>(
  wrong: ModelCase<Z, X>,
  { logIntegrate }: ModelCase<Z, X>,
): ModelCase<Z, X> {
  return { ...wrong, logIntegrate };
}

for (const modelCase of CONTINUOUS) conforms(modelCase);
for (const modelCase of DISCRETE) conforms(modelCase);
conforms(TABLE);
