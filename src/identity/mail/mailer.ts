/** A message to one person. */
export interface MailMessage {
  /** One e-mail address, as `parseEmailAddress` accepts it. */
  readonly to: string;
  /** One line, 1 to 255 characters. */
  readonly subject: string;
  /** 1 to 100,000 characters. */
  readonly text: string;
  /** The same for readers of HTML, 100,000 characters at most; escape what users wrote. */
  readonly html?: string;
  /** What the message is for, such as `invitation`: lower-case letters, digits, inner hyphens, 64 at most. */
  readonly kind: string;
  /** For whose sake it is sent; absent where it concerns an account and no tenant. */
  readonly tenantId?: string;
}

/**
 * Sends messages: over SMTP or a provider's API, which is yours to write, or `createOutbox`. Call
 * `checkMessage` first. It resolves when the message was handed over, and rejects where it was not.
 */
export interface Mailer {
  send(message: MailMessage): Promise<void>;
}
