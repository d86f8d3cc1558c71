import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from "jose";
import type { IncomingRequest } from "../contract.js";
import { acme, request } from "../resolver.test-support.js";
import type { KeySet } from "./issuer-keys.js";

export const issuer = "https://id.example.com";
export const audience = "https://api.example.com";

/** Claims to change; undefined leaves one out, null and wrong types are there to be refused. */
export type Claims = Readonly<Record<string, unknown>>;

export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: object;
}

export async function signingKey(alg: string, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), alg, kid, use: "sig" };
  return { alg, kid, privateKey, publicJwk };
}

export const keySet = (...keys: readonly SigningKey[]): KeySet => ({
  keys: keys.map(({ publicJwk }) => publicJwk),
});

export const now = () => Math.floor(Date.now() / 1000);

export const goodClaims = (): JWTPayload => ({
  iss: issuer,
  aud: audience,
  sub: "user-1",
  jti: "token-1",
  tenant_id: acme.id,
  iat: now(),
  exp: now() + 600,
});

/** Signs a good token, changed as told; a claim or header set to undefined is left out. */
export function sign(
  { alg, kid, privateKey }: SigningKey,
  claims: Claims = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT({ ...goodClaims(), ...claims })
    .setProtectedHeader({ alg, kid, typ: "at+jwt", ...header })
    .sign(privateKey);
}

export function withToken(token: string): IncomingRequest {
  return request({ headers: [["Authorization", `Bearer ${token}`]] });
}
