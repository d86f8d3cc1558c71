import { readTenantId } from "./demo/tenant-ids.js";
import { openTokenIssuer } from "./demo/tokens.js";
import { Problem } from "./problem.js";
import { readSettings } from "./settings.js";

/** `npm run token -- globex`: prints an access token of that tenant, good for 15 minutes. */
try {
  const [slug] = process.argv.slice(2);
  if (slug === undefined) throw new Problem("Name a tenant: npm run token -- globex");
  const { directory } = readSettings({ ...process.env, DATABASE_URL: undefined });
  const tokens = await openTokenIssuer(directory);
  console.log(await tokens.issue(await readTenantId(directory, slug)));
} catch (error) {
  console.error(error instanceof Problem ? error.message : error);
  process.exitCode = 1;
}
