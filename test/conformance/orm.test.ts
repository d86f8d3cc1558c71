import { ormConformance } from "./orm.js";
import { drizzleHost } from "./orm/drizzle-host.js";
import { kyselyHost } from "./orm/kysely-host.js";

for (const host of [kyselyHost, drizzleHost]) ormConformance(host);
