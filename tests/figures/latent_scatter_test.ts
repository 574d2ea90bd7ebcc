import { assert } from "@std/assert";
import { latentScatter } from "elbo/figures";

interface Name {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

Deno.test("latentScatter: the names of classes at one place lie beside one another", () => {
  const labelNames = ["trouser", "dress", "T-shirt", "pullover", "coat", "ankle boot"];
  const labels = Array.from({ length: 60 }, (_, i) => i % labelNames.length);
  const points = labels.map((label, i) => [Math.sin(i) + 0.1 * label, Math.cos(i)]);
  const spec = latentScatter(points, { labels, labelNames }) as unknown as {
    width: number;
    layer: {
      data: { values: Name[] };
      encoding: { x: { scale: { domain: number[] } } };
      mark: { fontSize: number };
    }[];
  };
  const [low, high] = spec.layer[0].encoding.x.scale.domain;
  const { data: { values: names }, mark: { fontSize } } = spec.layer[1];
  const size = fontSize * (high - low) / spec.width;
  for (const [i, a] of names.entries()) {
    for (const b of names.slice(0, i)) {
      const letters = (a.label.length + b.label.length) / 2;
      const isBeside = Math.abs(a.x - b.x) > 0.7 * size * letters;
      assert(isBeside || Math.abs(a.y - b.y) > size, `${a.label} over ${b.label}`);
    }
  }
});
