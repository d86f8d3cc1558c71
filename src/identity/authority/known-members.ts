import { setTimeout as pause } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { VersionChange } from "./contract.js";
import { createLoads, noneAtLeast, type Load } from "./loads.js";
import { degradedTtl, type AuthoritySettings } from "./options.js";
import { authorityUnavailable } from "./refusal.js";

/** A member as the database has it. A version of -1: there is none. */
export interface MemberState {
  /** The membership, and the account as well. */
  readonly isActive: boolean;
  readonly version: number;
  readonly tenantVersion: number;
}

/** What is known of members, and is true. */
export interface KnownMembers {
  /** Undefined where the database has to be asked. */
  known(tenantId: string, accountId: string): MemberState | undefined;
  /** @throws {TenantryError} `DATABASE_UNAVAILABLE`, and what `load` throws */
  read(tenantId: string, accountId: string): Promise<MemberState>;
  changed(change: VersionChange): void;
  /** It may be so that this changed, or (null) anything. */
  doubted(doubt: Pick<VersionChange, "tenantId" | "accountId"> | null): void;
  /** Drops all that was read so far, and reads what is being read again. */
  missed(): void;
}

/** Shared by a tenant's entries, so that they all fall with it. */
interface TenantVersion {
  readonly version: number;
  isCurrent: boolean;
}

interface Entry extends MemberState {
  readonly tenant: TenantVersion;
  /** When its read began. */
  readonly at: number;
  readonly epoch: number;
}

/** Pauses before the reads of one load, in milliseconds. */
const pauses = [0, 10, 40, 160, 640];

const nameOf = (tenantId: string, accountId: string): string => tenantId + accountId;

/**
 * Keeps members until an announcement tells of a newer version. It was sent after the change was
 * committed, so a read that begins after it arrived sees the change; one that is under way must come to
 * that version, or is made again.
 * @param load reads one member from the primary, never from a replica
 */
export function createKnownMembers(
  load: (tenantId: string, accountId: string) => Promise<MemberState>,
  isUp: () => boolean,
  { maxMembers, maxLoads, ttl, now }: Omit<AuthoritySettings, "readTimeout" | "maxDenied">,
): KnownMembers {
  const entries = new LRUCache<string, Entry>({ max: maxMembers });
  const tenants = new LRUCache<string, TenantVersion>({
    max: maxMembers,
    // However it goes: what nobody would tell of a change must not be relied on.
    dispose: (tenant) => void (tenant.isCurrent = false),
  });
  const loads = createLoads<MemberState>(maxLoads);
  /** Grows when everything is in doubt. */
  let epoch = 0;

  function keep(name: string, tenantId: string, state: MemberState, at: number): void {
    let tenant = tenants.get(tenantId);
    if (tenant?.version !== state.tenantVersion) {
      tenant = { version: state.tenantVersion, isCurrent: true };
      tenants.set(tenantId, tenant);
    }
    entries.set(name, { ...state, tenant, at, epoch });
  }

  function isOutdated(state: MemberState, underWay: Load, tenantId: string): boolean {
    if (underWay.isMissed || state.version < underWay.atLeast) return true;
    const tenantVersion = tenants.peek(tenantId)?.version ?? 0;
    return state.tenantVersion < Math.max(underWay.tenantAtLeast, tenantVersion);
  }

  async function readCurrent(tenantId: string, accountId: string, underWay: Load) {
    let doubtedBefore = false;
    for (const milliseconds of pauses) {
      if (milliseconds > 0) await pause(milliseconds);
      underWay.isMissed = false;
      underWay.isDoubted = false;
      const began = now();
      const state = await load(tenantId, accountId);
      if (isOutdated(state, underWay, tenantId)) continue;
      if (underWay.isDoubted && !doubtedBefore) {
        doubtedBefore = true;
        continue;
      }
      // Doubted without pause: good for those who asked, and for nobody else.
      if (!underWay.isDoubted) keep(nameOf(tenantId, accountId), tenantId, state, began);
      return state;
    }
    throw authorityUnavailable(
      `${pauses.length} reads of a member were each out of date when they came back.`,
      "Look for a program that changes members without pause, or for a replica in the primary's place.",
    );
  }

  return {
    known(tenantId, accountId) {
      const entry = entries.get(nameOf(tenantId, accountId));
      if (entry === undefined || !entry.tenant.isCurrent || entry.epoch !== epoch) return undefined;
      return now() - entry.at <= (isUp() ? ttl : degradedTtl) ? entry : undefined;
    },
    read: (tenantId, accountId) =>
      loads.join(nameOf(tenantId, accountId), tenantId, (underWay) =>
        readCurrent(tenantId, accountId, underWay),
      ),
    changed({ tenantId, accountId, version }) {
      if (accountId === null) {
        if ((tenants.peek(tenantId)?.version ?? version) < version) tenants.delete(tenantId);
        loads.ofTenant(tenantId, (underWay) => {
          underWay.tenantAtLeast = Math.max(underWay.tenantAtLeast, version);
        });
        return;
      }
      const name = nameOf(tenantId, accountId);
      if ((entries.peek(name)?.version ?? version) < version) entries.delete(name);
      const underWay = loads.get(name);
      if (underWay) underWay.atLeast = Math.max(underWay.atLeast, version);
    },
    doubted(doubt) {
      if (doubt === null) {
        epoch += 1;
        loads.all((underWay) => void (underWay.isDoubted = true));
      } else if (doubt.accountId === null) {
        tenants.delete(doubt.tenantId);
        loads.ofTenant(doubt.tenantId, (underWay) => void (underWay.isDoubted = true));
      } else {
        const name = nameOf(doubt.tenantId, doubt.accountId);
        entries.delete(name);
        const underWay = loads.get(name);
        if (underWay) underWay.isDoubted = true;
      }
    },
    missed() {
      entries.clear();
      tenants.clear();
      loads.all((underWay) => {
        // A database that was restored counts from an older version.
        Object.assign(underWay, { isMissed: true, ...noneAtLeast });
      });
    },
  };
}
