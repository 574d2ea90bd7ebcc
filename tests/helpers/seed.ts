/** The environment variable that varies the seeds of all statistical tests. */
export const TEST_SEED_VARIABLE = "ELBO_TEST_SEED";

/** The text of an environment variable; undefined where unset, or it may not be read. */
export function readTestVariable(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

let chosen: number | undefined;
let timesAsked = 0;

/**
 * Varies the seeds of this thread from now on, as the environment variable would; with
 * undefined the environment decides again. For a process that runs tests many times.
 */
export function chooseTestSeed(seed: number | undefined): void {
  chosen = seed;
}

/** How often a test or a helper has asked for its seed: who does not ask cannot vary. */
export function timesSeedWasAsked(): number {
  return timesAsked;
}

function variedSeed(): number | undefined {
  return chosen ?? parseTestSeed(readTestVariable(TEST_SEED_VARIABLE));
}

/**
 * Reads the text of the variable: an unsigned 32-bit integer, or undefined if unset.
 *
 * @throws {RangeError} if the text is anything else: a seed that is silently ignored
 * would look like a seed that was tried.
 */
export function parseTestSeed(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed > 0xffffffff) {
    throw new RangeError(
      `Cannot vary the seeds as ${TEST_SEED_VARIABLE} must be an integer from 0 to ` +
        `4294967295: ${JSON.stringify(text)}`,
    );
  }
  return seed;
}

/** Mixes two 32-bit integers into one (Murmur3's finaliser), so tests keep apart. */
export function mixSeeds(left: number, right: number): number {
  let h = (left ^ Math.imul(right, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The seed of one statistical test: `defaultSeed`, or a mix of it with the environment
 * variable `ELBO_TEST_SEED` where that is set and may be read.
 *
 * A failing `assertMonteCarlo` prints the seed it was given, and the variable.
 */
export function testSeed(defaultSeed: number): number {
  timesAsked++;
  const varied = variedSeed();
  return varied === undefined ? defaultSeed : mixSeeds(defaultSeed, varied);
}

/**
 * What several tests share and a seed decides: computed when it is first asked for, and
 * again when the seed is another. At the top of a file a seed would be fixed for good.
 */
export function perSeed<Value>(
  defaultSeed: number,
  compute: (seed: number) => Value,
): () => Value {
  let kept: { seed: number; value: Value } | undefined;
  return () => {
    const seed = testSeed(defaultSeed);
    if (kept?.seed !== seed) kept = { seed, value: compute(seed) };
    return kept.value;
  };
}

/** The words that a failure adds on where its seed came from. */
export function describeSeed(seed: number | undefined): string {
  if (seed === undefined) return "seed not given";
  const varied = variedSeed();
  return varied === undefined
    ? `seed ${seed}`
    : `seed ${seed}, from ${TEST_SEED_VARIABLE}=${varied}`;
}
