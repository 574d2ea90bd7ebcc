import { assertEquals } from "@std/assert";
import { OutputCollector } from "../../lib/notebooks/output_collector.ts";
import { textOf } from "./cells.ts";

function message(type: string, content: Record<string, unknown>) {
  return { id: "1", type, content };
}

const stream = (name: string, text: string) => message("stream", { name, text });

const display = (text: string, display_id?: string, type = "display_data") =>
  message(type, {
    data: { "text/plain": text },
    metadata: {},
    transient: display_id === undefined ? {} : { display_id },
  });

Deno.test("output collector: neighbouring text of one stream is merged", () => {
  const collector = new OutputCollector();
  const outputs = collector.beginCell();
  for (
    const one of [
      stream("stdout", "a"),
      stream("stdout", "b"),
      stream("stderr", "c"),
      display("d"),
      stream("stdout", "e"),
    ]
  ) collector.collect(one);
  assertEquals(outputs.map((output) => textOf([output])), ["ab", "c", "d", "e"]);
});

Deno.test("output collector: an update replaces its output in any cell", () => {
  const collector = new OutputCollector();
  const first = collector.beginCell();
  collector.collect(display("0 %", "progress"));
  collector.collect(display("other", "other"));
  const second = collector.beginCell();
  collector.collect(display("again", "progress"));
  collector.collect(display("100 %", "progress", "update_display_data"));
  collector.collect(display("nobody", "unknown", "update_display_data"));
  assertEquals([textOf(first), textOf(second)], ["100 %other", "100 %"]);
});

Deno.test("output collector: clear_output empties now, or before the next output", () => {
  const collector = new OutputCollector();
  const outputs = collector.beginCell();
  collector.collect(stream("stdout", "a"));
  collector.collect(message("clear_output", { wait: true }));
  assertEquals(textOf(outputs), "a");
  collector.collect(stream("stdout", "b"));
  assertEquals(textOf(outputs), "b");
  collector.collect(message("clear_output", { wait: false }));
  assertEquals(outputs, []);
});

Deno.test("output collector: foreign messages are ignored", () => {
  const collector = new OutputCollector();
  const outputs = collector.beginCell();
  collector.collect(message("execute_input", { code: "1" }));
  collector.collect(message("comm_open", {}));
  assertEquals(outputs, []);
});
