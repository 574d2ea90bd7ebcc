import type { Checkpoint } from "./checkpoint.ts";
import type { RunConfig } from "./config.ts";
import { epochStart } from "./position.ts";
import type { Run } from "./run_folder.ts";
import { versions } from "./versions.ts";

/** What a resumed run may do otherwise than it began. */
export interface ResumeOptions {
  /** The new total; the run's own by default. */
  readonly epochs?: number;
  /** Another backend than the run's. */
  readonly backend?: RunConfig["training"]["backend"];
}

/**
 * The configuration under which a run goes on.
 *
 * @param run The run as it was opened.
 * @param changes What is asked for, and where the run stands.
 * @returns The run's own configuration with those changes.
 * @throws {RangeError} If more epochs are done, or begun, than asked for.
 */
export function changedConfig(
  { path, config }: Run,
  { epochs, backend, checkpoint }: ResumeOptions & { readonly checkpoint?: Checkpoint },
): RunConfig {
  const { training } = config;
  const { epoch, batch } = checkpoint?.position ?? epochStart(0);
  const least = Math.max(1, batch > 0 ? epoch + 1 : epoch);
  if (epochs !== undefined && epochs < least) {
    throw new RangeError(
      `Cannot resume ${path} as --epochs must be at least ${least}: it is ` +
        `${epochs}; ${epoch} are done${batch > 0 ? " and the next has begun" : ""}`,
    );
  }
  return {
    ...config,
    training: {
      ...training,
      epochs: epochs ?? training.epochs,
      backend: backend ?? training.backend,
    },
  };
}

/**
 * Says why a resumed run may end with other bits than an uninterrupted one.
 *
 * @param before The configuration that the run began with.
 * @param now The one under which it goes on.
 * @returns One line; undefined if nothing changed.
 */
export function describeChanges(
  { versions: then, training }: RunConfig,
  { training: { backend } }: RunConfig,
): string | undefined {
  const now = versions();
  const changed = (["elbo", "deno", "tfjs"] as const)
    .filter((name) => then[name] !== now[name])
    .map((name) => `${name} was ${then[name]} and is ${now[name]}`);
  if (backend !== training.backend) {
    changed.push(`the backend was ${training.backend} and is ${backend}`);
  }
  if (changed.length === 0) return undefined;
  return `Since the run began ${changed.join(", ")}: the last bits may differ from ` +
    `those of an uninterrupted run.`;
}
