import type { Command, OptionSpec, OptionSpecs } from "./options.ts";

const width = 88;

/**
 * Writes the answer to `--help`: usage, options with their defaults, examples.
 *
 * @param command What the command takes.
 * @returns Lines of at most 88 columns, without a final newline.
 */
export function helpText<Specs extends OptionSpecs>(command: Command<Specs>): string {
  const { name, summary, options, positionals = [], examples = [] } = command;
  const rows = Object.entries(options).map((
    [option, spec],
  ): [string, string] => [leftColumn(option, spec), rightColumn(spec)]);
  rows.push(["--help, -h", "Show this text."]);
  rows.push(["--version", "Show the versions of elbo, Deno and tfjs."]);
  const left = Math.max(...rows.map(([text]) => text.length)) + 4;
  const lines = [
    `Usage: ${[name, ...positionals, "[options]"].join(" ")}`,
    "",
    ...wrap(summary, width),
    "",
    "Options:",
  ];
  for (const [label, text] of rows) {
    const [first, ...rest] = wrap(text, width - left);
    lines.push(`  ${label}`.padEnd(left) + first);
    lines.push(...rest.map((line) => " ".repeat(left) + line));
  }
  if (examples.length > 0) {
    lines.push("", "Examples:", ...examples.map((line) => `  ${line}`));
  }
  return lines.join("\n");
}

function leftColumn(name: string, spec: OptionSpec): string {
  return spec.kind === "flag" ? `--${name}` : `--${name} ${placeholder(spec)}`;
}

function placeholder(spec: OptionSpec): string {
  if (spec.placeholder !== undefined) return spec.placeholder;
  if (spec.kind === "choice") return spec.choices.join("|");
  if (spec.kind === "integers") return "N,N,...";
  return spec.kind === "string" ? "TEXT" : "N";
}

function rightColumn(spec: OptionSpec): string {
  if (spec.kind === "flag" || spec.default === undefined) return spec.help;
  const text = Array.isArray(spec.default) ? spec.default.join(",") : spec.default;
  return `${spec.help} Default: ${text}.`;
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
