import { emitEvent, type EventSink } from "../../core/event.js";
import type { Mailer, MailMessage } from "./mailer.js";

/** Where the links of letters lead to: pages of yours, which hand the token on. */
export interface LinkTargets {
  readonly verifyEmail: (token: string) => string;
  readonly resetPassword: (token: string) => string;
  readonly signIn: () => string;
  readonly acceptInvitation: (token: string, tenantSlug: string) => string;
}

/**
 * The fragment keeps a token out of logs and of `Referer`: browsers send it nowhere.
 * @param origin of the auth host, without a slash at the end
 */
export function usualLinks(origin: string): LinkTargets {
  return {
    verifyEmail: (token) => `${origin}/verify-email#token=${token}`,
    resetPassword: (token) => `${origin}/reset-password#token=${token}`,
    signIn: () => `${origin}/sign-in`,
    acceptInvitation: (token, slug) => `${origin}/invitation#tenant=${slug}&token=${token}`,
  };
}

/** What identity writes to people. Plain text; what users typed is in none but an invitation. */
export interface Letters {
  verifyEmail(to: string, token: string): void;
  resetPassword(to: string, token: string): void;
  /** To whoever signed up with an address that has an account. */
  alreadyRegistered(to: string): void;
  passwordChanged(to: string): void;
  invitation(to: string, token: string, tenant: { id: string; slug: string; name: string }): void;
  /** An old refresh token was used again. */
  deviceSignedOut(to: string, tenantId: string): void;
}

/**
 * Hands letters to the mailer without waiting: how long that takes must not tell whether there is an
 * account. A letter that could not be handed over is the event `mail.failed`.
 */
export function createLetters(options: {
  readonly mailer: Mailer;
  readonly links: LinkTargets;
  readonly serviceName: string;
  readonly events: EventSink;
}): Letters {
  const { mailer, links, serviceName, events } = options;
  const send = (message: MailMessage): void =>
    void Promise.resolve(message)
      .then((given) => mailer.send(given))
      .catch((error: unknown) =>
        emitEvent(events, {
          type: "mail.failed",
          severity: "warning",
          message: `A letter could not be sent: ${error instanceof Error ? error.name : "unknown"}.`,
          detail: { kind: message.kind },
        }),
      );
  const letter = (kind: string, to: string, subject: string, lines: readonly string[]) =>
    send({ kind, to, subject, text: `${lines.join("\n\n")}\n` });

  return {
    verifyEmail: (to, token) =>
      letter("verify-email", to, `Confirm your address for ${serviceName}`, [
        `Someone, we hope you, signed up for ${serviceName} with this address.`,
        `Confirm it within a day: ${links.verifyEmail(token)}`,
        "If it was not you, do nothing.",
      ]),
    resetPassword: (to, token) =>
      letter("reset-password", to, `Choose a new password for ${serviceName}`, [
        `Someone, we hope you, asked for a new password of your account at ${serviceName}.`,
        `Choose one within 30 minutes: ${links.resetPassword(token)}`,
        "If it was not you, do nothing: your password stays as it is.",
      ]),
    alreadyRegistered: (to) =>
      letter("already-registered", to, `You have an account at ${serviceName}`, [
        `Someone, we hope you, signed up for ${serviceName} with this address, which has an account.`,
        `Sign in, or ask for a new password: ${links.signIn()}`,
        "If it was not you, do nothing.",
      ]),
    passwordChanged: (to) =>
      letter("password-changed", to, `Your password for ${serviceName} was changed`, [
        `The password of your account at ${serviceName} was changed, and other devices were signed out.`,
        `If it was not you, ask for a new password at once: ${links.signIn()}`,
      ]),
    invitation: (to, token, { id, slug, name }) =>
      send({
        ...{ kind: "invitation", to, tenantId: id },
        subject: `An invitation to ${oneLine(name)} at ${serviceName}`.slice(0, 255),
        text: `You are invited to ${oneLine(name)} at ${serviceName}.\n\nAccept within seven days, with an account of this address: ${links.acceptInvitation(token, slug)}\n`,
      }),
    deviceSignedOut: (to, tenantId) =>
      send({
        ...{ kind: "device-signed-out", to, tenantId },
        subject: `A device was signed out of ${serviceName}`,
        text: `A sign-in of yours was used in two places at once, which a copied token does too. That device was signed out.\n\nIf you did not expect this, change your password: ${links.signIn()}\n`,
      }),
  };
}

function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
}
