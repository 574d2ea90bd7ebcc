/** Tests for the counting of false alarms: what they should be told to be is their name. */
import { createRandom, STREAMS, summarize } from "elbo/math";
import { assertThrows } from "@std/assert";
import { assertMonteCarlo } from "../../helpers/monte_carlo.ts";
import { perSeed, testSeed } from "../../helpers/seed.ts";

const draws = (seed: number) => {
  const random = createRandom({ seed, stream: STREAMS.test });
  return Array.from({ length: 400 }, () => random.normal());
};
const shared = perSeed(3, draws);
let timesRun = 0;

Deno.test("an honest check, with its control", () => {
  const estimate = summarize(draws(testSeed(1)));
  assertMonteCarlo(estimate, { exact: 0, resolution: 0.1 });
  assertThrows(() => assertMonteCarlo(estimate, { exact: 1, resolution: 0.1 }));
});

Deno.test("a check of draws that are shared", () => {
  assertMonteCarlo(summarize(shared()), { exact: 0, resolution: 0.1 });
});

Deno.test("a check that allows too little", () => {
  const claim = { exact: 0, resolution: 0.1, maxZ: 1 };
  assertMonteCarlo(summarize(draws(testSeed(4))), claim);
});

Deno.test("a check whose draws do not vary", () => {
  testSeed(2);
  assertMonteCarlo(summarize(draws(5)), { exact: 0, resolution: 0.1 });
});

Deno.test("a check of draws that go on where the last run ended", () => {
  timesRun++;
  const estimate = summarize(draws(testSeed(6) + timesRun));
  assertMonteCarlo(estimate, { exact: 0, resolution: 0.1 });
});

Deno.test("no draws at all", async () => {
  await Promise.resolve();
});

Deno.test({ name: "ignored", ignore: true, fn: () => {} });
