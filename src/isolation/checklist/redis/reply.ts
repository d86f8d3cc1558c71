/** What Redis answers, in RESP2: texts, numbers, lists of them, or nothing. */
export type Reply = string | number | null | readonly Reply[] | RedisRefusal;

/** An error that Redis itself answered; the connection goes on. */
export class RedisRefusal {
  constructor(readonly message: string) {}
}

/**
 * Reads one reply from what was received.
 * @returns the reply and where the next begins; null where it is not all there yet
 */
export function readReply(
  buffer: Buffer,
  start: number,
): { readonly reply: Reply; readonly end: number } | null {
  const stop = buffer.indexOf("\r\n", start);
  if (stop === -1) return null;
  const line = buffer.toString("utf8", start + 1, stop);
  const end = stop + 2;
  switch (buffer.toString("latin1", start, start + 1)) {
    case "+":
      return { reply: line, end };
    case "-":
      return { reply: new RedisRefusal(line), end };
    case ":":
      return { reply: Number(line), end };
    case "$":
      return readText(buffer, end, Number(line));
    case "*":
      return readList(buffer, end, Number(line));
    default:
      throw new Error("what answers there is no Redis");
  }
}

function readText(buffer: Buffer, start: number, length: number) {
  if (length === -1) return { reply: null, end: start };
  if (buffer.length < start + length + 2) return null;
  return { reply: buffer.toString("utf8", start, start + length), end: start + length + 2 };
}

function readList(buffer: Buffer, start: number, length: number) {
  if (length === -1) return { reply: null, end: start };
  const list: Reply[] = [];
  let end = start;
  for (let at = 0; at < length; at += 1) {
    const next = readReply(buffer, end);
    if (next === null) return null;
    list.push(next.reply);
    end = next.end;
  }
  return { reply: list, end };
}
