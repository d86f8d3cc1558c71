import { checkWhole } from "../../core/check-whole.js";
import { logEvents, type EventSink } from "../../core/event.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { askIfBreached } from "./breach-check.js";
import type { IsBreached } from "./breached.js";
import { containsTooMuchOf } from "./context-words.js";
import { mostPasswordBytes, normalPassword } from "./normal-form.js";

export interface PasswordRulesOptions {
  /** The service's name, as people know it: no password may rest on it. */
  readonly serviceName: string;
  /** Whether a password alone signs nobody in: then 8 characters do, and 15 else. Default false. */
  readonly secondFactorRequired?: boolean;
  /** Default none: then nothing is compared with what is known from breaches, which NIST asks for. */
  readonly isBreached?: IsBreached;
  /** Milliseconds that `isBreached` may take, 10 to 30,000. Default 2,000. */
  readonly breachTimeout?: number;
  /** Told when `isBreached` fails. Default: a JSON line on stderr. */
  readonly onEvent?: EventSink;
}

export interface PasswordOwner {
  /** The e-mail address of the account. */
  readonly emailAddress?: string;
}

export interface PasswordRules {
  /** What is wrong with a password that somebody chose: plain sentences, none where it is good. */
  problems(password: unknown, owner?: PasswordOwner): Promise<readonly string[]>;
  /** @throws {TenantryError} `PASSWORD_WEAK` with `problems` */
  check(password: unknown, owner?: PasswordOwner): Promise<void>;
}

/** Control characters, halves of surrogate pairs, private and unassigned ones, line separators. */
const notPrinting = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/**
 * The rules of NIST SP 800-63B-4 §3.1.1.2: length, a list, and nothing about kinds of characters or
 * periodic changes. Code points are counted after NFC; 1,024 bytes is the most.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createPasswordRules(options: PasswordRulesOptions): PasswordRules {
  const { serviceName, secondFactorRequired = false, isBreached } = options ?? {};
  const { breachTimeout = 2_000, onEvent = logEvents } = options ?? {};
  if (typeof serviceName !== "string" || serviceName.trim() === "" || serviceName.length > 255) {
    throw new TenantryError("CONFIG_INVALID", {
      message: "`serviceName` is missing or too long.",
      fix: "Pass the name that people know your service by.",
    });
  }
  const timeout = checkWhole("`breachTimeout`", breachTimeout, 10, 30_000);
  const least = secondFactorRequired ? 8 : 15;

  const problems = async (
    password: unknown,
    { emailAddress }: PasswordOwner = {},
  ): Promise<readonly string[]> => {
    if (typeof password !== "string") return ["It is missing."];
    const normal = normalPassword(password);
    if (normal === null) {
      return [`It is longer than ${mostPasswordBytes} bytes, or holds a broken character.`];
    }
    const found = [
      ...([...normal].length < least ? [`It has fewer than ${least} characters.`] : []),
      ...(notPrinting.test(normal) ? ["It holds a character that cannot be seen."] : []),
      ...(containsTooMuchOf(normal, emailAddress?.split("@")[0], least)
        ? ["It is little more than the name in your e-mail address."]
        : []),
      ...(containsTooMuchOf(normal, serviceName, least)
        ? ["It is little more than the name of this service."]
        : []),
    ];
    // Asked last, so that nothing of a password that is refused anyway leaves the process.
    if (found.length > 0 || isBreached === undefined) return found;
    const breached = await askIfBreached(normal, isBreached, { timeout, events: onEvent });
    return breached ? ["It is known from a leak of passwords, or much used."] : [];
  };
  return {
    problems,
    async check(password, owner) {
      const found = await problems(password, owner);
      if (found.length > 0) throw weak(found);
    },
  };
}

function weak(problems: readonly string[]): TenantryError {
  return new TenantryError("PASSWORD_WEAK", {
    message: `A chosen password is not acceptable: ${problems.join(" ")}`,
    fix: "Have another one chosen: several words that do not belong together are long and easy to type.",
    problems,
  });
}
