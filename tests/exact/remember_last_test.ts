import { assertEquals } from "@std/assert";
import { rememberLast } from "../../lib/exact/remember_last.ts";

Deno.test("rememberLast: computes once for equal vectors in a row, by value", () => {
  const seen: (readonly number[])[] = [];
  const sum = rememberLast((x) => {
    seen.push(x);
    return x.reduce((total, v) => total + v, 0);
  });
  const x = [1, 2];
  assertEquals([sum(x), sum([1, 2]), sum(x)], [3, 3, 3]);
  assertEquals(seen.length, 1);
  x[1] = 5;
  assertEquals([sum(x), sum([1]), sum([])], [6, 1, 0]);
  assertEquals(seen.length, 4);
});

Deno.test("rememberLast: what is computed keeps a copy, and NaN equals itself", () => {
  let count = 0;
  const keep = rememberLast((x) => (count++, x));
  const x = [NaN, 0];
  const kept = keep(x);
  keep([NaN, 0]);
  assertEquals(count, 1);
  x[1] = 7;
  assertEquals(kept, [NaN, 0]);
  keep([NaN, -0]);
  assertEquals(count, 2);
});
