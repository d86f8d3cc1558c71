import type { IdentityFile } from "./identity-file.js";

/** Someone the probe acts as. */
export interface Identity extends Omit<IdentityFile, "baseUrl" | "role"> {
  readonly role: string;
  /** Where it is reached: origin and path, without a slash at the end. */
  readonly baseUrl: URL;
}

/** As `alice (owner of acme)`. */
export function describeIdentity({ name, role, tenant }: Identity): string {
  return role === "" ? `${name} of ${tenant}` : `${name} (${role} of ${tenant})`;
}

/** The Host that its requests bear. */
export function hostOf(identity: Identity): string {
  return identity.host ?? identity.baseUrl.host;
}

/** Header names are in lower case. */
export function credentialsOf({
  headers,
  cookies,
}: Pick<Identity, "headers" | "cookies">): Record<string, string> {
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const jar = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  return jar.length === 0
    ? lower
    : { ...lower, cookie: [lower["cookie"], ...jar].filter(Boolean).join("; ") };
}

/** Everything that must not be shown. What says who somebody is, is no secret, wherever else it stands. */
export function secretsOf(identity: Identity): readonly string[] {
  const { headers, cookies, refresh, secrets, name, tenant, parameters } = identity;
  const open = new Set([name, tenant, hostOf(identity), ...Object.values(parameters)]);
  const form = refresh !== undefined && "form" in refresh ? Object.values(refresh.form) : [];
  const values = [...Object.values(headers), ...Object.values(cookies), ...form, ...secrets];
  return values
    .flatMap((value) => [value, value.replace(/^\S+ /, "")])
    .filter((value) => value.length >= 8 && !open.has(value));
}

/** The values by which the service may know the identity's tenant. */
export function tenantNamesOf({ tenant, parameters }: Identity): readonly string[] {
  const named = Object.entries(parameters).filter(([name]) => isTenantName(name));
  return [...new Set([tenant, ...named.map(([, value]) => value)])];
}

/** Whether a field or parameter names the tenant itself. */
export function isTenantName(name: string): boolean {
  return /^(tenant|organi[sz]ation|org|workspace|account|team|company|customer)[_-]?(id|uuid|slug|key)?$/i.test(
    name,
  );
}
