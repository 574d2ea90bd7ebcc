import type { Range } from "../simd/mod.ts";
import type { Command, Control } from "./control.ts";
import { PANEL } from "./layers.ts";
import type { Layout } from "./layout.ts";
import { type Arithmetic, Machine } from "./machine.ts";
import { partOf } from "./parts.ts";
import type { Phase } from "./phases.ts";
import { RowPass } from "./row_pass.ts";
import { type UpdatePart, WeightPass } from "./weight_pass.ts";

/** One of the threads that share the work: rank 0 is the caller's, the others workers. */
export class Rank {
  readonly #rowPass: RowPass;
  readonly #machine: Machine;
  readonly #weightPass: WeightPass;
  readonly #control: Control;
  readonly #rank: number;
  readonly #ranks: number;

  constructor(
    { memory, layout, control, rank, arithmetic }: {
      readonly memory: WebAssembly.Memory;
      readonly layout: Layout;
      readonly control: Control;
      readonly rank: number;
      readonly arithmetic: Arithmetic;
    },
  ) {
    this.#machine = new Machine(memory, { layout, arithmetic });
    this.#rowPass = new RowPass(this.#machine);
    this.#weightPass = new WeightPass(this.#machine, layout.scratch[rank]);
    this.#control = control;
    this.#rank = rank;
    this.#ranks = layout.ranks;
  }

  /** What falls to this rank of a phase. */
  run(phase: Phase, command: Command): void {
    const rank = this.#rank;
    if (phase === "weights") {
      const onPiece = () => this.#control.advance(rank);
      return this.#weightPass.update(command, { rank, onPiece });
    }
    const mine = { rank, ranks: this.#ranks, unit: 2 };
    this.#runRows(phase, command, partOf(command.rows, mine));
  }

  /** What falls to all ranks of a phase. */
  runAlone(phase: Phase, command: Command): void {
    if (phase === "weights") {
      for (let rank = 0; rank < this.#ranks; rank++) this.takeOver(command, { rank });
      return;
    }
    this.#runRows(phase, command, { from: 0, to: command.rows });
  }

  #runRows(phase: "latent" | "rows", command: Command, rows: Range): void {
    if (phase === "latent") return this.#rowPass.passLatent(command, rows);
    switch (command.operation) {
      case "train":
        return this.#rowPass.passRows(command, rows);
      case "measure":
        return this.#rowPass.measureRows(command, rows);
      case "encode":
        return this.#rowPass.encode(rows);
      case "decode":
        return this.#rowPass.decode(rows);
      case "weigh":
        return this.#rowPass.weighRows(command, rows);
    }
  }

  /** Does what another rank has left of its weights. */
  takeOver(command: Command, part: UpdatePart): void {
    this.#weightPass.update(command, part);
  }

  /** Makes the transposed copies of all weights anew. */
  transposeAll(): void {
    for (const places of this.#machine.layout.layers) {
      const rows = { from: 0, to: places.rows };
      for (let panel = 0; panel < places.columns / PANEL; panel++) {
        this.#machine.transpose(places, { panel, rows });
      }
    }
  }
}
