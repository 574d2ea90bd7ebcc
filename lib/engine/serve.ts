import type { NetworkSpec } from "../networks/spec.ts";
import { Control, type Operation } from "./control.ts";
import { layoutOf } from "./layout.ts";
import type { Arithmetic } from "./machine.ts";
import { type Phase, phasesOf } from "./phases.ts";
import { Rank } from "./rank.ts";

/** What a worker is told when it starts. */
export interface WorkerStart {
  readonly memory: WebAssembly.Memory;
  readonly spec: NetworkSpec;
  /** Which it is, from 1 on. */
  readonly rank: number;
  readonly ranks: number;
  readonly arithmetic: Arithmetic;
}

/** What a worker says: that it listens, or why it can no longer. */
export type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly reason: string };

/** Called before each phase of a command; a test makes it throw. */
export type BeforePhase = (
  at: { readonly operation: Operation; readonly phase: Phase },
) => void;

/**
 * Serves the commands of rank 0 until there are no more, or a rank has failed: then
 * rank 0 goes on alone.
 *
 * @returns What went wrong here, if anything did.
 */
export function serve(
  { memory, spec, rank, ranks, arithmetic }: WorkerStart,
  beforePhase: BeforePhase = () => {},
): unknown {
  const control = new Control(memory, { ranks });
  let batchRows = 0;
  let self: Rank | undefined;
  let failure: unknown;
  const meetAfter = (run: () => void): boolean => {
    try {
      run();
    } catch (error) {
      failure = error;
      control.fail();
    }
    return control.meet();
  };
  for (let seen = 0;; seen++) {
    const command = control.nextCommand(seen);
    const { operation } = command;
    if (operation === "quit") return undefined;
    for (const phase of phasesOf(spec, operation)) {
      const isDone = meetAfter(() => {
        if (command.batchRows !== batchRows) {
          batchRows = command.batchRows;
          const layout = layoutOf(spec, { batchRows, ranks });
          self = new Rank({ memory, layout, control, rank, arithmetic });
        }
        beforePhase({ operation, phase });
        self!.run(phase, command);
      });
      if (!isDone) return failure;
    }
  }
}
