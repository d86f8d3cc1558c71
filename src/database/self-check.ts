import type { KeyRing } from "../core/seal/key-ring.js";
import { makeSeal, noTenant } from "../core/seal/seal.js";
import { TenantryError } from "../core/tenantry-error.js";
import { fromDatabase } from "./session/failures.js";
import { found, isMember, loginProblems, type CatalogCheck, type Reader } from "./login-check.js";
import { schemaVersion } from "./schema-version.js";

/**
 * Whether the login of identity is what it must be, and its schema the one that this package knows.
 * @throws {TenantryError} `DATABASE_UNSAFE`
 */
export async function identitySelfCheck(identity: Reader): Promise<void> {
  try {
    const problems = await loginProblems(identity, "tenantry_identity");
    if (problems.length > 0) throw unsafe(problems);
    const mismatch = await versionProblems(identity);
    if (mismatch.length > 0) throw unsafe(mismatch);
  } catch (error) {
    throw error instanceof Error ? fromDatabase(error) : error;
  }
}

/**
 * Whether the database, as this login sees it, can isolate tenants at all. Reads catalogs only.
 * `tenantry audit` looks further; this is what must hold before the first request is served.
 * @throws {TenantryError} `DATABASE_UNSAFE`, with every problem found and its mend
 */
export async function selfCheck(app: Reader, keys: KeyRing): Promise<void> {
  try {
    await check(app, keys);
  } catch (error) {
    throw error instanceof Error ? fromDatabase(error) : error;
  }
}

async function check(app: Reader, keys: KeyRing): Promise<void> {
  const problems = await loginProblems(app, "tenantry_app");
  // Without the role there is nothing of Tenantry's that this login may look into.
  if (!(await isMember(app, "tenantry_app"))) throw unsafe(problems);
  problems.push(...(await versionProblems(app)), ...(await found(app, schemaChecks)));
  problems.push(...(await sealProblems(app, keys)));
  if (problems.length > 0) throw unsafe(problems);
}

/** @throws {TenantryError} `DATABASE_UNSAFE` where there is no schema to look further into */
async function versionProblems(app: Reader): Promise<string[]> {
  const { rows: schema } = await app.query(
    `select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'tenantry' and c.relname = 'migration'`,
  );
  if (schema.length === 0) {
    throw unsafe(["Tenantry's schema is not in this database: run `tenantry migrate`"]);
  }
  const { rows } = await app.query("select max(number) as number from tenantry.migration");
  const { number } = rows[0] as { number: number };
  if (number === schemaVersion) return [];
  return [
    number < schemaVersion
      ? `its schema is at ${number} and this package needs ${schemaVersion}: run \`tenantry migrate\` first`
      : `its schema is at ${number}, newer than this package, which knows ${schemaVersion}: upgrade the package`,
  ];
}

function unsafe(problems: readonly string[]): TenantryError {
  return new TenantryError("DATABASE_UNSAFE", {
    message: `The database cannot keep tenants apart as it is set up:\n- ${problems.join("\n- ")}\n`,
    fix: "Mend each, then start again.",
  });
}

const schemaChecks: readonly CatalogCheck[] = [
  {
    text: `select relation || ': ' || problem as name from tenantry.weakened()`,
    problem: (name) => `${name}: run select tenantry.protect(…) on it again`,
  },
  {
    text: `select relation::text as name from tenantry.unclassified`,
    problem: (name) =>
      `${name} is not in the manifest: tenantry.protect('${name}'), tenantry.share('${name}', reason) or tenantry.restrict('${name}', reason)`,
  },
];

/** Looks a tenant up that cannot exist: that works only if the key is there and the clocks agree. */
async function sealProblems(app: Reader, keys: KeyRing): Promise<string[]> {
  const expiresAt = Math.floor(Date.now() / 1000) + 30;
  const seal = makeSeal(keys, "registry", { tenantId: noTenant, expiresAt, claims: {} });
  try {
    await app.query("select from tenantry.find_tenant($1, 'id', $2)", [seal, noTenant]);
    return [];
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "TN002") {
      return [
        `the key of this secret (id ${keys.current.id}) is not installed: run \`tenantry migrate\` with the same TENANTRY_SECRET`,
      ];
    }
    if (code === "TN003")
      return ["the clocks of this machine and the database differ by more than 30 s: set them"];
    throw error;
  }
}
