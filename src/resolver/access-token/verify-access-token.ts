import { jwtVerify, type JWTPayload, type JWTVerifyOptions } from "jose";
import { isTenantId } from "../../core/tenant.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import { configInvalid } from "../refusal.js";
import { assertCompactForm } from "./compact-form.js";
import { issuerKeys } from "./issuer-keys.js";
import { signatureAlgorithms, type FromAccessTokenOptions } from "./options.js";
import { tokenInvalid, tokenRequired } from "./token-errors.js";

export interface VerifiedToken {
  readonly tenantId: string;
  readonly userId: string;
  /** The token's `jti`, or its `sub` where it has none. */
  readonly detail: string;
}

/** Longest `sub` and `jti`, in characters. */
const longestIdentifier = 255;

/**
 * Builds the check of one issuer's access tokens.
 * @throws {TenantryError} `CONFIG_INVALID`; when called `TOKEN_REQUIRED` (no tenant in the token),
 * `TOKEN_INVALID`, `TOKEN_KEYS_UNAVAILABLE`
 */
export function accessTokenVerifier(
  options: FromAccessTokenOptions,
): (token: string) => Promise<VerifiedToken> {
  const rules = verifyOptions(options);
  const keys = issuerKeys(options.jwks);
  const tenantClaim = nonEmpty("tenantClaim", options.tenantClaim ?? "tenant_id");
  return async (token) => {
    assertCompactForm(token);
    const payload = await verifiedPayload(() => jwtVerify(token, keys, rules));
    const userId = identifier("sub", payload.sub);
    const detail = payload.jti === undefined ? userId : identifier("jti", payload.jti);
    return { tenantId: tenantOf(payload, tenantClaim), userId, detail };
  };
}

async function verifiedPayload(
  verify: () => Promise<{ payload: JWTPayload }>,
): Promise<JWTPayload> {
  try {
    return (await verify()).payload;
  } catch (error) {
    throw isTenantryError(error) ? error : tokenInvalid("it did not verify", error);
  }
}

function tenantOf(payload: JWTPayload, claim: string): string {
  if (!Object.hasOwn(payload, claim)) throw tokenRequired(`this one has no "${claim}" claim`);
  const tenantId = payload[claim];
  if (isTenantId(tenantId)) return tenantId;
  throw tokenInvalid(`its "${claim}" claim is not a tenant's id`);
}

function identifier(claim: string, value: unknown): string {
  if (typeof value === "string" && value !== "" && value.length <= longestIdentifier) return value;
  throw tokenInvalid(`its "${claim}" claim is not a text of 1 to ${longestIdentifier} characters`);
}

function verifyOptions(options: FromAccessTokenOptions): JWTVerifyOptions {
  const { clockToleranceSeconds = 0, algorithms = ["EdDSA", "ES256"] } = options;
  if (
    !Number.isInteger(clockToleranceSeconds) ||
    clockToleranceSeconds < 0 ||
    clockToleranceSeconds > 300
  ) {
    throw configInvalid(
      `\`clockToleranceSeconds\` of fromAccessToken is ${clockToleranceSeconds}.`,
      "Pass whole seconds from 0 to 300.",
    );
  }
  if (algorithms.length === 0 || !algorithms.every((name) => signatureAlgorithms.includes(name))) {
    throw configInvalid(
      "`algorithms` of fromAccessToken is empty or has one that is not allowed.",
      `List some of: ${signatureAlgorithms.join(", ")}.`,
    );
  }
  return {
    issuer: nonEmpty("issuer", options.issuer),
    audience: nonEmpty("audience", options.audience),
    algorithms: [...algorithms],
    typ: "at+jwt",
    // Without this jose takes a token that never expires.
    requiredClaims: ["exp", "sub"],
    clockTolerance: clockToleranceSeconds,
  };
}

function nonEmpty(option: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw configInvalid(
    `\`${option}\` of fromAccessToken is missing or empty.`,
    "Pass a text that is not empty, exactly as the issuer puts it into its tokens.",
  );
}
