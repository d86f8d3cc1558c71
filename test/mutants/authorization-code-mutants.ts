import type { SourceMutant } from "./source-mutants.js";

const mutantOf =
  (file: string) =>
  (name: string, killedBy: string, find: string, replacement: string): SourceMutant => ({
    name,
    file: `identity/authorization/${file}`,
    changes: [[find, replacement]],
    killedBy,
  });
const statement = mutantOf("statements.ts");
const issuing = mutantOf("issue-code.ts");
const redeeming = mutantOf("redeem-code.ts");
const refusing = mutantOf("refuse-code.ts");

const taken = "where tenant_id = $1 and code_hash = $2\n  returning *";
const inactive =
  'isTenantryError(error, "TENANT_INACTIVE") || isTenantryError(error, "TENANT_NOT_FOUND")';
const endOfLoser = "  await end(parts, tenantId, grantId);\n";

/** Faults of authorization codes, each with the probe of authorization-code-probes.ts that must notice. */
export const authorizationCodeMutants: readonly SourceMutant[] = [
  statement(
    "a code is given to whoever asks",
    "only-who-may-is-given-a-code",
    "where ${mayAct}",
    "where w.at is not null or ${mayAct}",
  ),
  statement(
    "a code is good twice",
    "a-second-use-ends-the-grant",
    "when u.uses > 1 then 'used'",
    "when u.uses > 2 then 'used'",
  ),
  statement(
    "uses are counted by what was read before",
    "uses-at-once-are-told-apart",
    "uses = least(uses + 1, 3)",
    "uses = (select least(c.uses + 1, 3) from tenantry.authorization_code c where c.tenant_id = $1 and c.code_hash = $2)",
  ),
  statement(
    "an expired code is good",
    "a-code-has-its-minute",
    "u.expires_at <= u.used_at",
    "u.expires_at < u.created_at",
  ),
  statement(
    "a wrong verifier leaves the code",
    "a-wrong-guess-uses-the-code-up",
    taken,
    `where tenant_id = $1 and code_hash = $2 and code_challenge = $5\n  returning *`,
  ),
  statement(
    "another client leaves the code",
    "a-wrong-guess-uses-the-code-up",
    taken,
    `where tenant_id = $1 and code_hash = $2 and client is not distinct from $4\n  returning *`,
  ),
  statement(
    "a redirect URI is not compared with the code's",
    "a-code-is-for-its-redirect-uri",
    "u.redirect_uri is distinct from $3",
    "$3::text is null",
  ),
  statement(
    "a code is every client's",
    "a-code-is-for-its-client",
    "u.client is distinct from $4",
    "$4::text = ''",
  ),
  statement(
    "a code of no client is every client's",
    "a-code-is-for-its-client",
    "u.client is distinct from $4",
    "u.client <> $4",
  ),
  statement(
    "a verifier is not compared",
    "a-code-is-for-its-verifier",
    "u.code_challenge is distinct from $5",
    "$5::text is null",
  ),
  statement(
    "no verifier is no wrong one",
    "a-code-is-for-its-verifier",
    "u.code_challenge is distinct from $5",
    "u.code_challenge <> $5",
  ),
  mutantOf("pkce.ts")(
    "a challenge is as good as its verifier",
    "a-code-is-for-its-verifier",
    "return sha256(codeVerifier);\n}\n\nfunction",
    "return codeVerifier.length === 43 ? codeVerifier : sha256(codeVerifier);\n}\n\nfunction",
  ),
  statement(
    "a grant is linked though its code was used again",
    "an-early-second-use-takes-the-grant",
    "and uses = 1 and grant_id is null",
    "and grant_id is null",
  ),
  redeeming(
    "whether the grant was linked is not looked at",
    "an-early-second-use-takes-the-grant",
    "if (rows.length > 0) return;",
    "if (rows.length >= 0) return;",
  ),
  redeeming(
    "a grant that lost its code goes on",
    "an-early-second-use-takes-the-grant",
    endOfLoser,
    "",
  ),
  redeeming(
    "a second use ends nothing",
    "a-second-use-ends-the-grant",
    "if (grantId !== null) await end(parts, tenant.id, grantId);",
    "",
  ),
  redeeming(
    "a second use ends all that the tenant has",
    "a-second-use-ends-its-grant-alone",
    "grants.end(tenantId, { grantId }",
    "grants.end(tenantId, grantId === '' ? { grantId } : { all: true }",
  ),
  redeeming(
    "why a code is bad is not looked at",
    "a-code-is-for-its-verifier",
    "if (because !== null) {",
    "if (because === undefined) {",
  ),
  redeeming(
    "any text is compared",
    "odd-text-is-refused",
    'return isOne ? text : "";',
    "return isOne ? text : (text as string);",
  ),
  redeeming(
    "a suspended tenant's codes are refused in words of their own",
    "a-suspended-tenant-gives-no-codes",
    inactive,
    "error === null",
  ),
  issuing(
    "a suspended tenant is told from the rest",
    "a-suspended-tenant-gives-no-codes",
    inactive,
    "error === null",
  ),
  issuing(
    "a challenge is any text",
    "what-is-asked-for-is-looked-at",
    'if (!isCodeChallenge(codeChallenge)) throw invalid("codeChallenge");',
    "",
  ),
  issuing(
    "a code is kept as it is",
    "a-code-is-kept-as-a-hash",
    "const { token, hash } = newOpaqueToken();",
    "const { hash } = newOpaqueToken();\n  const token = hash.toString('base64url');",
  ),
  refusing(
    "the reason of a code's refusal is told",
    "refused-codes-are-alike",
    '"The authorization code was refused."',
    "`The authorization code was refused: ${because}.`",
  ),
  refusing(
    "a code in the wrong hands is nothing much",
    "a-code-in-the-wrong-hands-is-an-alert",
    'alarming.includes(because) ? "security" : "info"',
    'alarming.length === 0 ? "security" : "info"',
  ),
  statement(
    "a code leaves no event when it is given",
    "what-becomes-of-a-code-is-written-down",
    "from issued i\n)",
    "from issued i where false\n)",
  ),
  statement(
    "a code leaves no event when it is redeemed",
    "what-becomes-of-a-code-is-written-down",
    "from redeemed r\n)",
    "from redeemed r where false\n)",
  ),
  statement(
    "a code leaves no event when it is refused",
    "what-becomes-of-a-code-is-written-down",
    "where j.because is not null and",
    "where j.because = '' and",
  ),
  statement("events grow with every try", "events-do-not-grow-with-tries", " and j.uses < 3", ""),
  statement("old codes stay", "old-codes-go", "interval '1 day'", "interval '100 days'"),
  statement(
    "a used code is forgotten at once",
    "a-used-code-is-remembered",
    "interval '1 day'",
    "interval '1 minute'",
  ),
];
