import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type ChartSpec, klBars } from "elbo/figures";

interface Piece {
  readonly label: string;
  readonly rank: number;
  readonly from: number;
  readonly to: number;
}

const piecesOf = (spec: ChartSpec) =>
  (spec as unknown as { data: { values: Piece[] } }).data.values;

Deno.test("klBars: pieces lie on one another, the largest below", () => {
  const pieces = piecesOf(klBars([{ label: 7, kl: [0.5, 3, 0] }]));
  assertEquals(pieces.map(({ label }) => label), ["7", "7", "7"]);
  assertEquals(pieces.map(({ from, to }) => [from, to]), [[0, 3], [3, 3.5], [
    3.5,
    3.5,
  ]]);
});

Deno.test("klBars: many times are thinned out, and the ends stay", () => {
  const records = Array.from({ length: 1000 }, (_, i) => ({ label: i, kl: [i + 1] }));
  const pieces = piecesOf(klBars(records));
  assertEquals(pieces.length, 40);
  assertEquals([pieces[0].label, pieces[39].label], ["0", "999"]);
  assertAlmostEquals(pieces[20].to, 513, 10);
});
