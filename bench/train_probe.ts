/**
 * Preloaded before `deno task train`: lets it show its live progress though nobody
 * watches, and says on stdout, with each of its messages, how much memory the process
 * has needed at most.
 */
import process from "node:process";

const decoder = new TextDecoder();

// Kilobytes, as Linux has them.
function tell(text: string): void {
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ text, peak }));
}

Deno.stderr.isTerminal = () => true;
Deno.stderr.writeSync = (bytes) => {
  tell(decoder.decode(bytes));
  return bytes.length;
};
addEventListener("unload", () => tell("end"));
