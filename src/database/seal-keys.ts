import type { KeyRing, SealKey } from "../core/seal/key-ring.js";
import type { SealPurpose } from "../core/seal/purpose.js";

/** The purposes whose seals the database opens; the others' keys never go there. */
const databasePurposes = ["database", "operator", "registry"] as const satisfies SealPurpose[];
type DatabasePurpose = (typeof databasePurposes)[number];

interface KeyInstaller {
  query(text: string, values: unknown[]): Promise<{ rows: readonly Record<string, unknown>[] }>;
}

/**
 * Installs the keys of every live secret, as a member of tenantry_owner. A key that is there
 * already is left.
 * @returns one line per key, for people
 */
export async function installSealKeys(client: KeyInstaller, ring: KeyRing): Promise<string[]> {
  const lines: string[] = [];
  for (const key of [...ring.all].reverse()) {
    const { rows } = await client.query("select tenantry.install_seal_key($1, $2::jsonb) as line", [
      key.id,
      JSON.stringify(sealPads(key)),
    ]);
    lines.push(String(rows[0]?.line));
  }
  return lines;
}

/** The two blocks of HMAC-SHA256 (RFC 2104 §2), as hex, so that SQL needs only sha256(). */
export function sealPads(key: SealKey): Record<DatabasePurpose, { inner: string; outer: string }> {
  return Object.fromEntries(
    databasePurposes.map((purpose) => [
      purpose,
      { inner: pad(key.material[purpose], 0x36), outer: pad(key.material[purpose], 0x5c) },
    ]),
  ) as Record<DatabasePurpose, { inner: string; outer: string }>;
}

function pad(material: Buffer, byte: number): string {
  const block = Buffer.alloc(64, byte);
  for (let i = 0; i < material.length; i++) block[i]! ^= material[i]!;
  return block.toString("hex");
}
