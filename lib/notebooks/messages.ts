/**
 * Jupyter messages on the wire: four JSON parts behind a delimiter, signed with
 * HMAC-SHA256.
 *
 * Source: the Jupyter client documentation, "Messaging in Jupyter", protocol 5.3.
 *
 * @module
 */

import { createHmac, timingSafeEqual } from "node:crypto";

const DELIMITER = "<IDS|MSG>";
const PROTOCOL_VERSION = "5.3";

/** A JSON object of which nothing is known yet. */
export type JsonObject = Record<string, unknown>;

/** One Jupyter message, without its routing frames and buffers. */
export interface JupyterMessage {
  /** Unique id of the message. */
  readonly id: string;
  /** Message type, such as `"execute_request"` or `"stream"`. */
  readonly type: string;
  /** Id of the request that the message answers or belongs to, if any. */
  readonly parentId?: string;
  /** The payload. */
  readonly content: JsonObject;
}

/** Who signs a message. */
export interface Signature {
  /** Shared secret from the connection file. */
  readonly key: string;
  /** Session id written in the header of what we send. */
  readonly session: string;
}

/**
 * Encodes a request as the frames of one multipart message.
 *
 * @param message The message; `parentId` is not sent.
 * @param signature Key and session.
 * @returns Delimiter, signature, header, parent header, metadata and content.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeMessage, encodeMessage } from "./messages.ts";
 *
 * const message = { id: "1", type: "kernel_info_request", content: {} };
 * const frames = encodeMessage(message, { key: "secret", session: "s" });
 * assertEquals(decodeMessage(frames, "secret"), { ...message, parentId: undefined });
 * ```
 */
export function encodeMessage(
  message: JupyterMessage,
  signature: Signature,
): Uint8Array[] {
  const header = {
    msg_id: message.id,
    session: signature.session,
    username: "elbo",
    date: new Date().toISOString(),
    msg_type: message.type,
    version: PROTOCOL_VERSION,
  };
  const encoder = new TextEncoder();
  const parts = [header, {}, {}, message.content].map((part) =>
    encoder.encode(JSON.stringify(part))
  );
  return [
    encoder.encode(DELIMITER),
    encoder.encode(sign(parts, signature.key)),
    ...parts,
  ];
}

/**
 * Decodes the frames of one multipart message and verifies its signature.
 *
 * @param frames Frames as received; those before the delimiter are routing.
 * @param key Shared secret from the connection file.
 * @returns The message.
 * @throws {SyntaxError} When the frames are no Jupyter message or wrongly signed.
 */
export function decodeMessage(
  frames: readonly Uint8Array[],
  key: string,
): JupyterMessage {
  const decoder = new TextDecoder();
  const start = frames.findIndex((frame) =>
    frame.length === DELIMITER.length && decoder.decode(frame) === DELIMITER
  );
  if (start < 0 || frames.length < start + 6) {
    throw new SyntaxError(
      "Cannot read the kernel's message as it must hold a delimiter and five parts: " +
        `${frames.length} frames`,
    );
  }
  const parts = frames.slice(start + 2, start + 6);
  const received = new TextEncoder().encode(decoder.decode(frames[start + 1]));
  const expected = new TextEncoder().encode(sign(parts, key));
  if (
    received.length !== expected.length || !timingSafeEqual(received, expected)
  ) {
    throw new SyntaxError(
      "Cannot read the kernel's message as its signature must match the " +
        "connection's key: it does not",
    );
  }
  const [header, parent, , content] = parts.map((part) =>
    JSON.parse(decoder.decode(part)) as JsonObject
  );
  return {
    id: String(header.msg_id),
    type: String(header.msg_type),
    parentId: typeof parent.msg_id === "string" ? parent.msg_id : undefined,
    content,
  };
}

function sign(parts: readonly Uint8Array[], key: string): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
