import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from "jose";
import { configInvalid } from "../refusal.js";
import { fetchKeySet } from "./fetch-key-set.js";
import { keysUnavailable } from "./token-errors.js";

/** A JWK set (RFC 7517 §5) of public keys. */
export interface KeySet {
  readonly keys: readonly object[];
}

const mostKeys = 100;
const asymmetric: readonly unknown[] = ["OKP", "EC", "RSA"];

/**
 * Where signatures are checked against: the issuer's keys, and no others. A set given as it is, or
 * an `https` URL (`http` for loopback only), fetched when first needed, kept 10 minutes, asked
 * again for an unknown `kid` every 30 seconds at most, given up after 3 seconds.
 *
 * The returned function throws `TOKEN_KEYS_UNAVAILABLE` where the keys cannot be had or used, which
 * is no fault of the token; what jose says of a token that fits no key goes through.
 *
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function issuerKeys(jwks: string | KeySet): JWTVerifyGetKey {
  const select = typeof jwks === "string" ? fetchedKeys(jwks) : createLocalJWKSet(checkedSet(jwks));
  return async (header, token) => {
    try {
      return await select(header, token);
    } catch (error) {
      throw isTokensFault(error) ? error : keysUnavailable(error);
    }
  };
}

function fetchedKeys(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(checkedUrl(url), {
    timeoutDuration: 3_000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
    [customFetch]: fetchKeySet,
  });
}

function isTokensFault(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const secure = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url));
  if (url !== null && secure && url.username === "" && url.password === "") return url;
  throw configInvalid(
    "`jwks` of fromAccessToken is not a URL that keys can safely come from.",
    "Pass the issuer's https URL without user or password (http is for loopback only), or the JWK set itself.",
  );
}

function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === "localhost" || hostname === "[::1]" || /^127(?:\.[0-9]{1,3}){3}$/.test(hostname)
  );
}

function checkedSet(jwks: KeySet): JSONWebKeySet {
  const keys: unknown = jwks?.keys;
  if (
    !Array.isArray(keys) ||
    keys.length < 1 ||
    keys.length > mostKeys ||
    !keys.every(isPublicKey)
  ) {
    throw configInvalid(
      `\`jwks\` of fromAccessToken is not a set of 1 to ${mostKeys} public keys.`,
      "Pass { keys: [...] } with the issuer's public OKP, EC or RSA keys; private and symmetric keys do not belong here.",
    );
  }
  return { keys };
}

function isPublicKey(key: unknown): key is JSONWebKeySet["keys"][number] {
  if (typeof key !== "object" || key === null || "d" in key || "k" in key) return false;
  return "kty" in key && asymmetric.includes(key.kty);
}
