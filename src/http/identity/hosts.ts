import type { Identity } from "../../identity/index.js";

/** All hosts are served with the auth host's scheme and port. */
export function originOfHost({ issuer }: Pick<Identity, "issuer">, host: string): string {
  return `${issuer.protocol}//${host}${issuer.port === "" ? "" : `:${issuer.port}`}`;
}

/** Under the first base domain; a custom domain is the tenant's own business. */
export function originOfTenant(identity: Pick<Identity, "issuer" | "hosts">, slug: string): string {
  const [base] = [identity.hosts.baseDomain].flat();
  return originOfHost(identity, `${slug}.${base!}`);
}
