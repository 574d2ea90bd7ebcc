/** The process side of a kernel: ports, connection file, start and end. */

/** What a kernel and its client agree on; the names are Jupyter's. */
export interface ConnectionInfo {
  readonly ip: string;
  readonly transport: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  readonly key: string;
  readonly signature_scheme: string;
  readonly kernel_name: string;
}

/** A started `deno jupyter` process. */
export interface KernelProcess {
  readonly pid: number;
  readonly connection: ConnectionInfo;
  /** Resolves when the process has ended, with how it ended in words. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  signal(name: Deno.Signal): void;
  /** Kills the process if it still runs and waits for its end. */
  kill(): Promise<void>;
}

const STDERR_LINES_KEPT = 8;

/**
 * Starts `deno jupyter --kernel` in a folder.
 *
 * The connection file holds the session's key: it is readable by its owner alone
 * and removed when the process ends.
 *
 * @param options Working directory, an existing folder for the connection file, and
 *   variables added to the environment.
 * @returns The process; it may not be listening yet.
 */
export async function startKernelProcess(
  { directory, scratch, env }: {
    directory: string;
    scratch: string;
    env?: Readonly<Record<string, string>>;
  },
): Promise<KernelProcess> {
  const connection = chooseConnection();
  const file = await Deno.makeTempFile({
    dir: await Deno.realPath(scratch),
    prefix: "kernel-",
    suffix: ".json",
  });
  try {
    await Deno.writeTextFile(file, JSON.stringify(connection), { mode: 0o600 });
    const child = new Deno.Command(Deno.execPath(), {
      args: ["jupyter", "--kernel", "--conn", file],
      cwd: directory,
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return watch(child, { connection, file });
  } catch (error) {
    await Deno.remove(file).catch(() => {});
    throw error;
  }
}

function watch(
  child: Deno.ChildProcess,
  { connection, file }: { connection: ConnectionInfo; file: string },
): KernelProcess {
  let running = true;
  const words = keepLastLines(child.stderr);
  const ended = (async () => {
    const status = await child.status;
    running = false;
    await Deno.remove(file).catch(() => {});
    return describeEnd(status, await words);
  })();
  const signal = (name: Deno.Signal) => {
    if (running) child.kill(name);
  };
  return {
    pid: child.pid,
    connection,
    ended,
    hasEnded: () => !running,
    signal,
    async kill() {
      signal("SIGKILL");
      await ended;
    },
  };
}

function describeEnd(status: Deno.CommandStatus, stderr: string[]): string {
  const how = status.signal
    ? `killed by ${status.signal}`
    : `exit status ${status.code}`;
  return stderr.length === 0 ? how : `${how}\n${stderr.join("\n")}`;
}

async function keepLastLines(stream: ReadableStream<Uint8Array>): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      text = text.split("\n").slice(-STDERR_LINES_KEPT - 1).join("\n");
    }
  } catch {
    // the pipe broke with the process: what was read is what there is
  }
  return text.split("\n").filter((line) =>
    line.trim() !== "" && !line.includes('"deno jupyter" is unstable')
  );
}

/** Asks the system for free ports; held together so that no two are the same. */
function chooseConnection(): ConnectionInfo {
  const listeners = Array.from(
    { length: 5 },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = listeners
    .map((listener) => listener.addr.port);
  for (const listener of listeners) listener.close();
  return {
    ip: "127.0.0.1",
    transport: "tcp",
    shell_port,
    iopub_port,
    stdin_port,
    control_port,
    hb_port,
    key: crypto.randomUUID(),
    signature_scheme: "hmac-sha256",
    kernel_name: "deno",
  };
}
