/**
 * A running Deno Jupyter kernel and the few requests an executor makes of it.
 *
 * @module
 */

import {
  decodeMessage,
  encodeMessage,
  type JsonObject,
  type JupyterMessage,
  type Signature,
} from "./messages.ts";
import { type KernelProcess, startKernelProcess } from "./kernel_process.ts";
import { connectZmtp, type SocketType, type ZmtpSocket } from "./zmtp.ts";

/** How long after `idle` late outputs are still read, in milliseconds. */
export const SETTLE_MS = 60;

const CONNECT_TIMEOUT_MS = 30_000;
const SHUTDOWN_TIMEOUT_MS = 3_000;

/** The kernel process ended although nobody asked it to. */
export class KernelDeathError extends Error {
  /** The class's own, as messages show it. */
  override name = "KernelDeathError";
}

/** A cell ran longer than it may. */
export class CellTimeoutError extends Error {
  /** The class's own, as messages show it. */
  override name = "CellTimeoutError";
}

/** Options of {@link Kernel.execute}. */
export interface ExecuteOptions {
  /** Time limit in milliseconds. */
  readonly timeoutMs: number;
  /** Receives every iopub message of the request, in order of arrival. */
  readonly onMessage: (message: JupyterMessage) => void;
}

/** A running kernel. */
export interface Kernel {
  /** Process id. */
  readonly pid: number;
  /**
   * Runs one piece of code and waits until its last output has arrived.
   *
   * @returns The content of the kernel's `execute_reply`.
   * @throws {KernelDeathError} When the kernel ends meanwhile.
   * @throws {CellTimeoutError} When the time limit passes; the kernel is then of
   *   no more use and must be shut down.
   */
  execute(code: string, options: ExecuteOptions): Promise<JsonObject>;
  /** Sends SIGINT, as the stop button of a front end does. */
  interrupt(): void;
  /** Ends the process, kindly first; safe to call at any time. */
  shutdown(): Promise<void>;
}

/** Options of {@link startKernel}. */
export interface KernelOptions {
  /** Working directory of the kernel: the notebook's folder. */
  readonly directory: string;
  /** Existing folder for the short-lived connection file. */
  readonly scratch: string;
  /** Variables added to the kernel's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a Deno kernel and connects to it.
 *
 * @param options Working directory and scratch folder.
 * @returns The kernel, ready to execute.
 * @throws {KernelDeathError} When the kernel ends before it answers.
 */
export async function startKernel(options: KernelOptions): Promise<Kernel> {
  const process = await startKernelProcess(options);
  const client = new KernelClient(process);
  try {
    await client.connect();
  } catch (error) {
    await client.shutdown();
    throw error;
  }
  return client;
}

type Channel = "iopub" | "control" | "shell";

class KernelClient implements Kernel {
  readonly #process: KernelProcess;
  readonly #signature: Signature;
  /** Rejects when the kernel ends or says something that is no Jupyter message. */
  readonly #broken = Promise.withResolvers<never>();
  readonly #replies = new Map<string, (message: JupyterMessage) => void>();
  readonly #listeners = new Set<(message: JupyterMessage) => void>();
  readonly #sockets = new Map<Channel, ZmtpSocket>();
  readonly #pumps: Promise<void>[] = [];

  constructor(process: KernelProcess) {
    this.#process = process;
    this.#signature = { key: process.connection.key, session: crypto.randomUUID() };
    this.#broken.promise.catch(() => {}); // nobody may be waiting
    process.ended.then((how) =>
      this.#broken.reject(new KernelDeathError(`the kernel ended: ${how}`))
    );
  }

  get pid(): number {
    return this.#process.pid;
  }

  async connect(): Promise<void> {
    const { iopub_port, control_port, shell_port } = this.#process.connection;
    const deadline = Date.now() + CONNECT_TIMEOUT_MS;
    const open = async (channel: Channel, port: number, type: SocketType) => {
      const opened = connectWithRetries(port, { type, deadline });
      const socket = await this.#orBroken(opened);
      this.#sockets.set(channel, socket);
      this.#pumps.push(this.#pump(socket));
    };
    await open("iopub", iopub_port, "SUB");
    await open("control", control_port, "DEALER");
    await open("shell", shell_port, "DEALER");
    await this.#waitForSubscription(deadline);
  }

  async execute(code: string, options: ExecuteOptions): Promise<JsonObject> {
    const id = crypto.randomUUID();
    const idle = Promise.withResolvers<void>();
    const listener = (message: JupyterMessage) => {
      if (message.parentId !== id) return;
      if (message.type === "status") {
        if (message.content.execution_state === "idle") idle.resolve();
      } else options.onMessage(message);
    };
    this.#listeners.add(listener);
    try {
      const answered = this.#request("execute_request", id, {
        code,
        silent: false,
        store_history: true,
        user_expressions: {},
        allow_stdin: false,
        stop_on_error: true,
      });
      const finished = Promise.all([answered, idle.promise]);
      const reply = await within(this.#orBroken(finished), options.timeoutMs);
      if (reply === undefined) {
        throw new CellTimeoutError(
          `the cell ran longer than its limit of ${options.timeoutMs / 1000} s`,
        );
      }
      await delay(SETTLE_MS);
      if (this.#process.hasEnded()) await this.#broken.promise;
      return reply[0].content;
    } finally {
      this.#listeners.delete(listener);
      this.#replies.delete(id);
    }
  }

  interrupt(): void {
    this.#process.signal("SIGINT");
  }

  async shutdown(): Promise<void> {
    const control = this.#sockets.get("control");
    if (control !== undefined && !this.#process.hasEnded()) {
      const message = {
        id: crypto.randomUUID(),
        type: "shutdown_request",
        content: { restart: false },
      };
      await control.send(encodeMessage(message, this.#signature)).catch(() => {});
      await within(this.#process.ended, SHUTDOWN_TIMEOUT_MS);
    }
    await this.#process.kill();
    for (const socket of this.#sockets.values()) socket.close();
    await Promise.all(this.#pumps);
  }

  /** Asks until iopub speaks: messages before the subscription are lost. */
  async #waitForSubscription(deadline: number): Promise<void> {
    let heard = false;
    const listener = () => {
      heard = true;
    };
    this.#listeners.add(listener);
    try {
      while (!heard) {
        if (Date.now() > deadline) {
          throw new KernelDeathError(
            `the kernel did not answer within ${CONNECT_TIMEOUT_MS / 1000} s`,
          );
        }
        const id = crypto.randomUUID();
        await within(
          this.#orBroken(this.#request("kernel_info_request", id, {})),
          1000,
        );
        this.#replies.delete(id);
        if (!heard) await delay(20);
      }
      await delay(20); // the `idle` of the last request
    } finally {
      this.#listeners.delete(listener);
    }
  }

  async #request(
    type: string,
    id: string,
    content: JsonObject,
  ): Promise<JupyterMessage> {
    const reply = new Promise<JupyterMessage>((resolve) => {
      this.#replies.set(id, resolve);
    });
    const frames = encodeMessage({ id, type, content }, this.#signature);
    // A pipe that breaks means that the kernel is ending: its end says more.
    await this.#sockets.get("shell")?.send(frames).catch(() => this.#broken.promise);
    return await reply;
  }

  async #pump(socket: ZmtpSocket): Promise<void> {
    try {
      for (let frames; (frames = await socket.receive()) !== undefined;) {
        this.#deliver(decodeMessage(frames, this.#signature.key));
      }
    } catch (error) {
      this.#broken.reject(error);
    }
  }

  #deliver(message: JupyterMessage): void {
    if (message.type.endsWith("_reply") && message.parentId !== undefined) {
      this.#replies.get(message.parentId)?.(message);
      this.#replies.delete(message.parentId);
    } else {
      for (const listener of this.#listeners) listener(message);
    }
  }

  #orBroken<Value>(promise: Promise<Value>): Promise<Value> {
    return Promise.race([promise, this.#broken.promise]);
  }
}

async function connectWithRetries(
  port: number,
  { type, deadline }: { type: SocketType; deadline: number },
): Promise<ZmtpSocket> {
  while (true) {
    try {
      return await connectZmtp(port, type);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      if (Date.now() > deadline) {
        throw new KernelDeathError(
          `the kernel did not listen within ${CONNECT_TIMEOUT_MS / 1000} s`,
        );
      }
      await delay(20);
    }
  }
}

/** Resolves to `undefined` when the promise takes longer. */
async function within<Value>(
  promise: Promise<Value>,
  milliseconds: number,
): Promise<Value | undefined> {
  const limit = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => limit.resolve(undefined), milliseconds);
  try {
    return await Promise.race([promise, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
