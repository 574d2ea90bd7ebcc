import { assertEquals, assertThrows } from "@std/assert";
import { formatMetrics, type MetricsRecord, parseMetrics } from "elbo/training";

const record: MetricsRecord = {
  epoch: 1,
  step: 469,
  trainObjective: 160.25,
  trainElbo: -160.25,
  testElbo: -0.1 - 0.2,
  testExpectedLogLikelihood: -0.1,
  testKl: 0.2,
  learningRate: 1e-3,
  seconds: 3.5,
  evalSeconds: 0.25,
};
const next = { ...record, epoch: 2, step: 938 };

Deno.test("parseMetrics: reads back what formatMetrics wrote, to the last bit", () => {
  const records = [record, { ...next, validationElbo: -1, validationKl: 1e-9 }];
  assertEquals(parseMetrics(formatMetrics(records), "m"), records);
});

Deno.test("parseMetrics: an autoencoder's missing ELBO is null", () => {
  const records = [{ ...record, trainElbo: null, testElbo: null, testKl: null }];
  assertEquals(parseMetrics(formatMetrics(records), "m"), records);
});

Deno.test("parseMetrics: a last line cut anywhere is left out", () => {
  const text = formatMetrics([record, next]);
  const first = formatMetrics([record]).length;
  for (let cut = first; cut < text.length; cut++) {
    assertEquals(parseMetrics(text.slice(0, cut), "m"), [record]);
  }
});

Deno.test("parseMetrics: no text is no records", () => {
  assertEquals(parseMetrics("", "m"), []);
});

const broken: [string, string, string][] = [
  ["a line that is no JSON", "{}}\n", "line 1 must be the record of epoch 1"],
  ["an empty line", "\n", "line 1"],
  [
    "a field that is missing",
    JSON.stringify({ ...record, testKl: undefined }) + "\n",
    "testKl",
  ],
  [
    "a missing epoch",
    formatMetrics([next]),
    "line 1 must be the record of epoch 1: " +
    "it is that of epoch 2",
  ],
  ["a repeated epoch", formatMetrics([record, record]), "line 2"],
];

for (const [what, text, message] of broken) {
  Deno.test(`parseMetrics: refuses ${what} and says where`, () => {
    assertThrows(() => parseMetrics(text, "r/metrics.jsonl"), SyntaxError, message);
  });
}
