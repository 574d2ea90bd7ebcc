import { assert, assertEquals } from "@std/assert";
import { compile, type TopLevelSpec } from "vega-lite";
import { chartJson } from "elbo/figures";
import { SPECS } from "./specs.ts";

/** What vega-lite warns of when it compiles a specification. */
function warningsOf(spec: TopLevelSpec): string[] {
  const warnings: string[] = [];
  const keep = (...words: readonly unknown[]) => {
    warnings.push(words.join(" "));
    return logger;
  };
  const logger = {
    level: () => logger,
    error: keep,
    warn: keep,
    info: () => logger,
    debug: () => logger,
  } as unknown as NonNullable<Parameters<typeof compile>[1]>["logger"];
  compile(spec, { logger });
  return warnings;
}

for (const [name, spec] of Object.entries(SPECS)) {
  Deno.test(`charts: ${name} compiles without a warning`, () => {
    assertEquals(warningsOf(spec), []);
  });
}

Deno.test("charts: a planted mistake is warned of", () => {
  const spec: TopLevelSpec = {
    data: { values: [{ x: 1 }] },
    mark: "bar",
    encoding: { x: { field: "x", type: "quantitative", scale: { type: "band" } } },
  };
  assert(warningsOf(spec).length > 0);
});

for (const [name, spec] of Object.entries(SPECS)) {
  Deno.test(`charts: ${name} is version 5 with its data inside`, () => {
    const text = chartJson(spec);
    assertEquals(
      JSON.parse(text).$schema,
      "https://vega.github.io/schema/vega-lite/v5.json",
    );
    // Nothing is fetched: no data or image by address.
    assert(!/"url":"(?!data:)[^"]*[/.]/.test(text), text.slice(0, 200));
    assert(!text.includes("NaN"));
  });
}
