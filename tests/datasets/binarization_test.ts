import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { binarizationFor, BINARIZATIONS, byteModel, pixelWays } from "elbo/datasets";
import { LIKELIHOODS } from "elbo/networks";

Deno.test("binarizationFor: each likelihood has its default", () => {
  const defaults = LIKELIHOODS.map((name) => binarizationFor(name).binarization);
  assertEquals(defaults, ["dynamic", "dequantize", "none", "dequantize", "none"]);
});

Deno.test("binarizationFor: takes the ways of a likelihood and refuses all others", () => {
  for (const likelihood of LIKELIHOODS) {
    const { ways } = pixelWays(likelihood);
    for (const asked of BINARIZATIONS) {
      if (ways.includes(asked)) {
        assertEquals(binarizationFor(likelihood, asked).binarization, asked);
      } else {
        const error = assertThrows(
          () => binarizationFor(likelihood, asked),
          RangeError,
        );
        assertStringIncludes(error.message, `choose ${ways[0]}`);
      }
    }
  }
});

Deno.test("binarizationFor: no density of pixels that are 0 or 1, and a word on grey", () => {
  for (const likelihood of LIKELIHOODS.filter((name) => name !== "bernoulli")) {
    for (const binary of ["dynamic", "static", "threshold"] as const) {
      assertEquals(pixelWays(likelihood).ways.includes(binary), false);
    }
  }
  const noted = LIKELIHOODS.filter((name) =>
    pixelWays(name).ways.some((way) => binarizationFor(name, way).note !== undefined)
  );
  assertEquals(noted, ["bernoulli", "continuous-bernoulli"]);
  const grey = binarizationFor("bernoulli", "none").note ?? "";
  assertStringIncludes(grey, "not a density");
});

Deno.test("byteModel: bytes with noise, or a mass on bytes, and nothing else", () => {
  const found = LIKELIHOODS.flatMap((likelihood) =>
    pixelWays(likelihood).ways.map((way) =>
      `${likelihood} ${way} ${byteModel(likelihood, way)}`
    )
  ).filter((line) => !line.endsWith("undefined"));
  assertEquals(found, [
    "continuous-bernoulli dequantize density",
    "gaussian dequantize density",
    "gaussian-mixture dequantize density",
    "logistic-mixture none mass",
  ]);
});

Deno.test("binarizationFor: an unknown name is refused with the known ones", () => {
  assertThrows(
    () => binarizationFor("bernoulli", "dynamical"),
    RangeError,
    "one of dynamic, static, threshold, dequantize, none: it is dynamical",
  );
});
