import { assertEquals, assertMatch } from "@std/assert";

import { count, nats, seconds } from "../../lib/cli/numbers.ts";
import { createProgress, type ProgressOptions } from "../../lib/cli/progress.ts";
import { shellWord } from "../../lib/cli/shell_word.ts";
import type { TrainEvent } from "elbo/training";

const step: TrainEvent = {
  kind: "step",
  epoch: 2,
  epochs: 10,
  batch: 7,
  batches: 469,
  step: 476,
  objective: 123.456,
  imagesPerSecond: 4321.9,
  secondsLeft: 65,
};
const epoch: TrainEvent = {
  kind: "epoch",
  epochs: 10,
  record: {
    epoch: 2,
    step: 938,
    trainObjective: 120,
    trainElbo: -120,
    testElbo: -119.5,
    testExpectedLogLikelihood: -100,
    testKl: 19.5,
    learningRate: 1e-3,
    seconds: 12.34,
    evalSeconds: 1.2,
  },
};

function record(options: ProgressOptions) {
  const written: string[] = [];
  let time = 0;
  const progress = createProgress({
    write: (text) => written.push(text),
    columns: () => 40,
    now: () => time,
    ...options,
  });
  return { written, progress, wait: (ms: number) => time += ms };
}

Deno.test("createProgress: piped, it writes a line an epoch and nothing else", () => {
  const { written, progress, wait } = record({ live: false });
  for (let i = 0; i < 100; i++, wait(1000)) progress.show(step);
  progress.show(epoch);
  progress.close();
  assertEquals(written, [
    "epoch 2/10  train objective 120.00  test -ELBO 119.50  12.3 s + 1.2 s\n",
  ]);
});

Deno.test("createProgress: live, it redraws one line ten times a second", () => {
  const { written, progress, wait } = record({ live: true });
  for (let i = 0; i < 100; i++, wait(10)) progress.show(step);
  assertEquals(written.length, 10);
  for (const text of written) {
    assertEquals(text.slice(0, 4), "\r\x1b[K");
    assertMatch(text.slice(4), /^[^\n]{1,39}$/);
  }
});

Deno.test("createProgress: live, it clears its line before others and at the end", () => {
  const { written, progress, wait } = record({ live: true });
  progress.show(step);
  progress.say("hello");
  wait(1000);
  progress.show(step);
  progress.close();
  progress.close();
  assertEquals(written.slice(1, 3), ["\r\x1b[K", "hello\n"]);
  assertEquals(written.slice(4), ["\r\x1b[K"]);
});

Deno.test("createProgress: live, a terminal without columns shows a line all the same", () => {
  const { written, progress } = record({ live: true, columns: () => 0 });
  progress.show(step);
  assertEquals(
    written,
    ["\r\x1b[Kepoch 2/10  step 7/469  objective 123.46  4,322 images/s  1 min 5 s left"],
  );
});

Deno.test("createProgress: quiet, it writes nothing", () => {
  const { written, progress } = record({ live: true, quiet: true });
  progress.show(step);
  progress.show(epoch);
  progress.say("hello");
  progress.close();
  assertEquals(written, []);
});

Deno.test("nats: two decimals, never minus zero", () => {
  assertEquals([nats(105.904), nats(-0.001), nats(0)], ["105.90", "0.00", "0.00"]);
});

Deno.test("count: commas between thousands", () => {
  assertEquals([count(999.6), count(60_000)], ["1,000", "60,000"]);
});

Deno.test("seconds: seconds, minutes, hours, or unknown", () => {
  assertEquals(
    [0.04, 59.94, 59.96, 119.6, 3599.6, 7325, NaN, Infinity].map(seconds),
    ["0.0 s", "59.9 s", "1 min 0 s", "2 min 0 s", "1 h 0 min", "2 h 2 min", "?", "?"],
  );
});

Deno.test("shellWord: quotes only what a shell would split or expand", () => {
  assertEquals(shellWord("runs/2026-01-01_00-00-00"), "runs/2026-01-01_00-00-00");
  assertEquals(shellWord("my runs/a"), "'my runs/a'");
  assertEquals(shellWord("it's"), "'it'\\''s'");
  assertEquals(shellWord(""), "''");
});
