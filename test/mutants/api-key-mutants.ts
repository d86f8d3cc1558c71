import type { IdentityMutantRow } from "./identity-world.js";

const opens = "a-key-opens-what-it-was-made-for";
const other = "no-other-text-is-a-key";
const over = "a-key-is-over-when-it-is";
const overlap = "a-replaced-key-has-its-overlap";
const managers = "keys-are-the-managers";
const overtaken = "a-demotion-overtakes-a-key";
const busy = "a-busy-key-is-written-once-a-minute";

const keys = "api-key/api-keys.ts";
const text = "api-key/key-text.ts";
const statements = "api-key/statements.ts";

/** Faults of API keys, each with the probe of api-key-probes.ts that must notice. */
// prettier-ignore
export const apiKeyMutants: readonly IdentityMutantRow[] = [
  ["a key is kept as it is", text, 'return createHash("sha256").update(bytes).digest();', 'return bytes.length === secretLength ? Buffer.from(bytes) : createHash("sha256").update(bytes).digest();', opens],
  ["a key may what the application no longer knows", keys, "key.permissions.filter((name) => roles.permissions.has(name))", "[...key.permissions]", opens],
  ["a key acts as its maker", keys, '{ kind: "service", id: read.keyId }', '{ kind: "user", id: read.keyId }', opens],
  ["the secret of a key is not compared", statements, "k.secret_hash = $3 or", "k.secret_hash is distinct from $3 or", other],
  ["a key has several spellings", text, ' || bytes.toString("base64url") !== encoded', "", other],
  ["a mistyped key is asked for", text, "if (!timingSafeEqual(check(body), bytes.subarray(bodyLength))) return null;", "", other],
  ["a revoked key is good", statements, '"k.revoked_at is null and (k.expires_at', '"(k.expires_at', over],
  ["a key is good for ever", statements, "(k.expires_at is null or k.expires_at > now())", "(k.expires_at is null or k.expires_at > '-infinity')", over],
  ["a key that was over before it was made", keys, "expiresAt.getTime() > Date.now()", "expiresAt.getTime() >= 0", over],
  ["a key is not revoked", statements, "set revoked_at = now() from me", "set revoked_at = null from me", over],
  ["a key that is gone is revoked", keys, 'if (revoked === null) throw notInTenant("key");', "", over],
  ["revoked keys are listed", statements, "k.tenant_id = $1 and k.revoked_at is null\n", "k.tenant_id = $1\n", over],
  ["a suspended tenant's key is good", keys, 'if (tenant?.status !== "active") return null;', "if (tenant === null) return null;", "a-suspended-tenants-key-opens-nothing"],
  ["a replaced key is good for ever", statements, " and k.former_until > now()", "", overlap],
  ["a replaced key is over at once", statements, "(k.secret_hash = $3 or (k.former_hash = $3 and k.former_until > now()))", "k.secret_hash = $3", overlap],
  ["an overlap is not what was said", statements, "now() + make_interval(secs => $4)", "now() + make_interval(secs => $4 + 60)", overlap],
  ["an overlap has no bound", keys, " && seconds >= 0 && seconds <= 604_800", "", overlap],
  ["keys are made with more than one has", keys, "() => managerWith(tenant, sorted, by)", "() => manager(tenant, by)", managers],
  ["a stronger key is replaced", keys, "() => managerWith(tenant, kept.permissions, by)", "() => manager(tenant, by)", managers],
  ["any member manages keys", keys, '"keys:manage"', '"members:read"', managers],
  ["keys are listed to anybody", keys, "      await manager(tenant, by);\n      return run(", "      return run(", managers],
  ["a key has any permission", keys, "roles.permissions.has(permission))", "permission.length > 0)", managers],
  ["who was demoted meanwhile makes keys", statements, '${unchanged("$7", "$10")}', '${unchanged("$7", "(m.version + 0 * $10::bigint)")}', overtaken],
  ["who was demoted meanwhile replaces keys", statements, '${unchanged("$5", "$8")}', '${unchanged("$5", "(m.version + 0 * $8::bigint)")}', overtaken],
  ["who was demoted meanwhile revokes keys", statements, 'export const revoke = `\n  with ${unchanged("$3", "$6")}', 'export const revoke = `\n  with ${unchanged("$3", "(m.version + 0 * $6::bigint)")}', overtaken],
  ["each use of a key is written", statements, " and (t.used_at is null or t.used_at < now() - interval '1 minute')", "", busy],
  ["uses at once are each written", statements, "(t.used_at is null or t.used_at < now() - interval '1 minute')", "(k.used_at is null or k.used_at < now() - interval '1 minute')", busy],
  ["what happens to a key leaves no event", statements, "'permissions', k.permissions) from k\n", "'permissions', k.permissions) from k where false\n", "what-happens-to-keys-is-written-down"],
];
