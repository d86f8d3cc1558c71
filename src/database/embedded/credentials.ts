import { randomBytes } from "node:crypto";
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newPassword } from "./settings.js";
import { unavailable } from "./unavailable.js";

/** What the development database is used with; kept in a file of mode 0600. */
export interface Credentials {
  readonly appPassword: string;
  readonly operatorPassword: string;
  readonly identityPassword: string;
  readonly migratorPassword: string;
  /** 64 hex digits, for `TENANTRY_SECRET`. */
  readonly secret: string;
}

const fileName = "credentials.json";

/** Reads them, or makes and keeps new ones. */
export async function ensureCredentials(directory: string): Promise<Credentials> {
  const path = join(directory, fileName);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    throw unavailable(`${path} cannot be read (${code})`, "Check who owns the directory.");
  });
  if (text !== null) {
    // Someone may have copied it about; the passwords are for one pair of eyes.
    await chmod(path, 0o600).catch(() => undefined);
    const known = parse(path, text);
    if (known.identityPassword !== undefined) return known as Credentials;
    // Kept by a version that had no such login yet.
    return keep(path, { ...known, identityPassword: newPassword() });
  }
  return keep(path, {
    appPassword: newPassword(),
    operatorPassword: newPassword(),
    identityPassword: newPassword(),
    migratorPassword: newPassword(),
    secret: randomBytes(32).toString("hex"),
  });
}

async function keep(path: string, credentials: Credentials): Promise<Credentials> {
  const text = `${JSON.stringify(credentials, null, 2)}\n`;
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return credentials;
}

type KeptCredentials = Omit<Credentials, "identityPassword"> & {
  readonly identityPassword?: string;
};

function parse(path: string, text: string): KeptCredentials {
  try {
    const { appPassword, operatorPassword, identityPassword, migratorPassword, secret } =
      JSON.parse(text) as Partial<Credentials>;
    const passwords = [appPassword, operatorPassword, migratorPassword];
    if (identityPassword !== undefined) passwords.push(identityPassword);
    if (passwords.every(isPassword) && typeof secret === "string" && secret.length >= 32) {
      const kept = { appPassword, operatorPassword, migratorPassword, secret };
      return {
        ...kept,
        ...(identityPassword === undefined ? {} : { identityPassword }),
      } as KeptCredentials;
    }
  } catch {
    // Falls through to the error.
  }
  throw unavailable(
    `${path} is damaged`,
    "Put it back, or delete the whole directory to start with an empty database and new credentials.",
  );
}

/** Ours are base64url; nothing else is let near a URL or an SQL statement. */
function isPassword(value: unknown): boolean {
  return typeof value === "string" && /^[A-Za-z0-9_-]{16,200}$/.test(value);
}
