/**
 * The little of ZMTP 3.0 (NULL mechanism) that a Jupyter client needs: it opens a
 * DEALER or SUB connection and exchanges multipart messages.
 *
 * Source: ZeroMQ RFC 23 (ZMTP 3.0).
 *
 * @module
 */

import { FrameReader } from "./frame_reader.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const GREETING_LENGTH = 64;
const FLAG_MORE = 1;
const FLAG_LONG = 2;
const FLAG_COMMAND = 4;

/** The kinds of socket a Jupyter client opens. */
export type SocketType = "DEALER" | "SUB";

/** An open ZMTP connection. */
export interface ZmtpSocket {
  /** Sends one multipart message. */
  send(frames: readonly Uint8Array[]): Promise<void>;
  /** Waits for the next message; `undefined` once the peer has closed. */
  receive(): Promise<Uint8Array<ArrayBuffer>[] | undefined>;
  /** Closes the connection; calling it twice is harmless. */
  close(): void;
}

/**
 * Opens a connection to a ZMTP 3.0 peer on this machine.
 *
 * A SUB socket subscribes to everything.
 *
 * @param port TCP port on 127.0.0.1.
 * @param type Socket type announced to the peer.
 * @returns The connection, once both sides are ready.
 * @throws {Deno.errors.ConnectionRefused} When nobody listens on the port.
 * @throws {SyntaxError} When the peer does not speak ZMTP 3 with the NULL mechanism.
 */
export async function connectZmtp(port: number, type: SocketType): Promise<ZmtpSocket> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    return await shakeHands(connection, type);
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function shakeHands(
  connection: Deno.TcpConn,
  type: SocketType,
): Promise<ZmtpSocket> {
  connection.setNoDelay(true);
  const reader = new FrameReader(connection.readable.getReader());
  const writer = connection.writable.getWriter();
  await writer.write(greeting());
  checkGreeting(await reader.read(GREETING_LENGTH));
  await writer.write(encodeFrame(readyCommand(type), { command: true, more: false }));
  await readFrame(reader); // the peer's READY
  if (type === "SUB") await writer.write(encodeFrame(Uint8Array.of(1)));

  let closed = false;
  return {
    async send(frames) {
      const last = frames.length - 1;
      await writer.write(
        concatenate(
          frames.map((frame, index) => encodeFrame(frame, { more: index < last })),
        ),
      );
    },
    async receive() {
      const frames: Uint8Array<ArrayBuffer>[] = [];
      try {
        while (true) {
          const { flags, body } = await readFrame(reader);
          if (flags & FLAG_COMMAND) continue;
          frames.push(body);
          if (!(flags & FLAG_MORE)) return frames;
        }
      } catch (error) {
        if (closed || isDisconnection(error)) return undefined;
        throw error;
      }
    },
    close() {
      if (closed) return;
      closed = true;
      try {
        connection.close();
      } catch (error) {
        // the streams close the connection themselves when the peer goes first
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    },
  };
}

function isDisconnection(error: unknown): boolean {
  return error instanceof Deno.errors.UnexpectedEof ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.Interrupted;
}

function greeting(): Uint8Array {
  const bytes = new Uint8Array(GREETING_LENGTH);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(encoder.encode("NULL"), 12);
  return bytes;
}

function checkGreeting(bytes: Uint8Array): void {
  const mechanism = decoder.decode(bytes.subarray(12, 32)).replace(/\0+$/, "");
  if (bytes[0] !== 0xff || bytes[10] < 3 || mechanism !== "NULL") {
    throw new SyntaxError(
      "Cannot connect to the kernel as its greeting must be that of ZMTP 3 with " +
        `the NULL mechanism: version ${bytes[10]}, mechanism "${mechanism}"`,
    );
  }
}

function readyCommand(type: SocketType): Uint8Array {
  return concatenate([
    shortString("READY"),
    property("Socket-Type", type),
    property("Identity", ""),
  ]);
}

function shortString(text: string): Uint8Array {
  return Uint8Array.of(text.length, ...encoder.encode(text));
}

function property(name: string, value: string): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, value.length);
  return concatenate([shortString(name), length, encoder.encode(value)]);
}

function encodeFrame(
  body: Uint8Array,
  { command = false, more = false }: { command?: boolean; more?: boolean } = {},
): Uint8Array {
  const long = body.length > 255;
  const head = new Uint8Array(long ? 9 : 2);
  head[0] = (more ? FLAG_MORE : 0) | (long ? FLAG_LONG : 0) |
    (command ? FLAG_COMMAND : 0);
  if (long) new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
  else head[1] = body.length;
  return concatenate([head, body]);
}

async function readFrame(
  reader: FrameReader,
): Promise<{ flags: number; body: Uint8Array<ArrayBuffer> }> {
  const [flags] = await reader.read(1);
  let length: number;
  if (flags & FLAG_LONG) {
    const bytes = await reader.read(8);
    length = Number(new DataView(bytes.buffer).getBigUint64(0));
  } else {
    [length] = await reader.read(1);
  }
  return { flags, body: await reader.read(length) };
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
