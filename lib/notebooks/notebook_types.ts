/**
 * The parts of a notebook of nbformat 4.5, as they are in memory.
 *
 * Fields are named as in the file; every multi-line text is one string.
 *
 * @module
 */

/** What a cell printed to one stream. */
export interface StreamOutput {
  /** Tells it from the other outputs. */
  output_type: "stream";
  /** Which stream. */
  name: "stdout" | "stderr";
  /** All lines with their newlines. */
  text: string;
}

/** What a cell showed. */
export interface DisplayData {
  /** Tells it from the other outputs. */
  output_type: "display_data";
  /** By MIME type: texts and base64 as one string, JSON as its value. */
  data: Record<string, unknown>;
  /** By MIME type, such as the width of a picture. */
  metadata: Record<string, unknown>;
}

/** The value of a cell's last expression. */
export interface ExecuteResult extends Omit<DisplayData, "output_type"> {
  /** Tells it from the other outputs. */
  output_type: "execute_result";
  /** That of the cell. */
  execution_count: number | null;
}

/** What a cell threw. */
export interface ErrorOutput {
  /** Tells it from the other outputs. */
  output_type: "error";
  /** The error's name, such as `RangeError`. */
  ename: string;
  /** Its message. */
  evalue: string;
  /** The lines that a front end shows, with the styles of a terminal. */
  traceback: string[];
}

/** One output of a code cell; long texts are single strings in memory. */
export type Output = StreamOutput | DisplayData | ExecuteResult | ErrorOutput;

/** What all cells have. */
export interface CellBase {
  /** Unique in the notebook: 1 to 64 lower-case letters, digits and hyphens. */
  id: string;
  /** What front ends keep with the cell; `tags` means something here. */
  metadata: Record<string, unknown>;
  /** The text, lines joined, without a final newline. */
  source: string;
}

/** A code cell. */
export interface CodeCell extends CellBase {
  /** Tells it from the other cells. */
  cell_type: "code";
  /** Which one ran, from 1; null before it has. */
  execution_count: number | null;
  /** In the order in which they came. */
  outputs: Output[];
}

/** A cell of Markdown. */
export interface MarkdownCell extends CellBase {
  /** Tells it from the other cells. */
  cell_type: "markdown";
  /** Files that the text shows, by name and MIME type. */
  attachments?: Record<string, unknown>;
}

/** A cell that is passed on as it is. */
export interface RawCell extends Omit<MarkdownCell, "cell_type"> {
  /** Tells it from the other cells. */
  cell_type: "raw";
}

/** One cell. */
export type Cell = CodeCell | MarkdownCell | RawCell;

/** A notebook. */
export interface Notebook {
  /** From top to bottom. */
  cells: Cell[];
  /** The kernel and its language, as read. */
  metadata: Record<string, unknown>;
  /** The format's major version. */
  nbformat: 4;
  /** The format's minor version, 5 or more. */
  nbformat_minor: number;
}
