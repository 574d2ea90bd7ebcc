import { breathe } from "./breathe.ts";
// Not by mod.ts, which loads vega.
import { escapeMarkup } from "../figures/escape_markup.ts";
import { display, inKernel, settle } from "./kernel_display.ts";

const REFRESH_MS = 100;
const BAR_WIDTH = 30;

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** The count at which the work is done. */
  readonly total: number;
  /** What is counted, such as `"epoch"`. */
  readonly label?: string;
}

/** A line of progress that changes in place. */
export interface Progress {
  /**
   * Shows how far the work is, at most ten times a second.
   *
   * Lets the event loop run on every call, so that the stop button is heard.
   *
   * @param done How much of the total is done.
   * @param note What else to say, such as the loss.
   */
  update(done: number, note?: string): Promise<void>;
  /**
   * Shows the last state, without times, and settles.
   *
   * @param note What to say at the end; the last note by default.
   */
  finish(note?: string): Promise<void>;
}

/**
 * Starts a line of progress that is replaced in place.
 *
 * While it runs it tells the time that is left; what it leaves behind has no times,
 * so that a stored notebook does not change from run to run. Outside the kernel only
 * the last state is printed.
 *
 * @param options What counts as done, and the label.
 * @returns The line.
 * @throws {RangeError} When `total` is not a positive number.
 *
 * @example Three epochs
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { progress } from "elbo/jupyter";
 *
 * const line = await progress({ total: 3, label: "epoch" });
 * for (let epoch = 1; epoch <= 3; epoch++) await line.update(epoch, "loss 1.23");
 * await line.finish();
 * await assertRejects(() => progress({ total: 0 }), RangeError, "total");
 * ```
 */
export async function progress(
  { total, label = "" }: ProgressOptions,
): Promise<Progress> {
  if (!(total > 0 && Number.isFinite(total))) {
    throw new RangeError(
      `Cannot show progress as total must be positive: ${total}`,
    );
  }
  const displayId = crypto.randomUUID();
  const startedAt = performance.now();
  let shownAt = startedAt;
  let state = { done: 0, note: "" };

  const draw = (options: { update: boolean; left?: string }) => {
    const words = [
      label,
      `${state.done} / ${total}`,
      state.note,
      options.left ?? "",
    ].filter((word) => word !== "");
    return display(bundle({ share: state.done / total, text: words.join("  ") }), {
      displayId,
      update: options.update,
    });
  };

  if (inKernel()) await draw({ update: false });
  return {
    async update(done, note = state.note) {
      state = { done, note };
      const now = performance.now();
      if (inKernel() && now - shownAt >= REFRESH_MS) {
        shownAt = now;
        await draw({ update: true, left: timeLeft(now - startedAt, done / total) });
      }
      await breathe();
    },
    async finish(note = state.note) {
      state = { ...state, note };
      await draw({ update: true });
      await settle();
    },
  };
}

function timeLeft(elapsedMs: number, share: number): string {
  if (share <= 0) return "";
  const seconds = Math.round(elapsedMs * (1 / share - 1) / 1000);
  return seconds < 100 ? `${seconds} s left` : `${Math.round(seconds / 60)} min left`;
}

function bundle({ share, text }: { share: number; text: string }) {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  const bar = "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled);
  const percent = Math.round(share * 100);
  return {
    "text/plain": `[${bar}] ${text}`,
    "text/html": `<div><progress value="${percent}" max="100"></progress> ` +
      `<span>${escapeMarkup(text)}</span></div>`,
  };
}
