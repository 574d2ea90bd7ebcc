/**
 * Holding the outputs of a run against those that are stored.
 *
 * @module
 */

import { pngSize } from "../figures/png_size.ts";
import { compareText, RELATIVE_TOLERANCE } from "./compare_text.ts";
import { tagsOf } from "./notebook.ts";
import type { CodeCell, Notebook, Output } from "./notebook_types.ts";

/** Something that is not as it should be in one cell. */
export interface Finding {
  /** Id of the cell; `undefined` for the whole notebook. */
  readonly cellId?: string;
  /** What it is, in one line. */
  readonly message: string;
}

/** Cells with this tag print seconds: their numbers are not compared. */
export const TIMING_TAG = "timing";

/** Cells with this tag do less under `--check`: only kinds of outputs are compared. */
export const SHORTENED_TAG = "shortened";

/** Below this, numbers in a specification are the same: rounding around zero. */
const SMALLEST_DIFFERENCE = 1e-12;

type DisplayOutput = Extract<Output, { data: unknown }>;

/**
 * Compares the outputs of every code cell.
 *
 * @param stored The notebook as it is stored.
 * @param fresh The same notebook, executed.
 * @returns The differences in the order of the cells; none when all is as stored.
 *
 * @example One number that changed
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compareNotebooks } from "./compare.ts";
 *
 * const printing = (text: string) => ({
 *   cells: [{
 *     cell_type: "code" as const,
 *     id: "kl",
 *     metadata: {},
 *     source: "await say(kl(q, p));",
 *     execution_count: 1,
 *     outputs: [{ output_type: "stream" as const, name: "stdout" as const, text }],
 *   }],
 *   metadata: {},
 *   nbformat: 4 as const,
 *   nbformat_minor: 5,
 * });
 * assertEquals(compareNotebooks(printing("0.5 nats\n"), printing("0.7 nats\n")), [
 *   { cellId: "kl", message: "output 1: the number 0.5 became 0.7" },
 * ]);
 * ```
 */
export function compareNotebooks(stored: Notebook, fresh: Notebook): Finding[] {
  return stored.cells.flatMap((cell, index) => {
    const other = fresh.cells[index];
    if (cell.cell_type !== "code" || other?.cell_type !== "code") return [];
    return compareCells(cell, other).map((message) => ({ cellId: cell.id, message }));
  });
}

function compareCells(stored: CodeCell, fresh: CodeCell): string[] {
  if (stored.outputs.length !== fresh.outputs.length) {
    return [
      `${count(stored.outputs)} stored, ${count(fresh.outputs)} now: ` +
      `${kinds(stored.outputs)} -> ${kinds(fresh.outputs)}`,
    ];
  }
  const tags = tagsOf(stored);
  const compare = tags.includes(SHORTENED_TAG) ? compareKinds : compareOutputs;
  return stored.outputs.flatMap((output, index) => {
    const messages = compare(output, fresh.outputs[index], {
      ignoreNumbers: tags.includes(TIMING_TAG),
    });
    return messages.map((message) => `output ${index + 1}: ${message}`);
  });
}

function compareKinds(stored: Output, fresh: Output): string[] {
  const [before, now] = [kind(stored), kind(fresh)];
  return before === now ? [] : [`${before} became ${now}`];
}

interface CompareOptions {
  readonly ignoreNumbers: boolean;
}

function compareOutputs(
  stored: Output,
  fresh: Output,
  options: CompareOptions,
): string[] {
  const changed = compareKinds(stored, fresh);
  if (changed.length > 0) return changed;
  if (stored.output_type === "stream" && fresh.output_type === "stream") {
    return compareStrings(stored.text, fresh.text, options);
  }
  if (stored.output_type === "error" && fresh.output_type === "error") {
    return compareStrings(
      `${stored.ename}: ${stored.evalue}`,
      `${fresh.ename}: ${fresh.evalue}`,
      options,
    );
  }
  const [left, right] = [stored as DisplayOutput, fresh as DisplayOutput];
  return Object.keys(left.data).flatMap((type) =>
    compareJson(left.data[type], right.data[type], options)
      .map((message) => `${type}: ${message}`)
  );
}

/** A text by its words and numbers; a PNG, bare or as a data URL, by its size. */
function comparePicturesOrTexts(
  stored: string,
  fresh: string,
  options: CompareOptions,
): string[] {
  const size = sizeOf(stored);
  if (size === undefined) return compareStrings(stored, fresh, options);
  const now = sizeOf(fresh);
  if (now?.width === size.width && now.height === size.height) return [];
  const words = now === undefined ? "no picture" : `${now.width} x ${now.height}`;
  return [`the picture of ${size.width} x ${size.height} pixels became ${words}`];
}

/** The size of a picture in base64; undefined when the text is no PNG. */
function sizeOf(text: string): ReturnType<typeof pngSize> {
  const base64 = text.replace("data:image/png;base64,", "").replace(/\s/g, "");
  try {
    // Base64 of the first 24 bytes, which hold the size.
    return pngSize(Uint8Array.fromBase64(base64.slice(0, 32)));
  } catch {
    return undefined;
  }
}

function compareStrings(
  stored: string,
  fresh: string,
  options: CompareOptions,
): string[] {
  const difference = compareText(stored, fresh, options);
  return difference === undefined ? [] : [difference];
}

function compareJson(
  stored: unknown,
  fresh: unknown,
  options: CompareOptions,
): string[] {
  if (typeof stored === "string" && typeof fresh === "string") {
    return comparePicturesOrTexts(stored, fresh, options);
  }
  if (typeof stored === "number" && typeof fresh === "number") {
    const larger = Math.max(Math.abs(stored), Math.abs(fresh));
    const tolerance = RELATIVE_TOLERANCE * larger + SMALLEST_DIFFERENCE;
    const same = stored === fresh || Math.abs(stored - fresh) <= tolerance;
    return same || options.ignoreNumbers
      ? []
      : [`the number ${stored} became ${fresh}`];
  }
  if (isObject(stored) && isObject(fresh)) {
    const [keys, others] = [Object.keys(stored).sort(), Object.keys(fresh).sort()];
    if (keys.join() !== others.join()) {
      return [`the keys ${keys.join()} became ${others.join()}`];
    }
    for (const key of keys) {
      const [difference] = compareJson(stored[key], fresh[key], options);
      if (difference !== undefined) return [`${key}: ${difference}`];
    }
    return [];
  }
  return stored === fresh ? [] : [`${String(stored)} became ${String(fresh)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function kind(output: Output): string {
  if (output.output_type === "stream") return output.name;
  if (output.output_type === "error") return "error";
  return `${output.output_type} (${Object.keys(output.data).sort().join(", ")})`;
}

function kinds(outputs: readonly Output[]): string {
  return outputs.length === 0 ? "none" : `${outputs.map(kind).join("; ")}`;
}

function count(outputs: readonly Output[]): string {
  return outputs.length === 1 ? "1 output" : `${outputs.length} outputs`;
}
