import { assertEquals, assertExists } from "@std/assert";
import fc from "fast-check";
import { encode } from "fast-png";
import {
  compareNotebooks,
  compareText,
  type Output,
  RELATIVE_TOLERANCE,
  SHORTENED_TAG,
  TIMING_TAG,
} from "../../lib/notebooks/mod.ts";
import { codeCell, notebookOf } from "./cells.ts";

Deno.test("compare: texts that agree", () => {
  const pairs = [
    ["", ""],
    ["a  b\n", "a b"],
    ["elbo -105.3456789", "elbo -105.3456790"],
    ["z = 0.3125", "z = 0.3126"],
    ["1.2513e-12", "1.2514e-12"],
    ["-0.0", "0.0"],
    ["\u22120.5", "-0.5"],
    ["\x1b[33m5\x1b[39m", "5"],
    ["0.1-0.2", "0.1-0.2"],
    ["x_1 layer2 v1.2.3", "x_1 layer2 v1.2.3"],
    ["1000000.5 nats", "1000001 nats"],
    ["0.5", "0.50"],
  ];
  for (const [stored, fresh] of pairs) {
    assertEquals(compareText(stored, fresh), undefined, `${stored} | ${fresh}`);
    assertEquals(compareText(fresh, stored), undefined, `${fresh} | ${stored}`);
  }
});

Deno.test("compare: texts that do not", () => {
  const pairs = [
    ["a", "b"],
    ["a", ""],
    ["", "1"],
    ["z = 0.3", "z = 0.4"],
    ["0.312", "0.313"],
    ["z = 0.3125", "z = 0.3127"],
    ["1.2513e-12", "1.2516e-12"],
    ["3.0e5", "3.1e5"],
    ["60000", "60001"],
    ["0.5", "5"],
    ["step 3 of 4", "step 4 of 4"],
    ["elbo -105.35", "elbo -105.37"],
    ["elbo -105.35", "elbo 105.35"],
    ["0.5", "NaN"],
    ["1.25e-12", "1.25e-11"],
    ["x_1", "x_2"],
    ["a 1.5", "a 1.5 2.5"],
    ["12 s", "12 ms"],
  ];
  for (const [stored, fresh] of pairs) {
    assertExists(compareText(stored, fresh), `${stored} | ${fresh}`);
    assertExists(compareText(fresh, stored), `${fresh} | ${stored}`);
  }
});

Deno.test("compare: without the numbers the words still count", () => {
  const options = { ignoreNumbers: true };
  assertEquals(compareText("took 1.5 s", "took 99.25 s", options), undefined);
  assertExists(compareText("took 1.5 s", "took 1.5 ms", options));
  assertExists(compareText("took 1.5 s", "took 1.5 s or 2 s", options));
});

Deno.test("compare: the tolerance is relative, on any number", () => {
  const number = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  fc.assert(fc.property(number, fc.boolean(), (value, negative) => {
    const text = (x: number) => (negative ? -x : x).toPrecision(17);
    const near = value * (1 + 0.5 * RELATIVE_TOLERANCE);
    const far = value * (1 + 3 * RELATIVE_TOLERANCE);
    assertEquals(compareText(text(value), text(value)), undefined);
    assertEquals(compareText(text(value), text(near)), undefined);
    assertExists(compareText(text(value), text(far)));
  }));
});

function picture(width: number, height: number, grey = 0): string {
  const data = new Uint8Array(width * height).fill(grey);
  return encode({ width, height, channels: 1, data }).toBase64();
}

function figure(width: number, height: number, alt = "a picture"): Output {
  const data = { "image/png": picture(width, height), "text/plain": alt };
  return { output_type: "display_data", data, metadata: {} };
}

const printed = (text: string): Output => ({
  output_type: "stream",
  name: "stdout",
  text,
});

function difference(
  stored: Output[],
  fresh: Output[],
  tags: string[] = [],
): string | undefined {
  const cell = (outputs: Output[]) => codeCell("1", { outputs, metadata: { tags } });
  const [first] = compareNotebooks(
    notebookOf([cell(stored)]),
    notebookOf([cell(fresh)]),
  );
  return first?.message;
}

Deno.test("compare: pictures of the same size agree, others do not", () => {
  const plain: Output = {
    output_type: "display_data",
    data: { "text/plain": "a picture" },
    metadata: {},
  };
  assertEquals(difference([figure(3, 2)], [figure(3, 2)]), undefined);
  assertEquals(
    difference([figure(3, 2)], [figure(4, 2)]),
    "output 1: image/png: the picture of 3 x 2 pixels became 4 x 2",
  );
  assertEquals(
    difference([figure(3, 2)], [plain]),
    "output 1: display_data (image/png, text/plain) became display_data (text/plain)",
  );
  assertEquals(
    difference([figure(3, 2)], [figure(3, 2, "another")]),
    'output 1: text/plain: the text "a picture" became "another"',
  );
});

Deno.test("compare: the number and kinds of outputs count", () => {
  assertEquals(
    difference([printed("a"), figure(1, 1)], [printed("a")]),
    "2 outputs stored, 1 output now: " +
      "stdout; display_data (image/png, text/plain) -> stdout",
  );
  assertEquals(
    difference([printed("a")], []),
    "1 output stored, 0 outputs now: stdout -> none",
  );
  assertEquals(
    difference([printed("a")], [figure(1, 1)]),
    "output 1: stdout became display_data (image/png, text/plain)",
  );
});

Deno.test("compare: timing is exempt from the numbers only", () => {
  const tags = [TIMING_TAG];
  assertEquals(difference([printed("1 s")], [printed("2 s")], tags), undefined);
  assertExists(difference([printed("1 s")], [printed("2 s")]));
  assertExists(difference([printed("1 s")], [printed("slow")], tags));
  assertExists(difference([printed("1 s")], [], tags));
});

Deno.test("compare: a shortened cell keeps the kinds of its outputs", () => {
  const tags = [SHORTENED_TAG];
  const [stored, fresh] = [[printed("10 epochs"), figure(3, 2)], [
    printed("one epoch"),
    figure(9, 9),
  ]];
  assertEquals(difference(stored, fresh, tags), undefined);
  assertExists(difference(stored, fresh.slice(1), tags));
  assertExists(difference(stored, fresh.toReversed(), tags));
});

Deno.test("compare: specifications are compared number by number", () => {
  const spec = (y: number, rest = {}): Output => ({
    output_type: "display_data",
    data: {
      "application/vnd.vegalite.v5+json": { data: [{ y, ...rest }], mark: "bar" },
    },
    metadata: {},
  });
  assertEquals(difference([spec(0.1)], [spec(0.1 + 1e-12)]), undefined);
  assertEquals(
    difference([spec(0.1)], [spec(0.2)]),
    "output 1: application/vnd.vegalite.v5+json: data: 0: y: the number 0.1 became 0.2",
  );
  assertExists(difference([spec(0.1)], [spec(0.1, { x: 1 })]));
});

Deno.test("compare: a picture inside a specification counts by its size", () => {
  const spec = (width: number, grey: number): Output => {
    const url = `data:image/png;base64,${picture(width, 2, grey)}`;
    const data = {
      "application/vnd.vegalite.v5+json": { data: { values: [{ url }] } },
    };
    return { output_type: "display_data", data, metadata: {} };
  };
  assertEquals(difference([spec(3, 0)], [spec(3, 255)]), undefined);
  assertEquals(
    difference([spec(3, 0)], [spec(4, 0)]),
    "output 1: application/vnd.vegalite.v5+json: data: values: 0: url: " +
      "the picture of 3 x 2 pixels became 4 x 2",
  );
});

Deno.test("compare: errors are compared without their traceback", () => {
  const error = (evalue: string, line: string): Output => ({
    output_type: "error",
    ename: "Error",
    evalue,
    traceback: [line],
  });
  assertEquals(difference([error("a", "1:2")], [error("a", "9:9")]), undefined);
  assertExists(difference([error("a", "1:2")], [error("b", "1:2")]));
});
