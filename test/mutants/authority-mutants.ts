import { mutantBelow } from "./mutant-below.js";
import type { SourceMutant } from "./source-mutants.js";

const mutant = mutantBelow("identity/authority");

/** Faults of the authority, each with the probe of authority-probes.ts that must notice. */
export const authorityMutants: readonly SourceMutant[] = [
  mutant(
    "a member's announcement is not heard",
    "known-members.ts",
    "< version) entries.delete(name);",
    "< version) void name;",
    "a-changed-member-is-refused",
  ),
  mutant(
    "a tenant's announcement is not heard",
    "known-members.ts",
    "< version) tenants.delete(tenantId);",
    "< version) void tenantId;",
    "a-raised-tenant-version-is-in-force",
  ),
  mutant(
    "a tenant's members do not fall with its version",
    "known-members.ts",
    "void (tenant.isCurrent = false)",
    "void tenant",
    "a-raised-tenant-version-is-in-force",
  ),
  mutant(
    "a denial's announcement is not heard",
    "authority.ts",
    "else denied.add(change);",
    "",
    "a-denied-token-is-refused",
  ),
  mutant(
    "whether a token was denied is not asked",
    "authority.ts",
    'if (isDenied) return "denied";',
    "",
    "a-denied-token-is-refused",
  ),
  mutant(
    "a membership's version is not compared",
    "authority.ts",
    "claims.membershipVersion !== state.version",
    "claims.membershipVersion < 0",
    "a-changed-member-is-refused",
  ),
  mutant(
    "a tenant's version is not compared",
    "authority.ts",
    "claims.tenantVersion === state.tenantVersion ?",
    "claims.tenantVersion >= 0 ?",
    "a-raised-tenant-version-is-in-force",
  ),
  mutant(
    "a membership's status is not asked, by the authority",
    "authority.ts",
    'if (!state.isActive) return "inactive";',
    "",
    "an-inactive-member-is-refused-with-any-token",
  ),
  mutant(
    "an account's status is not asked, by the authority",
    "statements.ts",
    " and o.status = 'active'",
    "",
    "a-disabled-account-is-refused-everywhere",
  ),
  mutant(
    "who revokes waits for the announcement like all others",
    "authority.ts",
    "      changed(change);\n      feed.",
    "      feed.",
    "a-revocation-holds-at-once-where-it-was-made",
  ),
  {
    name: "a denial is for the token of that id in any tenant",
    file: "identity/authority/deny-list.ts",
    changes: [
      [
        "const name = tenantId + tokenId;\n      if (tokens.has",
        "const name = tokenId;\n      if (tokens.has",
      ],
      [
        "const name = tenantId + tokenId;\n    if (tokens.size",
        "const name = tokenId;\n    if (tokens.size",
      ],
    ],
    killedBy: "a-denial-is-of-the-tenants-own-token",
  },
  mutant(
    "what came in while a member was read is not looked at",
    "known-members.ts",
    "state.version < underWay.atLeast",
    "state.version < -1",
    "a-change-overtakes-a-read",
  ),
  mutant(
    "what came in of the tenant while a member was read is not looked at",
    "known-members.ts",
    "Math.max(underWay.tenantAtLeast, tenantVersion)",
    "tenantVersion",
    "a-tenants-change-overtakes-a-read",
  ),
  mutant(
    "a read from before a gap counts",
    "known-members.ts",
    "isMissed: true, ",
    "",
    "a-gap-overtakes-a-read",
  ),
  mutant(
    "a doubt does not reach what is being read",
    "known-members.ts",
    "if (underWay) underWay.isDoubted = true;",
    "void underWay;",
    "a-doubt-overtakes-a-read",
  ),
  mutant(
    "a token that is ahead of an answer is refused for it",
    "authority.ts",
    "return isAhead(claims, state) ? members.read(tenantId, accountId) : state;",
    "return state;",
    "a-new-token-is-not-refused-for-an-old-answer",
  ),
  mutant(
    "a token that is ahead of memory is refused for it",
    "authority.ts",
    " || isAhead(claims, state)) {",
    ") {",
    "a-new-token-is-not-refused-for-what-is-kept",
  ),
  mutant(
    "members are kept over a gap",
    "known-members.ts",
    "entries.clear();\n      tenants.clear();",
    "",
    "what-was-missed-is-read-again",
  ),
  mutant(
    "the list of denials is kept over a gap",
    "deny-list.ts",
    "if (listed.epoch !== epoch || isFull())",
    "if (listed.epoch < 0 || isFull())",
    "missed-denials-are-waited-for",
  ),
  mutant(
    "members are kept as long without a feed",
    "known-members.ts",
    "(isUp() ? ttl : degradedTtl)",
    "ttl",
    "without-a-feed-members-are-asked-each-second",
  ),
  mutant(
    "the list of denials is kept as long without a feed",
    "deny-list.ts",
    "return isUp() || now() - listed.at <= degradedTtl ? false : undefined;",
    "return false;",
    "without-a-feed-denials-are-asked-each-second",
  ),
  mutant(
    "without a feed, an answer may be as old as it likes",
    "reads.ts",
    "if (!isUp() && now() - began > degradedTtl) throw tooSlow();",
    "",
    "without-a-feed-a-slow-answer-is-none",
  ),
  mutant(
    "with a feed, members are kept for ever",
    "known-members.ts",
    "(isUp() ? ttl : degradedTtl)",
    "(isUp() ? Infinity : degradedTtl)",
    "nothing-is-kept-for-ever",
  ),
  mutant(
    "nothing that was read is kept",
    "known-members.ts",
    "entries.set(name, { ...state, tenant, at, epoch });",
    "",
    "memory-answers",
  ),
  mutant(
    "any number of members is kept",
    "known-members.ts",
    "new LRUCache<string, Entry>({ max: maxMembers })",
    "new LRUCache<string, Entry>({ max: 1e6 })",
    "memory-is-bounded",
  ),
  mutant(
    "any number of denials is kept",
    "deny-list.ts",
    "if (tokens.size < maxDenied ||",
    "if (tokens.size < 1e6 ||",
    "denials-are-bounded-and-hold",
  ),
  mutant(
    "denials for which there is no room are forgotten",
    "deny-list.ts",
    "    epoch += 1;\n    overflowUntil = now() + overflowPause;\n",
    "",
    "denials-are-bounded-and-hold",
  ),
  mutant(
    "an authority's announcement needs no MAC",
    "payload.ts",
    "return isAnnouncementGenuine(keys, text, keyId, mac, kind);",
    "return true;",
    "a-forgery-changes-nothing",
  ),
  mutant(
    "a version's MAC is good for a denial",
    "payload.ts",
    'isDenial ? "denied" : "authority"',
    '"authority"',
    "kinds-of-announcements-do-not-meet",
  ),
  mutant(
    "what nothing proves is thrown away",
    "authority-feed.ts",
    "else listener.doubted(announcement.doubt);",
    "",
    "what-nothing-proves-is-in-force",
  ),
  mutant(
    "a doubted member is kept",
    "known-members.ts",
    "\n        entries.delete(name);",
    "",
    "what-nothing-proves-is-in-force",
  ),
  mutant(
    "a doubted tenant is kept",
    "known-members.ts",
    "tenants.delete(doubt.tenantId);",
    "",
    "what-nothing-proves-is-in-force",
  ),
  mutant(
    "a doubted token is not asked about",
    "deny-list.ts",
    "if (doubts.has(name)) return undefined;",
    "",
    "what-nothing-proves-is-in-force",
  ),
  mutant(
    "what cannot be read is about no member",
    "known-members.ts",
    "epoch += 1;",
    "",
    "what-cannot-be-read-is-about-everyone",
  ),
  mutant(
    "what cannot be read is about no token",
    "deny-list.ts",
    "if (doubt === null) epoch += 1;",
    "if (doubt === null) return;",
    "what-cannot-be-read-is-about-everyone",
  ),
  mutant(
    "as long as there are doubts nobody gets an answer",
    "known-members.ts",
    "if (underWay.isDoubted && !doubtedBefore)",
    "if (underWay.isDoubted)",
    "doubts-without-pause-harm-nobody",
  ),
  mutant(
    "a doubted answer is kept",
    "known-members.ts",
    "if (!underWay.isDoubted) keep(",
    "keep(",
    "doubts-without-pause-harm-nobody",
  ),
  mutant(
    "a database that is away knows of no member",
    "database.ts",
    '          if (isTenantryError(error, "TENANT_NOT_FOUND")) return { rows: [] };\n          throw error;',
    "          return { rows: [] };",
    "where-nobody-can-be-asked-nobody-passes",
  ),
  mutant(
    "what is closed answers from memory",
    "authority.ts",
    "if (closed || state === undefined",
    "if (state === undefined",
    "what-is-closed-lets-nobody-pass",
  ),
  mutant(
    "a denial leaves no event",
    "statements.ts",
    "from denied d\n",
    "from denied d where false\n",
    "revocations-are-written-down",
  ),
  mutant(
    "a raised version leaves no event",
    "statements.ts",
    "from raised r\n",
    "from raised r where false\n",
    "revocations-are-written-down",
  ),
  mutant(
    "a later denial shortens an earlier one",
    "statements.ts",
    "greatest(d.expires_at, excluded.expires_at)",
    "excluded.expires_at",
    "a-denial-lasts-as-long-as-its-token",
  ),
  mutant(
    "a denial takes others away that still count",
    "statements.ts",
    "o.expires_at < now() - interval '10 minutes'",
    "o.expires_at < now() + interval '1 day'",
    "a-denial-lasts-as-long-as-its-token",
  ),
  mutant(
    "the reason of a stale token is told",
    "refusal.ts",
    '"What the access token says is true no more."',
    "`What the access token says is true no more: ${because}.`",
    "the-reason-is-told-to-the-event-alone",
  ),
];

/** A fault of migrations/000006_identity.sql. */
export interface AuthorityDatabaseMutant {
  readonly name: string;
  readonly sql: string;
  /** Makes it sound again. */
  readonly undo: string;
  readonly killedBy: string;
}

const silenced = (name: string, table: string, killedBy: string): AuthorityDatabaseMutant => ({
  name,
  sql: `alter table tenantry.${table} disable trigger announce`,
  undo: `alter table tenantry.${table} enable trigger announce`,
  killedBy,
});

const granted = (name: string, what: string, killedBy: string): AuthorityDatabaseMutant => ({
  name,
  sql: `grant ${what} to tenantry_app`,
  undo: `revoke ${what} from tenantry_app`,
  killedBy,
});

export const authorityDatabaseMutants: readonly AuthorityDatabaseMutant[] = [
  silenced("a denial is announced to nobody", "denied_token", "a-denied-token-is-refused"),
  silenced("a membership is announced to nobody", "membership", "a-changed-member-is-refused"),
  silenced(
    "a tenant's version is announced to nobody",
    "tenant_authority",
    "a-raised-tenant-version-is-in-force",
  ),
  silenced(
    "a disabled account is announced to nobody",
    "account",
    "a-disabled-account-is-refused-everywhere",
  ),
  granted(
    "the application may read denied tokens",
    "select on tenantry.denied_token",
    "the-application-reaches-none-of-it",
  ),
  granted(
    "the application may deny tokens",
    "insert on tenantry.denied_token",
    "the-application-reaches-none-of-it",
  ),
  granted(
    "the application may have announcements signed",
    "execute on function tenantry.announce(text, text, text, text)",
    "the-application-reaches-none-of-it",
  ),
];
