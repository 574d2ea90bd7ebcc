import { basename, dirname, join, resolve } from "node:path";

import type { Cell, Notebook } from "./notebook_types.ts";
import { runDeno } from "./run_deno.ts";

const MATH = /\$\$[\s\S]+?\$\$|\$(?![\s$])(?:\\.|[^\\$`\n])+?\$/g;

/**
 * Formats every cell as `deno fmt` does a file: code as TypeScript, text as Markdown.
 *
 * `deno fmt` takes notebooks too, but `deno fmt --check` then calls every cell without
 * a final newline unformatted, and both take a line of mathematics that starts with
 * `+` or `-` for a list. Here mathematics is left alone. A cell that cannot be parsed
 * stays as it is.
 *
 * @param notebook The notebook.
 * @param options `path`: where it is; the configuration of that folder holds.
 * @returns The notebook with formatted sources.
 */
export async function formatCells(
  notebook: Notebook,
  { path }: { path: string },
): Promise<Notebook> {
  const folder = join(
    dirname(resolve(path)),
    `.${basename(path, ".ipynb")}.${Deno.pid}.format`,
  );
  const files = notebook.cells.map((cell, index) => ({
    cell,
    file: join(folder, `${index}.${cell.cell_type === "code" ? "ts" : "md"}`),
  }));
  await Deno.mkdir(folder);
  try {
    for (const { cell, file } of files) {
      await Deno.writeTextFile(file, protectMath(cell));
    }
    await runDeno(["fmt", "--quiet"], folder);
    const cells = await Promise.all(files.map(async ({ cell, file }) => {
      if (cell.cell_type === "raw") return cell;
      const text = (await Deno.readTextFile(file)).trimEnd();
      return { ...cell, source: restoreMath(text, cell) };
    }));
    return { ...notebook, cells };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function protectMath(cell: Cell): string {
  if (cell.cell_type === "code") return cell.source;
  let count = 0;
  return cell.source.replace(MATH, () => placeholder(count++));
}

function restoreMath(text: string, cell: Cell): string {
  if (cell.cell_type === "code") return text;
  const formulas = cell.source.match(MATH) ?? [];
  return formulas.reduceRight<string>(
    (restored, formula, index) => restored.replace(placeholder(index), () => formula),
    text,
  );
}

/** A word that means nothing in Markdown and stands in no text. */
function placeholder(index: number): string {
  return `elboFormula${index}End`;
}
