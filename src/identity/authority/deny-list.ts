import { LRUCache } from "lru-cache";
import { createSingleFlight } from "../../registry/cached/single-flight.js";
import { longestLeeway } from "../token/claims.js";
import type { DeniedToken } from "./contract.js";
import { degradedTtl, type AuthoritySettings } from "./options.js";

export type Denial = Omit<DeniedToken, "kind">;

/** Where denials are read from. */
export interface DenialSource {
  /** Up to `limit` after that one, by tenant and token. Fewer: these were the last. */
  page(after: Pick<Denial, "tenantId" | "tokenId">, limit: number): Promise<readonly Denial[]>;
  /** When the token would have expired; null where it was not denied. */
  one(tenantId: string, tokenId: string): Promise<number | null>;
}

/** The tokens that were denied and would not have expired yet. */
export interface DenyList {
  /** Undefined where the database has to be asked. */
  known(tenantId: string, tokenId: string): boolean | undefined;
  /** @throws what the source throws */
  read(tenantId: string, tokenId: string): Promise<boolean>;
  add(denial: Denial): void;
  /** It may be so that this one was denied, or (null) any. */
  doubted(doubt: Pick<Denial, "tenantId" | "tokenId"> | null): void;
  /** Denials may have been missed: begins to read them all. */
  missed(): void;
  /** How many are kept. */
  readonly size: number;
}

/** How long a denial outlives its token's `exp`, by the clock that judges `exp` as well. */
const leeway = 2 * longestLeeway * 1_000;
const pageSize = 10_000;
const maxDoubts = 10_000;
/** Milliseconds before all are read again where there were too many to keep. */
const overflowPause = 30_000;
/** Milliseconds between one look for what has expired and the next. */
const forgetInterval = 10_000;
const first = "00000000-0000-0000-0000-000000000000";

/** @param clock the time of day, in milliseconds since the epoch */
export function createDenyList(
  source: DenialSource,
  isUp: () => boolean,
  { maxDenied, now }: Pick<AuthoritySettings, "maxDenied" | "now">,
  clock: () => number = Date.now,
): DenyList {
  /** When each would have expired. Only ever added to, until then: nothing can be lost by a late read. */
  const tokens = new Map<string, number>();
  const doubts = new LRUCache<string, true>({
    max: maxDoubts,
    dispose: (_, _name, reason) => {
      if (reason === "evict") epoch += 1;
    },
  });
  const once = createSingleFlight<unknown>();
  /** Grows when everything is in doubt. */
  let epoch = 0;
  /** When all were last read, and in which epoch. */
  let listed = { at: -Infinity, epoch: -1 };
  let overflowUntil = -Infinity;
  let forgetAt = -Infinity;

  function keep({ tenantId, tokenId, expiresAt }: Denial): void {
    if (now() >= forgetAt) forgetExpired();
    if (isOver(expiresAt)) return;
    const name = tenantId + tokenId;
    if (tokens.size < maxDenied || tokens.has(name)) {
      tokens.set(name, Math.max(expiresAt, tokens.get(name) ?? 0));
      return;
    }
    // This one is not kept, so what is kept is not all: the database is asked until all were read anew.
    epoch += 1;
    overflowUntil = now() + overflowPause;
  }

  const isOver = (expiresAt: number): boolean => clock() > expiresAt + leeway;

  function forgetExpired(): void {
    forgetAt = now() + forgetInterval;
    for (const [name, expiresAt] of tokens) if (isOver(expiresAt)) tokens.delete(name);
  }

  async function list(): Promise<void> {
    const began = { at: now(), epoch };
    let after = { tenantId: first, tokenId: first };
    for (;;) {
      const rows = await source.page(after, pageSize);
      for (const row of rows) keep(row);
      if (isFull()) return;
      if (rows.length < pageSize) break;
      after = rows.at(-1)!;
    }
    listed = began;
  }

  const isFull = (): boolean => now() < overflowUntil;

  function known(tenantId: string, tokenId: string): boolean | undefined {
    if (tokens.size > 0 || doubts.size > 0) {
      const name = tenantId + tokenId;
      if (tokens.has(name)) return true;
      if (doubts.has(name)) return undefined;
    }
    if (listed.epoch !== epoch || isFull()) return undefined;
    return isUp() || now() - listed.at <= degradedTtl ? false : undefined;
  }

  async function ask(tenantId: string, tokenId: string): Promise<boolean> {
    const name = tenantId + tokenId;
    // Before it is asked: a doubt that is raised meanwhile stands.
    const wasDoubted = doubts.delete(name);
    try {
      const expiresAt = await source.one(tenantId, tokenId);
      if (expiresAt !== null) keep({ tenantId, tokenId, expiresAt });
      return expiresAt !== null || tokens.has(name);
    } catch (error) {
      if (wasDoubted) doubts.set(name, true);
      throw error;
    }
  }

  return {
    known,
    async read(tenantId, tokenId) {
      if (!isFull()) await once("list", list);
      return known(tenantId, tokenId) ?? ask(tenantId, tokenId);
    },
    add: keep,
    doubted(doubt) {
      if (doubt === null) epoch += 1;
      else doubts.set(doubt.tenantId + doubt.tokenId, true);
    },
    missed() {
      epoch += 1;
      // Where it fails, whoever asks next tries again.
      void once("list", list).catch(() => undefined);
    },
    get size() {
      return tokens.size;
    },
  };
}
