import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { binarizationFor, BINARIZATIONS } from "elbo/datasets";

Deno.test("binarizationFor: each likelihood has its default", () => {
  assertEquals(binarizationFor("bernoulli"), { binarization: "dynamic" });
  assertEquals(binarizationFor("gaussian"), { binarization: "none" });
});

Deno.test("binarizationFor: a Bernoulli goes with each, grey with a word", () => {
  for (const asked of BINARIZATIONS) {
    const { binarization, note } = binarizationFor("bernoulli", asked);
    assertEquals(binarization, asked);
    assertEquals(note !== undefined, asked === "none");
  }
  assertStringIncludes(
    binarizationFor("bernoulli", "none").note ?? "",
    "not a density",
  );
});

Deno.test("binarizationFor: a Gaussian of binary pixels is refused", () => {
  assertEquals(binarizationFor("gaussian", "none"), { binarization: "none" });
  for (const asked of ["dynamic", "static", "threshold"]) {
    assertThrows(() => binarizationFor("gaussian", asked), RangeError, "choose none");
  }
});

Deno.test("binarizationFor: an unknown name is refused with the known ones", () => {
  assertThrows(
    () => binarizationFor("bernoulli", "dynamical"),
    RangeError,
    "one of dynamic, static, threshold, none: it is dynamical",
  );
});
