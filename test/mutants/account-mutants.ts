import type { IdentityMutantRow } from "./identity-world.js";

const password = "a-new-password-ends-what-the-old-one-began";
const disabled = "a-disabled-account-has-no-session";
const noted = "what-happens-to-an-account-is-written-down";
const once = "a-link-is-good-once";
const inTime = "a-link-is-void-in-time";
const spelling = "a-token-is-nowhere-and-has-one-spelling";
const over = "a-session-is-over-when-it-is";
const own = "a-session-ends-for-its-account-alone";
const awake = "a-session-in-use-stays-awake";
const busy = "a-busy-session-is-written-once-a-minute";
const exchange = "an-exchange-is-for-one-tenant";

const statements = "account/statements.ts";
const links = "account/email-tokens.ts";
const sessions = "session/statements.ts";

/** Faults of accounts, links, sessions and the exchange, each with the probe of account-probes.ts that must notice. */
// prettier-ignore
export const accountMutants: readonly IdentityMutantRow[] = [
  ["a new password ends no session", statements, `ended("and s.id is distinct from $4::uuid", "'password'")`, `ended("and s.id = $4::uuid and false", "'password'")`, password],
  ["a new password ends one's own session", statements, `"and s.id is distinct from $4::uuid"`, `"and ($4::uuid is null or true)"`, password],
  ["a link to reset a password outlives the reset", statements, "and t.purpose = 'reset-password'", "and t.purpose = 'reset-password' and false", password],
  ["a new password takes all links along", statements, "where t.account_id = c.id and t.purpose = 'reset-password'", "where t.account_id = c.id", password],
  ["hashing anew ends sessions", "account/accounts.ts", 'because === "rehashed"', 'because.length === 0', password],
  ["sessions outlive the disabling of their account", statements, `ended("", "'account-disabled'")}, noted as (
    insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent)
    select id, 'account.disabled'`, `ended("and false", "'account-disabled'")}, noted as (
    insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent)
    select id, 'account.disabled'`, disabled],
  ["a session begun while its account was disabled comes back", statements, `ended("", "'account-disabled'")}, noted as (
    insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent)
    select id, 'account.enabled'`, `ended("and false", "'account-disabled'")}, noted as (
    insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent)
    select id, 'account.enabled'`, disabled],
  ["an account that is enabled is enabled again", statements, "where id = $1 and status = 'disabled'", "where id = $1", disabled],
  ["a disabled account signs in", sessions, "where a.id = $2 and a.status = 'active'", "where a.id = $2", disabled],
  ["a disabled account's session is found", sessions, "and ${inForce} and a.status = 'active'", "and ${inForce}", disabled],
  ["an address that is taken leaves no event", statements, "left join created c on true", "join created c on true", noted],
  ["a new password leaves no event", statements, "'done', $3, $5, $6 from changed", "'done', $3, $5, $6 from changed where false", noted],
  ["disabling leaves no event", statements, "'account.disabled', 'done', $2, $3, $4 from changed", "'account.disabled', 'done', $2, $3, $4 from changed where false", noted],
  ["enabling leaves no event", statements, "'account.enabled', 'done', $2, $3, $4 from changed", "'account.enabled', 'done', $2, $3, $4 from changed where false", noted],
  ["a sign-in leaves no event", sessions, "'methods', methods) from s\n", "'methods', methods) from s where false\n", noted],
  ["a sign-out leaves no event", sessions, "jsonb_build_object('session', id) from ended", "jsonb_build_object('session', id) from ended where false", noted],
  ["a used link leaves no event", links, "from used u left join verified v on v.id = u.account_id", "from used u left join verified v on v.id = u.account_id where false", noted],
  ["a used link proves nothing", links, "coalesce(a.email_verified_at, now())", "a.email_verified_at", noted],
  ["a link is good twice", links, "and used_at is null", "", once],
  ["a link is good for every purpose", links, "where token_hash = $1 and purpose = $2", "where token_hash = $1 and $2::text is not null", once],
  ["a link is good for ever", links, "and expires_at > now()", "", inTime],
  ["an earlier link stays good", links, "where account_id = $2 and purpose = $3)", "where account_id = $2 and purpose = $3 and false)", inTime],
  ["a link proves another address", links, "and a.email_key = u.email_key", "", inTime],
  ["a disabled account uses its link", links, " and a.email_key = u.email_key and a.status = 'active'", " and a.email_key = u.email_key", inTime],
  ["an opaque token has several spellings", "opaque-token.ts", 'if (Buffer.from(text, "base64url").toString("base64url") !== text) return null;\n  return hash(text);', 'return hash(Buffer.from(text, "base64url").toString("base64url"));', spelling],
  ["an opaque token is kept as it is", "opaque-token.ts", 'return createHash("sha256").update(token).digest();', 'return createHash("sha256").update(token).digest().length > 0 ? Buffer.from(token, "base64url") : Buffer.alloc(0);', spelling],
  ["a session that has ended is in force", sessions, "s.ended_at is null and s.idle_expires_at", "s.idle_expires_at", over],
  ["a session that was idle is in force", sessions, "s.idle_expires_at > now() and ", "", over],
  ["a session is in force for ever", sessions, " and s.expires_at > now()", "", over],
  ["sessions that are over are listed", sessions, "where s.account_id = $1 and ${inForce} order", "where s.account_id = $1 order", over],
  ["sessions of everybody are listed", sessions, "where s.account_id = $1 and ${inForce} order", "where $1::uuid is not null and ${inForce} order", own],
  ["anybody ends a session", sessions, "where s.account_id = $1 and s.ended_at is null", "where $1::uuid is not null and s.ended_at is null", own],
  ["to end one session is to end all", sessions, "s.id = coalesce($2::uuid, s.id)", "($2::uuid is null or true)", own],
  ["to end all sessions is to end one's own", sessions, "s.id is distinct from $3::uuid", "($3::uuid is null or true)", own],
  ["a session outlives the sign-in after it", sessions, "where s.token_hash = $8 and s.ended_at is null", "where s.token_hash = $8 and s.ended_at is null and false", "a-sign-in-ends-the-session-before-it"],
  ["a session in use falls asleep", sessions, "set seen_at = now(), idle_expires_at = now() + make_interval(mins => $2)", "set seen_at = now() + make_interval(mins => 0 * $2)", awake],
  ["a session in use never ends", sessions, "set seen_at = now(), idle", "set seen_at = now(), expires_at = now() + interval '60 days', idle", awake],
  ["each request writes to its session", sessions, " and t.seen_at < now() - interval '1 minute'", "", busy],
  ["requests at once each write to their session", sessions, "t.seen_at < now()", "s.seen_at < now()", busy],
  ["an exchange without a session fails in its own way", "exchange/exchange.ts", "if (session === null) throw noSession();", "", exchange],
  ["a refused refresh fails in its own way", "exchange/exchange.ts", 'if (result.outcome === "refused") throw result.error;', "", exchange],
  ["an exchange forgets the generation", "exchange/exchange.ts", "{ refreshToken, generation, grantExpiresAt: expiresAt }", "{ refreshToken, generation: 1, grantExpiresAt: expiresAt }", exchange],
  ["an exchange says when its access token ends", "exchange/exchange.ts", "grantExpiresAt: expiresAt }", "grantExpiresAt: Date.now() + 1 }", exchange],
];
