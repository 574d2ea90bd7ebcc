/** One line on a terminal's stderr that says what is going on and leaves no trace. */
export interface StatusLine {
  /** Replaces the line; nothing happens where stderr is no terminal. */
  show(text: string): void;
  /** Takes the line away. */
  close(): void;
}

const clearLine = "\r\x1b[K";

/**
 * Makes a status line on stderr.
 *
 * @param options `live`: whether to draw, by default if stderr is a terminal; `write`:
 *   takes the text.
 * @returns The line; close it before anything else is printed.
 */
export function createStatusLine({
  live = Deno.stderr.isTerminal(),
  write = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text)),
}: { live?: boolean; write?: (text: string) => void } = {}): StatusLine {
  let isDrawn = false;
  return {
    show(text) {
      if (!live) return;
      write(clearLine + text.slice(0, columns() - 1));
      isDrawn = true;
    },
    close() {
      if (isDrawn) write(clearLine);
      isDrawn = false;
    },
  };
}

function columns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
