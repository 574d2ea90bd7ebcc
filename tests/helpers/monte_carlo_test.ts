import {
  assertEquals,
  AssertionError,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { assertMonteCarlo, listenToChecks, type ReportedCheck } from "./monte_carlo.ts";

const estimate = { mean: 1.02, standardError: 0.01, numSamples: 1000 };

Deno.test("assertMonteCarlo: passes a mean within 5 standard errors", () => {
  assertMonteCarlo(estimate, { exact: 1, resolution: 0.02 });
  assertMonteCarlo(estimate, { exact: 1.069, resolution: 0.02 });
});

Deno.test("assertMonteCarlo: refuses a planted error, of either sign", () => {
  for (const exact of [1.08, 0.96]) {
    assertThrows(
      () => assertMonteCarlo(estimate, { exact, resolution: 0.02 }),
      AssertionError,
      "standard errors off",
    );
  }
  assertThrows(
    () => assertMonteCarlo(estimate, { exact: 1, resolution: 0.02, maxZ: 1 }),
    AssertionError,
  );
});

Deno.test("assertMonteCarlo: refuses noise that hides an error", () => {
  const noisy = { mean: 3, standardError: 1, numSamples: 4 };
  assertThrows(
    () => assertMonteCarlo(noisy, { exact: 1, resolution: 0.1 }),
    AssertionError,
    "resolution",
  );
});

Deno.test("assertMonteCarlo: refuses NaN on any side and a single sample", () => {
  const broken = [
    { ...estimate, mean: NaN },
    { ...estimate, standardError: NaN },
    { ...estimate, numSamples: 1 },
  ];
  for (const bad of broken) {
    assertThrows(
      () => assertMonteCarlo(bad, { exact: 1, resolution: 0.02 }),
      AssertionError,
    );
  }
  assertThrows(
    () => assertMonteCarlo(estimate, { exact: NaN, resolution: 0.02 }),
    AssertionError,
  );
});

Deno.test("assertMonteCarlo: a constant needs to be exact", () => {
  const constant = { mean: 2, standardError: 0, numSamples: 10 };
  assertMonteCarlo(constant, { exact: 2, resolution: 0.1 });
  assertThrows(
    () => assertMonteCarlo(constant, { exact: 2.0001, resolution: 0.1 }),
    AssertionError,
  );
});

Deno.test("assertMonteCarlo: a failure prints n, mean, standard error, z and seed", () => {
  const { message } = assertThrows(
    () =>
      assertMonteCarlo(estimate, { exact: 0, resolution: 1, seed: 31, label: "E[x]" }),
    AssertionError,
  );
  for (
    const part of [
      "E[x]",
      "n 1000",
      "mean 1.02",
      "standard error 0.01",
      "z 102",
      "seed 31",
    ]
  ) {
    assertStringIncludes(message, part);
  }
});

Deno.test("assertMonteCarlo: who listens hears of every check, and whether it passed", () => {
  const heard: ReportedCheck[] = [];
  listenToChecks((check) => heard.push(check));
  try {
    for (
      const [mean, standardError] of [[0.2, 0.1], [0.6, 0.1], [0.1, 2], [1e-13, 0]]
    ) {
      const estimate = { mean, standardError, numSamples: 10 };
      try {
        assertMonteCarlo(estimate, { exact: 0, resolution: 1, label: "E[x]" });
      } catch { /* Heard of as well. */ }
    }
  } finally {
    listenToChecks(undefined);
  }
  assertEquals(heard.map(({ z, passed }) => [z, passed]), [
    [2, true],
    [0.6 / 0.1, false],
    [0.05, false],
    [0, true],
  ]);
  assertMonteCarlo({ mean: 0, standardError: 0.1, numSamples: 10 }, {
    ...{ exact: 0, resolution: 1 },
  });
  assertEquals(heard.length, 4);
});
