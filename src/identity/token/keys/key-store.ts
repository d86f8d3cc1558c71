import type { JWK } from "jose";
import type { SigningAlgorithm } from "./contract.js";
import type { KeyRow } from "./key-row.js";

/** The slice of a `pg.Pool`, logged in as tenantry_identity, that the keys are kept through. */
export interface KeyDatabase {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

export interface Replacement {
  /** The newest key so far. Where it is so no longer, nothing happens. */
  readonly replaced: string;
  readonly by: KeyRow;
  /** When the replaced key stops being published. */
  readonly publishedUntil: number;
  /** Whether all other keys stop being published at that time as well. */
  readonly endsAll: boolean;
}

/** tenantry.signing_key. Each method is one statement or one transaction. */
export interface KeyStore {
  read(): Promise<readonly KeyRow[]>;
  /** Keeps the key as the first one, unless there is one without an end. */
  putFirst(row: KeyRow): Promise<void>;
  /** @returns whether it was done: false where the replaced key is the newest no longer */
  replace(replacement: Replacement): Promise<boolean>;
  /** Unless it was sealed anew by somebody else since. */
  reseal(row: KeyRow, sealed: Buffer): Promise<void>;
  /** Deletes what is no longer published. */
  removeGone(time: number): Promise<void>;
}

export function createKeyStore(database: KeyDatabase): KeyStore {
  return {
    async read() {
      const { rows } = await database.query(readKeys, []);
      return (rows as readonly StoredRow[]).map(fromStored);
    },
    async putFirst(row) {
      const candidate = [...columnsOf(row), new Date(0)];
      await database.query(putCandidate, candidate);
      await database.query(electFirst, []);
    },
    async replace({ replaced, by, publishedUntil, endsAll }) {
      const end = new Date(publishedUntil);
      const values = [...columnsOf(by), end, replaced, endsAll];
      return (await database.query(replaceNewest, values)).rows.length > 0;
    },
    async reseal({ kid, sealedPrivateKey }, sealed) {
      await database.query(resealKey, [kid, sealedPrivateKey, sealed]);
    },
    async removeGone(time) {
      await database.query(removeKeys, [new Date(time)]);
    },
  };
}

/** Numbers, whatever the pool makes of timestamps. */
const readKeys = `
  select kid, algorithm, public_jwk, sealed_private_key,
    (extract(epoch from signs_from) * 1000)::float8 as signs_from,
    (extract(epoch from signs_until) * 1000)::float8 as signs_until,
    (extract(epoch from published_until) * 1000)::float8 as published_until
  from tenantry.signing_key order by signs_from, kid`;

/** A candidate ended before it began, so that it neither signs nor is published. */
const putCandidate = `
  insert into tenantry.signing_key
    (kid, algorithm, public_jwk, sealed_private_key, signs_from, signs_until, published_until)
  values ($1, $2, $3, $4, $5, $6, $6)`;

/**
 * Makes one candidate the first key and removes the others. In one text without values, so that it
 * is one round trip on one connection; each statement of it sees what was committed before the lock
 * was had, which a single statement would not.
 */
const electFirst = `
  begin isolation level read committed;
  select pg_advisory_xact_lock(hashtextextended('tenantry.signing_key', 0));
  update tenantry.signing_key set signs_until = null, published_until = null
  where kid = (
      select kid from tenantry.signing_key where signs_until = to_timestamp(0)
      order by signs_from, kid limit 1)
    and not exists (select from tenantry.signing_key where signs_until is null);
  delete from tenantry.signing_key where signs_until = to_timestamp(0);
  commit`;

/** Of two at a time, the second waits for the first one's row and then finds that it has an end. */
const replaceNewest = `
  with replaced as (
    update tenantry.signing_key set signs_until = $5, published_until = $6
    where kid = $7 and signs_until is null returning kid),
  others as (
    update tenantry.signing_key
    set signs_until = least(signs_until, $5), published_until = least(published_until, $6)
    where $8 and kid <> $7 and exists (select from replaced))
  insert into tenantry.signing_key (kid, algorithm, public_jwk, sealed_private_key, signs_from)
  select $1, $2, $3::jsonb, $4::bytea, $5::timestamptz from replaced
  returning kid`;

const resealKey = `
  update tenantry.signing_key set sealed_private_key = $3
  where kid = $1 and sealed_private_key = $2`;

/** A candidate is gone from the start, but its election may be on the way. */
const removeKeys = `
  delete from tenantry.signing_key
  where published_until <= $1 and published_until > to_timestamp(0)`;

interface StoredRow {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly public_jwk: JWK;
  readonly sealed_private_key: Buffer;
  readonly signs_from: number;
  readonly signs_until: number | null;
  readonly published_until: number | null;
}

function fromStored(row: StoredRow): KeyRow {
  return {
    kid: row.kid,
    algorithm: row.algorithm,
    publicJwk: row.public_jwk,
    sealedPrivateKey: row.sealed_private_key,
    signsFrom: row.signs_from,
    signsUntil: row.signs_until,
    publishedUntil: row.published_until,
  };
}

function columnsOf({ kid, algorithm, publicJwk, sealedPrivateKey, signsFrom }: KeyRow): unknown[] {
  return [kid, algorithm, JSON.stringify(publicJwk), sealedPrivateKey, new Date(signsFrom)];
}
