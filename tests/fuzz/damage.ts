import { fc } from "../helpers/fast_check.ts";

/** One way to spoil a file. */
type Damage =
  | { kind: "cut"; at: number }
  | { kind: "flip"; at: number; bits: number }
  | { kind: "length"; at: number; value: number }
  | { kind: "insert"; at: number; bytes: Uint8Array }
  | { kind: "repeat"; at: number; size: number };

// Places are shares of the length, so that damages shrink towards the header.
const at = fc.double({ min: 0, max: 1, noNaN: true });

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at }),
  fc.record({
    kind: fc.constant("flip" as const),
    at,
    bits: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({
    kind: fc.constant("length" as const),
    at,
    // What a header lies with: nothing, one off, and as much as 32 bits can say.
    value: fc.constantFrom(
      0,
      1,
      0x7f,
      0xff,
      0xffff,
      0x7fffffff,
      0x80000000,
      0xffffffff,
    ),
  }),
  fc.record({
    kind: fc.constant("insert" as const),
    at,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }),
  }),
  fc.record({
    kind: fc.constant("repeat" as const),
    at,
    size: fc.integer({ min: 1, max: 40 }),
  }),
);

function spoil(bytes: Uint8Array, damage: Damage): Uint8Array {
  const place = Math.floor(damage.at * bytes.length);
  const [head, tail] = [bytes.slice(0, place), bytes.slice(place)];
  switch (damage.kind) {
    case "cut":
      return head;
    case "flip":
      if (tail.length > 0) tail[0] ^= damage.bits;
      return joined(head, tail);
    case "length":
      if (tail.length >= 4) new DataView(tail.buffer).setUint32(0, damage.value);
      return joined(head, tail);
    case "insert":
      return joined(head, damage.bytes, tail);
    case "repeat":
      return joined(head, tail.slice(0, damage.size), tail);
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A file with up to three damages, most of them near its head, where the lies are. */
export function damaged(file: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc.tuple(file, fc.array(damage, { maxLength: 3 })).map(([bytes, damages]) =>
    damages.reduce(spoil, bytes)
  );
}

const leaf = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 0.5, 1e308, 2 ** 32, "", "..", "../../x", "\0"),
  fc.constantFrom("__proto__", "constructor", "a\nb", "\u2028", "😀"),
  fc.integer(),
  fc.double(),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom([], {}, [1], { length: 1e9 }),
);

/** JSON text in which up to two values were replaced, left out or doubled. */
export function damagedJson(value: unknown): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(200),
    how: fc.constantFrom("replace", "drop", "add"),
    leaf,
  });
  return fc.array(change, { maxLength: 2 }).map((changes) => {
    const copy = structuredClone(value);
    for (const { at, how, leaf } of changes) {
      const places = placesIn(copy);
      if (places.length === 0) continue;
      const [holder, key] = places[at % places.length];
      if (how === "replace") holder[key] = structuredClone(leaf);
      else if (how === "add") holder[`${key}_`] = structuredClone(leaf);
      else delete holder[key];
    }
    return JSON.stringify(copy);
  });
}

type Holder = Record<string, unknown>;

function placesIn(value: unknown): [Holder, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => [
    [value as Holder, key] as [Holder, string],
    ...placesIn((value as Holder)[key]),
  ]);
}
