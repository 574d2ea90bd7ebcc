import { normal, reparameterize } from "elbo/distributions";
import { createRandom, normals, STREAMS, summarize } from "elbo/math";
import { assertEquals, AssertionError, assertThrows } from "@std/assert";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";

Deno.test("reparameterize: mean + scale * eps, also with a scale of 0", () => {
  assertEquals(reparameterize({ mean: [1, 2], scale: [0, 3], eps: [5, -1] }), [1, -1]);
  assertEquals(reparameterize({ mean: [], scale: [], eps: [] }), []);
});

Deno.test("reparameterize: gives the draws of the normal, from the same noise", () => {
  const q = normal({ mean: [1, -2, 0.5], scale: [0.5, 3, 1] });
  const [eps] = [normals({ seed: 8, stream: STREAMS.test, rows: 1, columns: 3 })];
  const drawn = q.sample(createRandom({ seed: 8, stream: STREAMS.test }));
  assertEquals(
    reparameterize({ mean: q.mean, scale: q.scale, eps: Array.from(eps) }),
    drawn,
  );
});

Deno.test("reparameterize: has the moments of N(mean, scale^2), not of N(mean, scale)", () => {
  const seed = testSeed(111);
  const noise = normals({ seed, stream: STREAMS.test, rows: 20_000, columns: 1 });
  const z = Array.from(
    noise,
    (eps) => reparameterize({ mean: [2], scale: [3], eps: [eps] })[0],
  );
  assertMonteCarlo(summarize(z), { exact: 2, resolution: 0.03, seed });
  const squares = summarize(z.map((value) => (value - 2) ** 2));
  assertMonteCarlo(squares, { exact: 9, resolution: 0.1, seed });
  assertThrows(
    () => assertMonteCarlo(squares, { exact: 3, resolution: 0.1, seed }),
    AssertionError,
  );
});

Deno.test("reparameterize: lengths that differ are refused", () => {
  assertThrows(
    () => reparameterize({ mean: [0, 0], scale: [1, 1], eps: [0] }),
    RangeError,
    "2, 2 and 1",
  );
  assertThrows(
    () => reparameterize({ mean: [0, 0], scale: [1], eps: [0, 0] }),
    RangeError,
    "2, 1 and 2",
  );
});
