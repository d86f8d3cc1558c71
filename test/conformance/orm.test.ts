import { ormConformance } from "./orm.js";
import { kyselyHost } from "./orm/kysely-host.js";

ormConformance(kyselyHost);
