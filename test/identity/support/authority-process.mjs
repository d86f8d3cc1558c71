// A process of its own that knows what has become of tokens, from the built package. Asked over IPC
// for a token's claims, it answers whether it would let it pass.
import pg from "pg";
import { createKeyRing } from "../../../dist/core/seal/key-ring.js";
import { createAuthority, createAuthorityFeed } from "../../../dist/identity/authority/index.js";
import { openIdentityDatabase } from "../../../dist/identity/identity-database.js";
import { createTenantry, fromHost } from "../../../dist/index.js";

const { appUrl, identityUrl, feedUrl, secret } = JSON.parse(process.argv[2]);
const onEvent = () => undefined;
const keys = createKeyRing(secret);
const tenantry = createTenantry({
  database: appUrl,
  secret,
  resolve: [fromHost({ baseDomain: "example.com" })],
  onEvent,
});
const database = openIdentityDatabase({ url: identityUrl, defaultPg: pg, keys, events: onEvent });
const feed = createAuthorityFeed({
  keys,
  newClient: () => new pg.Client({ connectionString: feedUrl }),
  onEvent,
});
const authority = createAuthority({ feed, database, tenants: tenantry.tenants, events: onEvent });

process.on("message", async (claims) => {
  const verdict = await authority.assertCurrent(claims).then(
    () => "current",
    (error) => error.code,
  );
  process.send({ feed: feed.state, verdict });
});
process.on("disconnect", async () => {
  await authority.close();
  await Promise.all([database.close(), tenantry.close()]);
});
process.send("ready");
