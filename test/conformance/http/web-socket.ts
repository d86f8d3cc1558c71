import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { open } from "./client.js";

/** As much of RFC 6455 as a test needs: text frames of fewer than 126 bytes, and nothing in parts. */

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Answers the handshake of an upgrade, and calls back for every text message. */
export function acceptWebSocket(
  message: IncomingMessage,
  socket: Duplex,
  onText: (text: string, send: (text: string) => void) => void,
): void {
  const key = String(message.headers["sec-websocket-key"]);
  const accept = createHash("sha1")
    .update(key + guid)
    .digest("base64");
  const lines = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${accept}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
  const send = (text: string) => socket.write(Buffer.concat([head(text), Buffer.from(text)]));
  socket.on("end", () => socket.end());
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 6 && rest.length >= 6 + (rest[1]! & 0x7f)) {
      const length = rest[1]! & 0x7f;
      onText(masked(rest.subarray(6, 6 + length), rest.subarray(2, 6)).toString(), send);
      rest = rest.subarray(6 + length);
    }
  });
}

const head = (text: string, mask = 0) => Buffer.from([0x81, mask | Buffer.byteLength(text)]);

const masked = (bytes: Uint8Array, mask: Uint8Array) =>
  Buffer.from(bytes.map((byte, index) => byte ^ mask[index % 4]!));

/** The text of a request for a WebSocket. */
export function handshake(path: string, lines: readonly string[]): string {
  const own = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
  ];
  return `${[`GET ${path} HTTP/1.1`, ...lines, ...own].join("\r\n")}\r\n\r\n`;
}

/** A client; `received` has all bytes that came, as they came. */
export function openWebSocket(
  port: number,
  path: string,
  lines: readonly string[],
): ReturnType<typeof open> & { send(text: string): void } {
  const opened = open(port);
  opened.socket.write(handshake(path, lines));
  return {
    ...opened,
    send(text) {
      const mask = randomBytes(4);
      opened.socket.write(Buffer.concat([head(text, 0x80), mask, masked(Buffer.from(text), mask)]));
    },
  };
}
