import type { Command } from "./control.ts";
import { PANEL_ROW } from "./addresses.ts";
import { PANEL } from "./layers.ts";
import type { LayerPlaces } from "./layout.ts";
import type { Machine } from "./machine.ts";
import { partOf } from "./parts.ts";

/** Whose part of an update to do, and how much of it is done. */
export interface UpdatePart {
  readonly rank: number;
  /** Pieces that are done already. */
  readonly done?: number;
  /** Told after each piece; a piece is done whole, so that another rank may go on. */
  readonly onPiece?: () => void;
}

/**
 * The second half of a step: the gradients by the weights and Adam's update with them,
 * piece by piece, while a piece of the gradient is still in the cache.
 *
 * A rank takes some rows of each weight, in pieces of a panel or two; of each bias some
 * panels. Ranks write nothing in common.
 */
export class WeightPass {
  readonly #machine: Machine;
  readonly #scratch: number;

  /** `scratch` is where gradients are made. */
  constructor(machine: Machine, scratch: number) {
    this.#machine = machine;
    this.#scratch = scratch;
  }

  /** Updates what falls to a rank. */
  update(command: Command, { rank, done = 0, onPiece }: UpdatePart): void {
    let piece = 0;
    const eachPiece = (run: () => void) => {
      if (piece++ < done) return;
      run();
      onPiece?.();
    };
    const { layout: { layers, ranks, sharedLogVar } } = this.#machine;
    for (const places of layers) {
      this.#updateWeight(places, { command, rank, eachPiece });
      const panels = partOf(places.columns / PANEL, { rank, ranks, unit: 1 });
      for (let panel = panels.from; panel < panels.to; panel++) {
        eachPiece(() => this.#updateBias(places, { command, panel }));
      }
    }
    if (sharedLogVar && rank === 0) eachPiece(() => this.#updateShared(command));
  }

  #updateWeight(
    places: LayerPlaces,
    { command, rank, eachPiece }: {
      command: Command;
      rank: number;
      eachPiece: (run: () => void) => void;
    },
  ): void {
    const machine = this.#machine;
    const { ranks } = machine.layout;
    const rows = partOf(places.rows, { rank, ranks, unit: 4 });
    if (rows.from === rows.to) return;
    const count = rows.to - rows.from;
    const { atOnce, write } = machine.weightGradient(places, {
      batch: command.rows * places.draws,
      rows,
    });
    const all = places.columns / PANEL;
    for (let from = 0; from < all; from += atOnce) {
      const to = Math.min(all, from + atOnce);
      eachPiece(() => {
        write({ from, to }, this.#scratch);
        for (let panel = from; panel < to; panel++) {
          machine.adam(places.weight, {
            offset: (panel * places.rows + rows.from) * PANEL_ROW,
            gradient: this.#scratch + (panel - from) * count * PANEL_ROW,
            count: count * PANEL,
            by: command,
          });
          machine.transpose(places, { panel, rows });
        }
      });
    }
  }

  #updateBias(
    places: LayerPlaces,
    { command, panel }: { command: Command; panel: number },
  ): void {
    this.#machine.biasGradient(places, {
      ...{ batch: command.rows * places.draws, panel, to: this.#scratch },
    });
    this.#machine.adam(places.bias, {
      offset: panel * PANEL_ROW,
      gradient: this.#scratch,
      count: PANEL,
      by: command,
    });
  }

  // The gradient by the variance that all pixels share is one panel, as of a bias.
  #updateShared(command: Command): void {
    const { layout: { layers, sharedGradient, sharedLogVar }, kernels } = this.#machine;
    const rows = command.rows * layers[layers.length - 1].draws;
    kernels.sumColumns(sharedGradient.address, rows, this.#scratch);
    this.#machine.adam(sharedLogVar!, {
      ...{ offset: 0, gradient: this.#scratch, count: PANEL, by: command },
    });
  }
}
