import pgModule from "pg";
import { logEvents } from "../../core/event.js";
import { createKeyRing } from "../../core/seal/key-ring.js";
import { configInvalid } from "../../resolver/refusal.js";
import { createAccounts } from "../account/accounts.js";
import { openIdentityDatabase } from "../identity-database.js";
import { createLetters, usualLinks } from "../mail/letters.js";
import { createRoles } from "../membership/roles.js";
import type { IdentityOptions } from "../options.js";
import { createSessions } from "../session/sessions.js";

/** What the rest stands on. Nothing connects before it is asked something. */
export type Foundation = ReturnType<typeof layFoundation>;

/** @throws {TenantryError} `CONFIG_INVALID`, `SECRET_WEAK` */
export function layFoundation(options: IdentityOptions<string>) {
  const { tenants, hosts, serviceName, mailer, onEvent: events = logEvents } = options;
  const { permissions = [], roles: builtIn = {}, links } = options;
  const issuer = originOf(options.issuer);
  const keys = createKeyRing(options.secret);
  const roles = createRoles({ permissions, roles: builtIn });
  const given = typeof options.database === "string" ? { url: options.database } : options.database;
  const database = openIdentityDatabase({ ...given, defaultPg: pgModule, keys, events });
  return {
    ...{ tenants, hosts, events, keys, roles, database, serviceName, issuer },
    audience: options.audience ?? issuer,
    letters: createLetters({ mailer, serviceName, events, links: links ?? usualLinks(issuer) }),
    accounts: createAccounts(database),
    sessions: createSessions(database, options.sessions),
  };
}

/** An origin and nothing else, so that `iss` is compared with what a request's URL says. */
function originOf(text: unknown): string {
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : null;
  if (url !== null && url.origin === text && /^https?:$/.test(url.protocol)) return url.origin;
  throw configInvalid(
    `\`issuer\` is ${JSON.stringify(text)}, which is no origin.`,
    'Pass scheme and host of the auth host, without a slash at the end: "https://auth.example.com".',
  );
}
