import { randomBytes } from "node:crypto";
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newPassword } from "./settings.js";
import { unavailable } from "./unavailable.js";

/** What the development database is used with; kept in a file of mode 0600. */
export interface Credentials {
  readonly appPassword: string;
  readonly operatorPassword: string;
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
    return parse(path, text);
  }
  const made = {
    appPassword: newPassword(),
    operatorPassword: newPassword(),
    migratorPassword: newPassword(),
    secret: randomBytes(32).toString("hex"),
  };
  await writeFile(`${path}.new`, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return made;
}

function parse(path: string, text: string): Credentials {
  try {
    const { appPassword, operatorPassword, migratorPassword, secret } = JSON.parse(
      text,
    ) as Partial<Credentials>;
    const passwords = [appPassword, operatorPassword, migratorPassword];
    if (passwords.every(isPassword) && typeof secret === "string" && secret.length >= 32) {
      return { appPassword, operatorPassword, migratorPassword, secret } as Credentials;
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
