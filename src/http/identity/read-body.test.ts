import { describe, expect, it } from "vitest";
import { longestBody, readBody } from "./read-body.js";

const form = { "content-type": "application/x-www-form-urlencoded" };
const requestOf = (body: BodyInit, headers: Record<string, string> = form) =>
  new Request("https://auth.example.com/", {
    method: "POST",
    headers,
    body,
    duplex: "half",
  } as RequestInit);

/** A body in these pieces, which ends where it is said to. */
function streamOf(
  pieces: readonly string[],
  ends: boolean,
): { body: ReadableStream; stopped: () => boolean } {
  let isStopped = false;
  const rest = [...pieces];
  const body = new ReadableStream({
    pull(controller) {
      const piece = rest.shift();
      if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece));
      else if (ends) controller.close();
      else return new Promise(() => undefined);
      return undefined;
    },
    cancel: () => void (isStopped = true),
  });
  return { body, stopped: () => isStopped };
}

describe("a body", () => {
  it("is read to its end, in whatever pieces it comes", async () => {
    const { body } = streamOf(["gra", "nt_type=", "x&a", "=%C3", "%A9"], true);
    expect(await readBody(requestOf(body), "form")).toEqual({ grant_type: "x", a: "é" });
  });

  it("that is longer than is read is given up, and no more of it is asked for", async () => {
    const { body, stopped } = streamOf(["a=", "a".repeat(longestBody), "b", "c"], true);
    await expect(readBody(requestOf(body), "form")).rejects.toThrow(/longer than/);
    expect(stopped()).toBe(true);
  });

  it("of just that length is read", async () => {
    const { body } = streamOf(["a=", "a".repeat(longestBody - 2)], true);
    expect((await readBody(requestOf(body), "form"))["a"]).toHaveLength(longestBody - 2);
  });

  it("that does not end in time is given up", async () => {
    const { body, stopped } = streamOf(["grant_type=x"], false);
    await expect(readBody(requestOf(body), "form", 20)).rejects.toThrow(/within 20 ms/);
    expect(stopped()).toBe(true);
  });

  it("that breaks off is an error, and not what came until then", async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("grant_type=x")),
      pull: (controller) => controller.error(new Error("gone")),
    });
    await expect(readBody(requestOf(body), "form")).rejects.toThrow(/broke off/);
  });

  it("that is no UTF-8 is refused", async () => {
    await expect(readBody(requestOf(new Uint8Array([0x61, 0x3d, 0xff])), "form")).rejects.toThrow(
      /UTF-8/,
    );
  });
});
