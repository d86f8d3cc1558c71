import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newUuid } from "../../core/uuid.js";
import { checkMessage } from "./check-message.js";
import type { MailMessage } from "./mailer.js";
import { createOutbox } from "./outbox.js";

const sound: MailMessage = {
  to: "ada@example.com",
  subject: "Your invitation",
  text: "Hello Ada,\r\n\tfollow the link.\n",
  kind: "invitation",
};
const refused = expect.objectContaining({ code: "MAIL_INVALID" });
const outboxOf = (keep?: number) => {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  return { lines, outbox: createOutbox(keep === undefined ? { print } : { keep, print }) };
};

describe("the outbox", () => {
  it("keeps what was sent, and prints a line without its text", async () => {
    const { lines, outbox } = outboxOf();
    const full = { ...sound, html: "<p>Hello</p>", tenantId: newUuid() };
    await outbox.send(sound);
    await outbox.send(full);
    expect(outbox.messages()).toEqual([sound, full]);
    expect(lines).toEqual(Array(2).fill("mail to ada@example.com (invitation): Your invitation"));
    outbox.clear();
    expect(outbox.messages()).toEqual([]);
  });

  it("keeps the newest and no more than it is told", async () => {
    const { outbox } = outboxOf(3);
    for (let i = 0; i < 10; i++) await outbox.send({ ...sound, subject: `No ${i}` });
    expect(outbox.messages().map(({ subject }) => subject)).toEqual(["No 7", "No 8", "No 9"]);
  });

  it("keeps copies that do not change afterwards", async () => {
    const { outbox } = outboxOf();
    const message = { ...sound };
    await outbox.send(message);
    message.subject = "changed";
    expect(outbox.messages()[0]).toEqual(sound);
    expect(Object.isFrozen(outbox.messages()[0])).toBe(true);
  });

  it("keeps and prints nothing of a message that is refused", async () => {
    const { lines, outbox } = outboxOf();
    await expect(outbox.send({ ...sound, subject: "a\r\nBcc: eve@example.com" })).rejects.toEqual(
      refused,
    );
    expect([lines, outbox.messages()]).toEqual([[], []]);
  });

  it.each([0, -1, 1.5, 10_001])("refuses to keep %s messages", (keep) =>
    expect(() => createOutbox({ keep })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    ),
  );
});

describe("a message", () => {
  it.each<[string, Partial<Record<keyof MailMessage, unknown>>]>([
    ["a line break in the recipient", { to: "ada@example.com\r\nBcc: eve@example.com" }],
    ["a newline behind the recipient", { to: "ada@example.com\n" }],
    ["spaces around the recipient", { to: " ada@example.com" }],
    ["two recipients", { to: "ada@example.com, eve@example.com" }],
    ["a newline in the subject", { subject: "a\nb" }],
    ["a carriage return in the subject", { subject: "a\rb" }],
    ["a line separator in the subject", { subject: "a\u2028b" }],
    ["a next-line character in the subject", { subject: "a\u0085b" }],
    ["a NUL in the subject", { subject: "a\0b" }],
    ["an empty subject", { subject: "" }],
    ["a long subject", { subject: "a".repeat(256) }],
    ["a line break in the kind", { kind: "a\nb" }],
    ["a newline behind the kind", { kind: "invitation\n" }],
    ["an upper-case kind", { kind: "Invitation" }],
    ["no kind", { kind: undefined }],
    ["a line break in the tenant's id", { tenantId: "a\r\nb" }],
    ["a tenant's id that is none", { tenantId: "acme" }],
    ["a NUL in the text", { text: "a\0b" }],
    ["an escape sequence in the text", { text: "\u001b[31m" }],
    ["an escape sequence in the HTML", { html: "\u001b[31m" }],
    ["an empty text", { text: "" }],
    ["a text without end", { text: "a".repeat(100_001) }],
  ])("with %s is refused", (_, change) => {
    const message = { ...sound, ...change } as MailMessage;
    expect(() => checkMessage(message)).toThrow(refused);
  });

  it("never has a line break in a header, whatever was passed", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab@.\r\n\0 \u2028\u0085", "x@y.example") });
    const header = fc.record({ to: text, subject: text, kind: text, tenantId: text });
    fc.assert(
      fc.property(header, fc.boolean(), (given, withTenant): void => {
        const { tenantId, ...rest } = given;
        let checked: MailMessage;
        try {
          checked = checkMessage({ ...sound, ...rest, ...(withTenant ? { tenantId } : {}) });
        } catch (error) {
          expect(error).toEqual(refused);
          return;
        }
        expect(`${checked.to}${checked.subject}${checked.kind}`).not.toMatch(
          /[\r\n\0\u2028\u0085]/,
        );
      }),
      { numRuns: 500 },
    );
  });

  it("loses fields that no message has", () => {
    const message = { ...sound, headers: { bcc: "eve@example.com" } };
    expect(checkMessage(message)).toEqual(sound);
  });
});
