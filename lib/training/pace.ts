/** How fast a training goes and how long it still takes. */
export interface Pace {
  /** Of this epoch, in this process: its batches, their updates and all around them. */
  readonly imagesPerSecond: number;
  /** Over all epochs that remain, measuring included; NaN before the clock moves. */
  readonly secondsLeft: number;
}

/** What is left to do, and how long one measuring took the last time. */
export interface WorkLeft {
  readonly images: number;
  readonly measurings: number;
  readonly measuringSeconds: number;
}

/**
 * Tells the pace from the images done in some seconds.
 *
 * @param images Images done.
 * @param seconds Seconds taken.
 * @param left What is left.
 * @returns The pace; zero images a second before the clock has moved.
 */
export function paceOf(
  { images, seconds, left }: { images: number; seconds: number; left: WorkLeft },
): Pace {
  const imagesPerSecond = seconds > 0 ? images / seconds : 0;
  const measuring = left.measurings * left.measuringSeconds;
  return {
    imagesPerSecond,
    secondsLeft: imagesPerSecond > 0 ? left.images / imagesPerSecond + measuring : NaN,
  };
}
