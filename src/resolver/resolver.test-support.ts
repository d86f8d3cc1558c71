import type { TenantryEvent } from "../core/event.js";
import { createKeyRing } from "../core/seal/key-ring.js";
import type { Tenant, TenantKey, TenantLookup, TenantStatus } from "../core/tenant.js";
import { isTenantryError } from "../core/tenantry-error.js";
import type { IncomingRequest, ResolverServices } from "./contract.js";
import { createAuthorityReader } from "./host/authority.js";

export const keys = createKeyRing("a secret of at least thirty-two bytes, for tests");

export type HeaderLines = IncomingRequest["headers"];

export function request(parts: Partial<IncomingRequest> & { host?: string } = {}): IncomingRequest {
  const { host, headers = [], ...rest } = parts;
  return {
    method: "GET",
    target: "/",
    remoteAddress: "203.0.113.9",
    ...rest,
    headers: host === undefined ? headers : [["Host", host], ...headers],
  };
}

export function services(trustedProxies: readonly string[] = []): ResolverServices {
  return { keys, authority: createAuthorityReader(trustedProxies) };
}

export function tenant(number: number, slug: string, status: TenantStatus = "active"): Tenant {
  const id = `01890000-0000-7000-8abc-${String(number).padStart(12, "0")}`;
  return Object.freeze({
    id,
    slug,
    name: slug,
    status,
    placement: "default",
    settings: {},
    version: number,
  });
}

export const acme = tenant(1, "acme");
export const globex = tenant(2, "globex");
export const sleepy = tenant(3, "sleepy", "suspended");
export const gone = tenant(4, "gone", "archived");
export const strangerId = "01890000-0000-7000-8abc-999999999999";

/** A registry of the four tenants above; acme owns crm.acme.test. Counts what it is asked. */
export function lookup(): TenantLookup & { readonly asked: TenantKey[] } {
  const tenants = [acme, globex, sleepy, gone];
  const domains = new Map([["crm.acme.test", acme]]);
  const asked: TenantKey[] = [];
  return {
    asked,
    find: async (key) => {
      asked.push(key);
      await Promise.resolve();
      if (key.by === "domain") return domains.get(key.value) ?? null;
      const field = key.by;
      return tenants.find((candidate) => candidate[field] === key.value) ?? null;
    },
  };
}

/** A sink that keeps what it is told. */
export function recorder(): { events: TenantryEvent[]; sink: (event: TenantryEvent) => void } {
  const events: TenantryEvent[] = [];
  return { events, sink: (event) => void events.push(event) };
}

/** The code that `work` is refused with, or what it returned. */
export async function outcome<T>(work: () => T | Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}
