import { isUuid } from "../../core/uuid.js";
import { createGrantDatabase } from "../grant/index.js";
import type { Authority, AuthorityChange, CheckedClaims } from "./contract.js";
import { createDenialSource, createMemberReader } from "./database.js";
import { createDenyList } from "./deny-list.js";
import { createKnownMembers, type MemberState } from "./known-members.js";
import { authoritySettings, type AuthorityOptions } from "./options.js";
import { createReads } from "./reads.js";
import { authorityUnavailable, refuseStale, type StaleBecause } from "./refusal.js";
import { createRevocations } from "./revocations.js";

/** What most calls give: none is made anew. */
const isCurrent: Promise<void> = Promise.resolve();

/**
 * Knows what has become of members and tokens, in every process (Authority says what it promises).
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createAuthority(options: AuthorityOptions): Authority {
  const { feed, database, tenants, events } = options;
  const settings = authoritySettings(options);
  const isUp = (): boolean => feed.state === "up";
  const scoped = createGrantDatabase(database, tenants);
  const read = createReads(isUp, settings);
  const members = createKnownMembers(createMemberReader(read, scoped), isUp, settings);
  const denied = createDenyList(createDenialSource(read, database), isUp, settings);
  let closed = false;
  const unsubscribe = feed.subscribe({
    changed,
    doubted(doubt) {
      if (doubt === null || doubt.kind === "version") members.doubted(doubt);
      if (doubt === null || doubt.kind === "denied") denied.doubted(doubt);
    },
    missed() {
      members.missed();
      denied.missed();
    },
  });

  function changed(change: AuthorityChange): void {
    if (change.kind === "version") members.changed(change);
    else denied.add(change);
  }

  async function ask(claims: CheckedClaims): Promise<void> {
    const { tenantId, accountId, tokenId } = claims;
    if (closed) throw closedError();
    // A verified token has no others; and none of what follows is there for them.
    if (![tenantId, accountId, tokenId].every(isUuid)) throw refuse("inactive", claims);
    const [state, wasDenied] = await Promise.all([
      stateFor(claims),
      denied.known(tenantId, tokenId) ?? denied.read(tenantId, tokenId),
    ]);
    if (closed) throw closedError();
    // What came in while one waited for the other counts.
    const isDenied = wasDenied || denied.known(tenantId, tokenId) === true;
    const because = staleBecause(claims, members.known(tenantId, accountId) ?? state, isDenied);
    if (because !== null) throw refuse(because, claims);
  }

  /** A load that was under way may be older than the token: then one more, which began after it came. */
  async function stateFor(claims: CheckedClaims): Promise<MemberState> {
    const { tenantId, accountId } = claims;
    const kept = members.known(tenantId, accountId);
    if (kept !== undefined && !isAhead(claims, kept)) return kept;
    const state = await members.read(tenantId, accountId);
    return isAhead(claims, state) ? members.read(tenantId, accountId) : state;
  }

  const refuse = (because: StaleBecause, claims: CheckedClaims) =>
    refuseStale(events, because, claims);

  return {
    assertCurrent(claims) {
      const { tenantId, accountId, tokenId } = claims;
      const state = members.known(tenantId, accountId);
      const isDenied = denied.known(tenantId, tokenId);
      if (closed || state === undefined || isDenied === undefined || isAhead(claims, state)) {
        return ask(claims);
      }
      const because = staleBecause(claims, state, isDenied);
      return because === null ? isCurrent : Promise.reject(refuse(because, claims));
    },
    ...createRevocations(scoped, (change) => {
      changed(change);
      feed.announce(change);
    }),
    async close() {
      closed = true;
      unsubscribe();
      await feed.close();
    },
  };
}

/** Whether the token tells of a change that this process has yet to hear of. */
function isAhead(claims: CheckedClaims, state: MemberState): boolean {
  return claims.membershipVersion > state.version || claims.tenantVersion > state.tenantVersion;
}

/** Null where all is so. A token that is ahead of the database is of one that was restored: unknown. */
function staleBecause(
  claims: CheckedClaims,
  state: MemberState,
  isDenied: boolean,
): StaleBecause | null {
  if (isDenied) return "denied";
  if (!state.isActive) return "inactive";
  if (claims.membershipVersion !== state.version) return "membership-version";
  return claims.tenantVersion === state.tenantVersion ? null : "tenant-version";
}

const closedError = () =>
  authorityUnavailable("The authority was closed.", "Close it after the last request.");
