import { assertEquals, assertThrows } from "@std/assert";
import { createHmac } from "node:crypto";
import { FrameReader } from "../../lib/notebooks/frame_reader.ts";
import { decodeMessage, encodeMessage } from "../../lib/notebooks/messages.ts";

const message = { id: "1", type: "execute_request", content: { code: "π = 3" } };
const signature = { key: "secret", session: "s" };

Deno.test("messages: the signature is HMAC-SHA256 over the four parts", () => {
  const [delimiter, sign, ...parts] = encodeMessage(message, signature);
  const hmac = createHmac("sha256", "secret").update(
    new Uint8Array(parts.flatMap((part) => [...part])),
  );
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(delimiter), "<IDS|MSG>");
  assertEquals(decoder.decode(sign), hmac.digest("hex"));
});

Deno.test("messages: routing frames before the delimiter are skipped", () => {
  const frames = [Uint8Array.of(1, 2, 3), ...encodeMessage(message, signature)];
  assertEquals(decodeMessage(frames, "secret").content, message.content);
});

Deno.test("messages: a forged or broken message is refused", () => {
  const frames = encodeMessage(message, signature);
  assertThrows(() => decodeMessage(frames, "other"), SyntaxError, "signature");
  const forged = frames.with(5, new TextEncoder().encode(`{"code":"Deno.exit()"}`));
  assertThrows(() => decodeMessage(forged, "secret"), SyntaxError, "signature");
  assertThrows(() => decodeMessage(frames.slice(0, 4), "secret"), SyntaxError, "five");
  assertThrows(() => decodeMessage(frames.slice(1), "secret"), SyntaxError, "five");
});

Deno.test("frame reader: pieces of any size, and an early end", async () => {
  const pieces = [[1], [2, 3, 4, 5], [], [6]].map((bytes) => Uint8Array.from(bytes));
  const reader = new FrameReader(ReadableStream.from(pieces).getReader());
  assertEquals(await reader.read(0), new Uint8Array(0));
  assertEquals(await reader.read(3), Uint8Array.of(1, 2, 3));
  assertEquals(await reader.read(2), Uint8Array.of(4, 5));
  const error = await reader.read(2).catch((error: unknown) => error);
  assertEquals(error instanceof Deno.errors.UnexpectedEof, true);
});
