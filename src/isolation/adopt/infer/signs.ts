import { columnNames } from "../../catalog/names.js";
import type { Column, Relation } from "../../catalog/relation.js";
import { isUnique, keyColumnOf } from "./tables.js";
import { singular, stemOf, stemOfIdsColumn, wordsOf } from "../../catalog/words.js";

/** People, who may be members of several tenants: `users`, `auth.accounts`, `profiles`. */
export function isPeople({ name, columns }: Relation): boolean {
  const words = wordsOf(name);
  const last = singular(words.at(-1) ?? "");
  if (!/^(user|person|profile|identity|login|principal)$/.test(last)) return false;
  return (
    words.length < 3 || columns.some((column) => /^(email|e_mail|username)$/i.test(column.name))
  );
}

/** What a sign-in leaves behind, whoever's it is: `sessions`, `verification_tokens`, `two_factor`. */
export function isSignIn({ name }: Relation): boolean {
  const words = wordsOf(name).map(singular);
  const last = words.at(-1) ?? "";
  return (
    /^(account|session|token|authenticator|passkey|password|otp|jwk)$/.test(last) ||
    words.some((word) =>
      /^(oauth|oidc|saml|sso|mfa|totp|webauthn|jwk|jackson|password|passkey)/.test(word),
    ) ||
    /two_?factor/i.test(name)
  );
}

/** What a migration tool keeps for itself. */
export function isMigrationTable({ name }: Relation): boolean {
  return /migration|^(knex|drizzle|flyway|goose|databasechangelog|schema_(version|info)|schemaversion|alembic_version|ar_internal_metadata)/i.test(
    name,
  );
}

/** Few rows, the same for everybody: known by its name, or by a code or a name that rows go by. */
export function isLookup(relation: Relation): boolean {
  const last = singular(wordsOf(relation.name).at(-1) ?? "");
  if (lookups.has(last)) return true;
  const key = keyColumnOf(relation)?.name ?? "";
  return (
    /^(key|name|identifier)$/i.test(key) ||
    relation.columns.some(
      ({ number, name }) =>
        /^(code|slug|iso|iso_code|symbol)$/i.test(name) && isUnique(relation, [number]),
    )
  );
}

const lookups = new Set(
  `country currency language locale timezone region state plan feature permission role category kind type
  status unit industry tier product price sku`.split(/\s+/),
);

/** `subject_type` and `subject_id`: the id names a row of the table that the type says. */
export interface PolymorphicPair {
  readonly name: string;
  readonly type: Column;
  readonly id: Column;
}

export function polymorphicPairs({ columns }: Relation): readonly PolymorphicPair[] {
  return columns.flatMap((id) => {
    const name = /^(.+?)_?id$/i.exec(id.name)?.[1];
    if (name === undefined) return [];
    const pattern = new RegExp(`^${name.replace(/[^a-z0-9]/gi, ".")}_?type$`, "i");
    const type = columns.find((column) => pattern.test(column.name));
    return type === undefined ? [] : [{ name, type, id }];
  });
}

export interface IdArray {
  readonly column: Column;
  /** Of the tables that it could name: as stemOf() says it. */
  readonly stem: string;
}

export function idArrays({ columns }: Relation): readonly IdArray[] {
  return columns.flatMap((column) => {
    const stem = column.elementType === null ? undefined : stemOfIdsColumn(column.name);
    return stem === undefined ? [] : [{ column, stem }];
  });
}

export function arrayTarget(
  { column, stem }: IdArray,
  tables: readonly Relation[],
): Relation | undefined {
  const fitting = tables.filter(({ name }) => stemOf(wordsOf(name)) === stem);
  return fitting.length === 1 && column.elementType !== null ? fitting[0] : undefined;
}

/** A row that two tenants have a part in: shared, handed over, open to guests. */
export function isMeetingPlace({ name }: Relation): boolean {
  return wordsOf(name)
    .map(singular)
    .some((word) =>
      /^(share|shared|sharing|transfer|guest|collaborator|collaboration|partner|partnership)$/.test(
        word,
      ),
    );
}

/** Values that are looked up before anybody knows the tenant: a token's hash, a host's name. */
export function isLookedUpFirst(relation: Relation, columns: readonly number[]): boolean {
  return columnNames(relation, columns).some((name) =>
    wordsOf(name).some((word) =>
      /^(token|hash|hashed|secret|lookup|digest|fingerprint|host|hostname|domain)$/.test(word),
    ),
  );
}
