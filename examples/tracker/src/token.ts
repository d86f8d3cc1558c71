import { demoAccounts, ownerOf } from "./seed/accounts.js";
import { Problem } from "./problem.js";
import { readSettings } from "./settings.js";
import { signInForToken } from "./sign-in-for-token.js";

/** `npm run token -- globex [address]`: signs a demo account in, and prints its token of that tenant. */
try {
  const [slug = "", email] = process.argv.slice(2);
  const account =
    email === undefined ? ownerOf(slug) : demoAccounts.find((demo) => demo.email === email);
  if (account === undefined) {
    throw new Problem(
      `Name a tenant, and one of the demo's accounts unless it is the owner's token that you want: npm run token -- globex ${demoAccounts[0]!.email}`,
    );
  }
  const { port } = readSettings({ ...process.env, DATABASE_URL: undefined });
  console.log(await signInForToken(port, account, slug));
} catch (error) {
  console.error(error instanceof Problem ? error.message : error);
  process.exitCode = 1;
}
