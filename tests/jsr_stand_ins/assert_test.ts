// The behaviour this repository counts on, of the stand-in and the published package
// alike: so messages are not read here.
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";

/** The one thing that these tests must not take from the package they test. */
function mustRefuse(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (error instanceof AssertionError) return;
    throw error;
  }
  throw new Error(`not refused: ${act}`);
}

async function mustReject(act: () => Promise<unknown>): Promise<void> {
  const outcome = await act().then(() => "resolved", (error) => error);
  if (!(outcome instanceof AssertionError)) throw new Error(`${outcome}: ${act}`);
}

Deno.test("assert: passes what is truthy and keeps the caller's message", () => {
  assert(1);
  mustRefuse(() => assert(0));
  mustRefuse(() => fail("on purpose"));
  const error = assertThrows(() => assert(false, "seven"), AssertionError);
  assertStringIncludes(error.message, "seven");
});

const SAME: [string, unknown, unknown][] = [
  ["NaN", NaN, NaN],
  ["0 and -0", 0, -0],
  ["nested 0 and -0", { a: [0] }, { a: [-0] }],
  ["arrays", [1, [2, "x"]], [1, [2, "x"]]],
  ["typed arrays", new Float64Array([NaN, 0]), new Float64Array([NaN, -0])],
  [
    "maps in another order",
    new Map([["a", 1], ["b", 2]]),
    new Map([["b", 2], ["a", 1]]),
  ],
  ["maps with object keys", new Map([[{ k: 1 }, [1]]]), new Map([[{ k: 1 }, [1]]])],
  ["sets", new Set([1, 2]), new Set([2, 1])],
  ["dates", new Date(5), new Date(5)],
  ["patterns", /a/g, /a/g],
  ["an object without prototype", Object.create(null), {}],
];

const DIFFERENT: [string, unknown, unknown][] = [
  ["number and string", 1, "1"],
  ["null and undefined", null, undefined],
  ["missing and undefined property", { a: undefined }, {}],
  ["lengths", [1], [1, 2]],
  ["kinds of typed array", new Float64Array([1]), new Float32Array([1])],
  ["one number of a typed array", new Float64Array([1, 2]), new Float64Array([1, 3])],
  ["map values", new Map([["a", 1]]), new Map([["a", 2]])],
  ["sets", new Set([1]), new Set([2])],
  ["classes", new (class A {})(), new (class B {})()],
  ["array and object", [], {}],
  ["dates", new Date(5), new Date(6)],
  ["patterns", /a/g, /a/i],
];

for (const [name, left, right] of SAME) {
  Deno.test(`assertEquals: ${name} are equal`, () => {
    assertEquals(left, right);
    mustRefuse(() => assertNotEquals(left, right));
  });
}

for (const [name, left, right] of DIFFERENT) {
  Deno.test(`assertEquals: ${name} that differ are refused`, () => {
    assertNotEquals(left, right);
    mustRefuse(() => assertEquals(left, right));
  });
}

Deno.test("assertEquals: ends on an object that holds itself", () => {
  const loop = (): unknown[] => {
    const list: unknown[] = [];
    list.push(list);
    return list;
  };
  assertEquals(loop(), loop());
});

Deno.test("assertStrictEquals: Object.is, and it narrows the type", () => {
  const value: unknown = "x";
  assertStrictEquals(value, "x" as const);
  const narrowed: "x" = value;
  assertStrictEquals(narrowed.length, 1);
  assertStrictEquals(NaN, NaN);
  mustRefuse(() => assertStrictEquals(0, -0));
  mustRefuse(() => assertStrictEquals({}, {}));
});

Deno.test("assertAlmostEquals: the default tolerance is 1e-7 of the expected value", () => {
  assertAlmostEquals(1e6 + 0.09, 1e6);
  mustRefuse(() => assertAlmostEquals(1e6 + 0.11, 1e6));
  mustRefuse(() => assertAlmostEquals(1e-12, 0));
  assertAlmostEquals(1, 2, 1);
  mustRefuse(() => assertAlmostEquals(1, 2, 0.5));
  assertAlmostEquals(NaN, NaN);
  assertAlmostEquals(Infinity, Infinity);
  mustRefuse(() => assertAlmostEquals(NaN, 1, 1e9));
  mustRefuse(() => assertAlmostEquals(1, NaN, 1e9));
  mustRefuse(() => assertAlmostEquals(Infinity, -Infinity));
});

Deno.test("assertGreater and its kin: order, and NaN is in none", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(1, 1);
  assertLess(1, 2);
  assertLessOrEqual(1, 1);
  mustRefuse(() => assertGreater(1, 1));
  mustRefuse(() => assertGreaterOrEqual(NaN, 1));
  mustRefuse(() => assertLess(1, 1));
  mustRefuse(() => assertLessOrEqual(2, 1));
});

Deno.test("assertThrows: returns the error; checks class and message", () => {
  const boom = () => {
    throw new RangeError("a long story");
  };
  const error: RangeError = assertThrows(boom, RangeError, "long");
  assertStrictEquals(error.message, "a long story");
  assertThrows(boom, Error);
  assertThrows(boom);
  assertThrows(boom, "a message of the caller");
  mustRefuse(() => assertThrows(boom, TypeError));
  mustRefuse(() => assertThrows(boom, RangeError, "short"));
  mustRefuse(() => assertThrows(() => 1));
  mustRefuse(() =>
    assertThrows(() => {
      throw "no error";
    }, Error)
  );
});

Deno.test("assertRejects: returns the error; checks class and message", async () => {
  const boom = () => Promise.reject(new RangeError("a long story"));
  const error: RangeError = await assertRejects(boom, RangeError, "long");
  assertStrictEquals(error.message, "a long story");
  await assertRejects(boom);
  await mustReject(() => assertRejects(boom, TypeError));
  await mustReject(() => assertRejects(boom, RangeError, "short"));
  await mustReject(() => assertRejects(() => Promise.resolve(1)));
  await mustReject(() =>
    assertRejects(() => {
      throw new Error("thrown, not rejected");
    })
  );
});

Deno.test("assertExists, assertInstanceOf: narrow, and refuse", () => {
  const maybe = [3].at(0);
  assertExists(maybe);
  assertStrictEquals(maybe.toFixed(0), "3");
  assertExists(0);
  mustRefuse(() => assertExists(null));
  mustRefuse(() => assertExists(undefined));
  const date: unknown = new Date(7);
  assertInstanceOf(date, Date);
  assertStrictEquals(date.getTime(), 7);
  mustRefuse(() => assertInstanceOf({}, Date));
});

Deno.test("assertStringIncludes, assertMatch: look into strings", () => {
  assertStringIncludes("evidence", "vid");
  mustRefuse(() => assertStringIncludes("evidence", "bound"));
  assertMatch("step 12", /\d+$/);
  mustRefuse(() => assertMatch("step", /\d+$/));
});
