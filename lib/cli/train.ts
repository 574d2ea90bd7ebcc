import type { Dataset } from "../datasets/mod.ts";
import { resumeRun, type Run, type TrainedRun, trainRun } from "../training/mod.ts";
import { type Interrupt, listenForInterrupt } from "./interrupt.ts";
import { type Parsed, runCommand } from "./options.ts";
import { createProgress, type Progress } from "./progress.ts";
import { shellWord } from "./shell_word.ts";
import { timeStampedFolder } from "./time_stamped_folder.ts";
import {
  trainCommand,
  trainNotes,
  type TrainRequest,
  trainRequest,
} from "./train_options.ts";
import { startLine, summaryLines } from "./train_summary.ts";

async function train(line: Parsed<typeof trainCommand.options>): Promise<number> {
  const request = trainRequest(line);
  const progress = createProgress({ quiet: line.values.quiet });
  const interrupt = listenForInterrupt(progress);
  const { signal } = interrupt;
  try {
    const trained = await trainRequested(request, { progress, signal });
    try {
      return await finish(trained, { progress, interrupt });
    } finally {
      trained.step.dispose();
    }
  } finally {
    interrupt.unlisten();
    progress.close();
  }
}

async function trainRequested(
  request: TrainRequest,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<TrainedRun> {
  const hooks = {
    signal,
    onProgress: progress.show,
    onNote: progress.say,
    onStart: (run: Run, dataset: Dataset) => progress.say(startLine(run, dataset)),
  };
  if (request.kind === "resume") {
    const { threads } = request;
    return await resumeRun(request.path, { ...hooks, ...request.changes, threads });
  }
  for (const note of trainNotes(request.options)) progress.say(note);
  const out = request.out ?? await timeStampedFolder("runs");
  const { options, threads } = request;
  return await trainRun(options, { ...hooks, out, threads });
}

async function finish(
  { run, stopped, dataset, step }: TrainedRun,
  { progress, interrupt }: { progress: Progress; interrupt: Interrupt },
): Promise<number> {
  const resumeLine = `deno task train --resume ${shellWord(run.path)}`;
  if (stopped) {
    progress.close();
    console.error(`Stopped and saved. Resume with: ${resumeLine}`);
    return interrupt.status;
  }
  interrupt.endWith(`The model is saved. Draw the figures with: ${resumeLine}`);
  progress.say("Drawing the figures.");
  // Only now: what draws takes longer to load than the first steps take.
  const { writeRunFigures } = await import("./run_figures.ts");
  const { path: out, config, spec, metrics } = run;
  await writeRunFigures({ out, config, metrics, step, dataset, spec });
  progress.close();
  for (const line of summaryLines(run)) console.log(line);
  return 0;
}

if (import.meta.main) {
  Deno.exit(await runCommand(trainCommand, train));
}
