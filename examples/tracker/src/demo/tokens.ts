import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from "jose";

/** Signs access tokens as an identity provider would. The demo's own; never for production. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** The public key alone: what `fromAccessToken` checks tokens against. */
  readonly jwks: { readonly keys: readonly JWK[] };
  /** A token of one tenant, good for 15 minutes. */
  issue(tenantId: string, userId?: string): Promise<string>;
}

const issuer = "https://sign-in.tracker.invalid";
const audience = "https://api.tracker.invalid";
const algorithm = "EdDSA";

/** Reads the key pair that is kept in `directory`, or makes one. */
export async function openTokenIssuer(directory: string): Promise<TokenIssuer> {
  const path = join(directory, "tracker-token-key.json");
  const jwk = (await readKey(path)) ?? (await makeKey(directory, path));
  const key = (await importJWK(jwk, algorithm)) as CryptoKey;
  const { kty, crv, x } = jwk;
  const publicKey = { kty, crv, x, alg: algorithm, use: "sig" } as JWK;
  return {
    issuer,
    audience,
    jwks: { keys: [publicKey] },
    issue: (tenantId, userId = "demo-user") =>
      new SignJWT({ tenant_id: tenantId })
        .setProtectedHeader({ alg: algorithm, typ: "at+jwt" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime("15 minutes")
        .sign(key),
  };
}

async function readKey(path: string): Promise<JWK | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(`${path} cannot be read; delete it to get a new key.`, { cause: error });
  }
}

async function makeKey(directory: string, path: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  await mkdir(directory, { recursive: true });
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, JSON.stringify(jwk), { mode: 0o600 });
  await rename(draft, path);
  return jwk;
}
