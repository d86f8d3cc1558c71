import type { EventSink, Tenantry } from "tenantry";
import { createIdentity, type Identity, type Mailer } from "tenantry/identity";
import { permissions, roles, type TrackerPermission } from "./permissions.js";

export type TrackerIdentity = Identity<TrackerPermission>;

/** What a route needs to ask whether someone may. */
export type TrackerAccess = Pick<
  TrackerIdentity,
  "requirePermission" | "requireFresh" | "assertFresh"
>;

/** Tenants are `<slug>.localhost`; `auth` is one of the names that no tenant gets. */
export const hosts = { baseDomain: "localhost" };

export interface OpenIdentityOptions {
  readonly tenants: Pick<Tenantry["tenants"], "find">;
  readonly database: string;
  readonly secret: string;
  /** All hosts are served on it. */
  readonly port: number;
  readonly mailer: Mailer;
  readonly onEvent?: EventSink;
}

export function openIdentity({ port, ...options }: OpenIdentityOptions): TrackerIdentity {
  return createIdentity({
    ...options,
    hosts,
    serviceName: "Tracker",
    // A URL's origin leaves out the port that is the scheme's own.
    issuer: new URL(`http://auth.localhost:${port}`).origin,
    permissions,
    roles,
    accessTokenSeconds: 900,
  });
}
