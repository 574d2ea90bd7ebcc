import type { JsonObject, JupyterMessage } from "./messages.ts";
import type { Output } from "./notebook_types.ts";

/**
 * Turns the messages of a run into the outputs of its cells.
 *
 * Keeps what a front end keeps: neighbouring text of one stream is one output,
 * `update_display_data` replaces every output of its name in any cell, `clear_output`
 * empties a cell, at once or when the next output comes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { OutputCollector } from "./output_collector.ts";
 *
 * const collector = new OutputCollector();
 * const outputs = collector.beginCell();
 * for (const text of ["a\n", "b\n"]) {
 *   const content = { name: "stdout", text };
 *   collector.collect({ id: "1", type: "stream", content });
 * }
 * assertEquals(outputs, [{ output_type: "stream", name: "stdout", text: "a\nb\n" }]);
 * ```
 */
export class OutputCollector {
  readonly #named = new Map<string, { data: JsonObject; metadata: JsonObject }[]>();
  #outputs: Output[] = [];
  #clearBeforeNext = false;

  /** Starts the next cell; returns its outputs, which fill as messages come. */
  beginCell(): Output[] {
    this.#outputs = [];
    this.#clearBeforeNext = false;
    return this.#outputs;
  }

  /** Takes one iopub message of the current cell; others are ignored. */
  collect({ type, content }: JupyterMessage): void {
    switch (type) {
      case "stream":
        return this.#addStream(content);
      case "display_data":
      case "execute_result":
        return this.#addDisplay(type, content);
      case "error":
        return this.#add({
          output_type: "error",
          ename: String(content.ename),
          evalue: String(content.evalue),
          traceback: Array.isArray(content.traceback)
            ? content.traceback.map(String)
            : [],
        });
      case "update_display_data":
        return this.#update(content);
      case "clear_output":
        if (content.wait === true) this.#clearBeforeNext = true;
        else this.#outputs.length = 0;
    }
  }

  #add(output: Output): void {
    if (this.#clearBeforeNext) this.#outputs.length = 0;
    this.#clearBeforeNext = false;
    this.#outputs.push(output);
  }

  #addStream(content: JsonObject): void {
    const name = content.name === "stderr" ? "stderr" : "stdout";
    const text = String(content.text);
    const last = this.#outputs.at(-1);
    if (
      !this.#clearBeforeNext && last?.output_type === "stream" && last.name === name
    ) last.text += text;
    else this.#add({ output_type: "stream", name, text });
  }

  #addDisplay(type: "display_data" | "execute_result", content: JsonObject): void {
    const shown = {
      data: asObject(content.data),
      metadata: asObject(content.metadata),
    };
    const count = typeof content.execution_count === "number"
      ? content.execution_count
      : null;
    const output: Output = type === "display_data"
      ? { output_type: type, ...shown }
      : { output_type: type, ...shown, execution_count: count };
    this.#add(output);
    const name = displayIdOf(content);
    if (name === undefined) return;
    const group = this.#named.get(name) ?? [];
    this.#named.set(name, [...group, output as typeof shown]);
  }

  #update(content: JsonObject): void {
    const name = displayIdOf(content);
    if (name === undefined) return;
    for (const output of this.#named.get(name) ?? []) {
      output.data = asObject(content.data);
      output.metadata = asObject(content.metadata);
    }
  }
}

function displayIdOf(content: JsonObject): string | undefined {
  const { display_id } = asObject(content.transient);
  return typeof display_id === "string" ? display_id : undefined;
}

function asObject(value: unknown): JsonObject {
  return typeof value === "object" && value !== null ? value as JsonObject : {};
}
