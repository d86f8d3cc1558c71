import { TenantryError } from "../../core/tenantry-error.js";
import { checkMessage } from "./check-message.js";
import type { Mailer, MailMessage } from "./mailer.js";

export interface OutboxOptions {
  /** Messages that are kept, the newest: 1 to 10,000. Default 100. */
  readonly keep?: number;
  /** Takes one line for each message, without its text. Default: writes it to stderr. */
  readonly print?: (line: string) => void;
}

export interface Outbox extends Mailer {
  /** What was sent, the newest last. */
  messages(): readonly MailMessage[];
  clear(): void;
}

/**
 * A mailer for development and tests: it sends nothing, and keeps the last messages in memory, links to
 * sign in with included. Not for production.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createOutbox(options: OutboxOptions = {}): Outbox {
  const { keep = 100, print = (line) => void process.stderr.write(`${line}\n`) } = options;
  if (!Number.isInteger(keep) || keep < 1 || keep > 10_000) {
    throw new TenantryError("CONFIG_INVALID", {
      message: `\`keep\` of an outbox is ${String(keep)}.`,
      fix: "Pass a whole number from 1 to 10000.",
    });
  }
  let kept: readonly MailMessage[] = [];
  return {
    async send(given) {
      const message = checkMessage(given);
      kept = [...kept, message].slice(-keep);
      print(`mail to ${message.to} (${message.kind}): ${message.subject}`);
    },
    messages: () => kept,
    clear: () => void (kept = []),
  };
}
