import { assertEquals } from "@std/assert";
import { lossCurves } from "elbo/figures";

interface Legend {
  readonly legendX: number;
  readonly legendY: number;
}

/** Where the legend of the first panel stands, for losses by epoch. */
function cornerOf(train: number[], test: number[]): string {
  const records = train.map((loss, i) => ({
    ...{ epoch: i + 1, trainElbo: -loss, testElbo: -test[i] },
    ...{ testExpectedLogLikelihood: 20 - test[i], testKl: 20 },
  }));
  const spec = lossCurves(records) as unknown as {
    hconcat: { encoding: { color: { legend: Legend } } }[];
  };
  const { legendX, legendY } = spec.hconcat[0].encoding.color.legend;
  return `${legendY < 100 ? "upper" : "lower"} ${legendX < 100 ? "left" : "right"}`;
}

Deno.test("lossCurves: the legend stands where no line ends", () => {
  assertEquals(cornerOf([200, 120, 105], [140, 112, 106]), "upper right");
  assertEquals(cornerOf([200], [140]), "upper right");
  // Over-fitting: the test loss hardly falls, or rises from where it began.
  assertEquals(cornerOf([33.5, 31.8], [33.6, 33.5]), "lower left");
  assertEquals(cornerOf([100, 90, 80], [98, 99, 120]), "lower left");
  assertEquals(cornerOf([31, 31], [30, 36]), "upper left");
});
