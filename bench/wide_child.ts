/**
 * What `wide.ts` starts in a process with V8's flags: a variant of the step that reads
 * how many steps to train, a line each, or the products of a step, once.
 */
import { linesOf } from "./lines.ts";
import { timeProducts } from "./products.ts";
import { referenceBatches } from "./reference.ts";
import { timedStep } from "./timed_step.ts";
import type { OwnVariant } from "./variant.ts";

const [what, rounds] = Deno.args;
const answer = (value: unknown) => console.log(JSON.stringify(value));
if (what === "products") {
  answer(timeProducts({ rounds: Number(rounds) }));
} else {
  const { warmUp, block } = await timedStep(
    what as OwnVariant,
    await referenceBatches(),
  );
  answer(warmUp);
  for await (const steps of linesOf(Deno.stdin.readable)) {
    answer(await block(Number(steps)));
  }
  // The engine's threads would keep the process.
  Deno.exit();
}
