import type { Vector } from "../math/mod.ts";

/** Refuses values of which one breaks a rule, naming the first. */
export function requireEach(
  values: Vector,
  rule: (value: number) => boolean,
  { act, name, must }: { act: string; name: string; must: string },
): void {
  for (let i = 0; i < values.length; i++) {
    if (rule(values[i])) continue;
    throw new RangeError(
      `Cannot ${act} as ${name} must ${must}: ${values[i]} at index ${i}`,
    );
  }
}

/** Refuses a vector of another length than the distribution has dimensions. */
export function requireLength(values: Vector, length: number, act: string): void {
  if (values.length !== length) {
    throw new RangeError(
      `Cannot ${act} as its length must be ${length}: ${values.length}`,
    );
  }
}
