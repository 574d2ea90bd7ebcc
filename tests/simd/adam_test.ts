import { assert, assertEquals } from "@std/assert";
import { createRandom, STREAMS } from "elbo/math";
import { createAdam } from "elbo/simd";

const SHARE_M = 1 - 0.9;
const SHARE_V = 1 - 0.999;

interface State {
  w: Float32Array;
  g: Float32Array;
  m: Float32Array;
  v: Float32Array;
}

function randomState(count: number): State {
  const random = createRandom({ seed: count, stream: STREAMS.test });
  const draw = (size: number) =>
    Float32Array.from({ length: count }, () => size * random.normal());
  const v = draw(1e-3).map((x) => x * x);
  return { w: draw(0.1), g: draw(1e-3), m: draw(1e-3), v };
}

/** Updates a copy of a state, cut into parts where asked. */
function update(
  state: State,
  { rate = 1e-3, epsilon = 1e-8, cuts = [] as number[], shared = false } = {},
): State {
  const count = state.w.length;
  const pages = Math.ceil((16 * count + 64) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  const view = new Float32Array(memory.buffer);
  const stored = [state.w, state.g, state.m, state.v];
  stored.forEach((values, i) => view.set(values, i * count));
  view[4 * count] = 12345;
  const adam = createAdam(memory);
  let from = 0;
  for (const to of [...cuts, count]) {
    const [w, g, m, v] = stored.map((_, i) => 4 * (i * count + from));
    adam({ w, g, m, v, count: to - from }, {
      shareM: SHARE_M,
      shareV: SHARE_V,
      rate,
      epsilon,
    });
    from = to;
  }
  assertEquals(view[4 * count], 12345);
  const [w, g, m, v] = stored.map((_, i) => view.slice(i * count, (i + 1) * count));
  assertEquals(g, state.g);
  return { w, g, m, v };
}

/** The same in JavaScript, each operation rounded by `round`. */
function reference(
  { w, g, m, v }: State,
  { rate = 1e-3, epsilon = 1e-8, round = (x: number) => x } = {},
): { w: number[]; m: number[]; v: number[] } {
  const towards = (mean: number, value: number, share: number) =>
    round(mean + round(round(value - mean) * round(share)));
  const nextM = [...m].map((mean, i) => towards(mean, g[i], SHARE_M));
  const nextV = [...v].map((mean, i) => towards(mean, round(g[i] ** 2), SHARE_V));
  const nextW = [...w].map((weight, i) => {
    const size = round(round(Math.sqrt(nextV[i])) + round(epsilon));
    return round(weight - round(round(nextM[i] * round(rate)) / size));
  });
  return { w: nextW, m: nextM, v: nextV };
}

Deno.test("adam kernel: every operation rounds once, to the bit", () => {
  for (const count of [1, 3, 4, 67, 40_003]) {
    const state = randomState(count);
    const { w, m, v } = update(state);
    const expected = reference(state, { round: Math.fround });
    assertEquals([...m], expected.m);
    assertEquals([...v], expected.v);
    assertEquals([...w], expected.w);
  }
});

Deno.test("adam kernel: agrees with float64", () => {
  const state = randomState(501);
  const { w } = update(state);
  reference(state).w.forEach((expected, i) => {
    // A few roundings of the step, and one of the weight.
    const step = Math.abs(expected - state.w[i]);
    const tolerance = 2 ** -23 * (8 * step + Math.abs(expected));
    assert(Math.abs(w[i] - expected) <= tolerance, `${w[i]}, not ${expected}`);
  });
});

Deno.test("adam kernel: bits do not depend on cuts or on sharing the memory", () => {
  const state = randomState(101);
  const whole = update(state);
  assertEquals(update(state, { cuts: [1, 50, 99] }), whole);
  assertEquals(update(state, { cuts: [33], shared: true }), whole);
});

Deno.test("adam kernel: moments of a gradient that has stopped end at zero", () => {
  const state = {
    w: Float32Array.of(0.5, 0.5, 0.5),
    g: new Float32Array(3),
    m: Float32Array.of(2 ** -100, -(2 ** -100), 2 ** -98),
    v: Float32Array.of(2 ** -115, 2 ** -40, 2 ** -113),
  };
  const { w, m, v } = update(state);
  assertEquals([...m].map(Math.sign), [0, 0, 1]);
  assertEquals([...v].map(Math.sign), [0, 1, 1]);
  assertEquals(w, state.w);
});

Deno.test("adam kernel: a gradient that is no number shows in the weight", () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    const state = { ...randomState(6), g: new Float32Array(6).fill(bad, 4, 5) };
    const { w } = update(state);
    assertEquals([...w].map(Number.isNaN), [false, false, false, false, true, false]);
  }
});
