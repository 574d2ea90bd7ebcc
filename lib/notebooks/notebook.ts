/**
 * Notebook files: nbformat 4.5 read, validated, and written in one normal form.
 *
 * Source: the nbformat documentation, "The Jupyter Notebook Format", version 4.5.
 *
 * @module
 */

import { z } from "zod";

import type { Cell, Notebook, Output } from "./notebook_types.ts";

const jsonObject = z.record(z.string(), z.unknown());

const multiline = z.union([z.string(), z.array(z.string())]).transform((text) =>
  typeof text === "string" ? text : text.join("")
);

const mimeBundle = z.record(z.string(), z.unknown()).transform((bundle) =>
  Object.fromEntries(
    Object.entries(bundle).map(([type, value]) => [
      type,
      !isJsonType(type) && Array.isArray(value) ? value.join("") : value,
    ]),
  )
);

const output = z.discriminatedUnion("output_type", [
  z.object({
    output_type: z.literal("stream"),
    name: z.enum(["stdout", "stderr"]),
    text: multiline,
  }),
  z.object({
    output_type: z.literal("display_data"),
    data: mimeBundle,
    metadata: jsonObject,
  }),
  z.object({
    output_type: z.literal("execute_result"),
    data: mimeBundle,
    metadata: jsonObject,
    execution_count: z.number().nullable(),
  }),
  z.object({
    output_type: z.literal("error"),
    ename: z.string(),
    evalue: z.string(),
    traceback: z.array(z.string()),
  }),
]);

const cellBase = {
  id: z.string().regex(
    /^[a-z0-9-]{1,64}$/,
    "must be 1 to 64 lower-case letters, digits and hyphens",
  ),
  metadata: jsonObject,
  source: multiline,
};

const cell = z.discriminatedUnion("cell_type", [
  z.object({
    ...cellBase,
    cell_type: z.literal("code"),
    execution_count: z.number().nullable(),
    outputs: z.array(output),
  }),
  z.object({
    ...cellBase,
    cell_type: z.literal("markdown"),
    attachments: jsonObject.optional(),
  }),
  z.object({
    ...cellBase,
    cell_type: z.literal("raw"),
    attachments: jsonObject.optional(),
  }),
]);

const notebook: z.ZodType<Notebook> = z.object({
  cells: z.array(cell),
  metadata: jsonObject,
  nbformat: z.literal(4),
  nbformat_minor: z.number().min(5),
});

/**
 * Reads a notebook file's text.
 *
 * @param text The file's text.
 * @param options `source`: the file's name, for errors.
 * @returns The notebook, with every multi-line text joined.
 * @throws {SyntaxError} When it is no notebook of nbformat 4.5 with valid, unique ids.
 *
 * @example Lines become one string
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseNotebook } from "./notebook.ts";
 *
 * const text = `{
 *   "cells": [
 *     {
 *       "cell_type": "markdown",
 *       "id": "title",
 *       "metadata": {},
 *       "source": ["# A\\n", "b"]
 *     }
 *   ],
 *   "metadata": {},
 *   "nbformat": 4,
 *   "nbformat_minor": 5
 * }`;
 * assertEquals(parseNotebook(text, { source: "a.ipynb" }).cells[0].source, "# A\nb");
 * ```
 */
export function parseNotebook(text: string, { source }: { source: string }): Notebook {
  const refuse = (rule: string, what: string): never => {
    throw new SyntaxError(`Cannot read ${source} as ${rule}: ${what}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse("a notebook must be JSON", (error as Error).message);
  }
  const result = notebook.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    return refuse(
      "a notebook must follow nbformat 4.5",
      `${issue.path.join(".")}: ${issue.message}`,
    );
  }
  const seen = new Set<string>();
  for (const { id } of result.data.cells) {
    if (seen.has(id)) refuse("the ids of its cells must be unique", `"${id}" is twice`);
    seen.add(id);
  }
  return result.data;
}

/**
 * Writes a notebook in its normal form: what Jupyter itself writes, without what
 * changes from machine to machine.
 *
 * Keys are sorted, the indentation is one space, long texts are lists of lines, and of
 * the metadata only the kernel's name and language stay. Writing what was read from
 * such a text gives the same bytes.
 *
 * @param content The notebook.
 * @returns JSON text with a final newline.
 *
 * @example Lines become a list, keys are sorted
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { stringifyNotebook } from "./notebook.ts";
 *
 * const text = stringifyNotebook({
 *   cells: [{ cell_type: "markdown", id: "title", metadata: {}, source: "# A\nb" }],
 *   metadata: {},
 *   nbformat: 4,
 *   nbformat_minor: 5,
 * });
 * assertStringIncludes(text.replace(/\s+/g, " "), '"source": [ "# A\\n", "b" ]');
 * ```
 */
export function stringifyNotebook(content: Notebook): string {
  const json = {
    cells: content.cells.map(cellJson),
    metadata: {
      kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
      language_info: {
        codemirror_mode: "typescript",
        file_extension: ".ts",
        mimetype: "text/x.typescript",
        name: "typescript",
        nbconvert_exporter: "script",
        pygments_lexer: "typescript",
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(sortKeys(json), undefined, 1)}\n`;
}

/** Metadata that a front end leaves behind and that means nothing to a reader. */
const VOLATILE_METADATA = ["execution", "ExecuteTime", "collapsed", "scrolled"];

function cellJson(cell: Cell): unknown {
  const metadata = Object.fromEntries(
    Object.entries(cell.metadata).filter(([key]) => !VOLATILE_METADATA.includes(key)),
  );
  const common = { ...cell, metadata, source: toLines(cell.source) };
  return cell.cell_type === "code"
    ? { ...common, outputs: cell.outputs.map(outputJson) }
    : common;
}

function outputJson(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: toLines(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.fromEntries(
    Object.entries(output.data).map(([type, value]) => [
      type,
      isLineType(type) && typeof value === "string" ? toLines(value) : value,
    ]),
  );
  return { ...output, data };
}

function isJsonType(type: string): boolean {
  return type === "application/json" || type.endsWith("+json");
}

// Jupyter keeps base64 as one string and splits what people read.
function isLineType(type: string): boolean {
  return type.startsWith("text/") || type === "image/svg+xml" ||
    type === "application/javascript";
}

function toLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}

/**
 * The tags of a cell.
 *
 * @param cell Any cell.
 * @returns Its tags; none when the metadata has no list of them.
 *
 * @example One tag
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tagsOf } from "./notebook.ts";
 *
 * const metadata = { tags: ["timing"] };
 * const cell = { cell_type: "raw" as const, id: "times", metadata, source: "" };
 * assertEquals(tagsOf(cell), ["timing"]);
 * ```
 */
export function tagsOf(cell: Cell): readonly string[] {
  const { tags } = cell.metadata;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}
