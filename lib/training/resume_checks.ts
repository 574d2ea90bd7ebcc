import type { Checkpoint } from "./checkpoint.ts";
import type { RunConfig } from "./config.ts";
import { chooseEngine, type EngineName, type EngineRequest } from "./engine.ts";
import { epochStart } from "./position.ts";
import type { Run } from "./run_folder.ts";
import { versions } from "./versions.ts";

/** What a resumed run may do otherwise than it began. */
export interface ResumeOptions {
  /** The new total; the run's own by default. */
  readonly epochs?: number;
  /** Another backend than the run's. */
  readonly backend?: RunConfig["training"]["backend"];
  /** Another engine than the run's. */
  readonly engine?: EngineRequest;
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
  changes: ResumeOptions & { readonly checkpoint?: Checkpoint },
): RunConfig {
  const { epochs, checkpoint } = changes;
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
      ...enginesOf(config, changes),
    },
  };
}

/** A backend that is named asks for tfjs; the run's own does not. */
function enginesOf(
  { network, training }: RunConfig,
  { engine, backend }: ResumeOptions,
): Pick<RunConfig["training"], "backend" | "engine"> {
  if (engine === undefined && backend === undefined) {
    return { backend: training.backend, engine: engineOf(training) };
  }
  const chosen = chooseEngine(network, { engine, backend }).engine;
  return {
    backend: backend ?? (chosen === "tfjs" ? training.backend : "auto"),
    engine: chosen,
  };
}

/** The engine of a run; those from before there were two had tfjs. */
function engineOf({ engine = "tfjs" }: RunConfig["training"]): EngineName {
  return engine;
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
  { training: after }: RunConfig,
): string | undefined {
  const now = versions();
  const changed = (["elbo", "deno", "tfjs"] as const)
    .filter((name) => then[name] !== now[name])
    .map((name) => `${name} was ${then[name]} and is ${now[name]}`);
  const [engine, newEngine] = [engineOf(training), engineOf(after)];
  if (engine !== newEngine) {
    changed.push(`the engine was ${engine} and is ${newEngine}`);
  } else if (after.backend !== training.backend) {
    changed.push(`the backend was ${training.backend} and is ${after.backend}`);
  }
  if (changed.length === 0) return undefined;
  return `Since the run began ${changed.join(", ")}: the last bits may differ from ` +
    `those of an uninterrupted run.`;
}
