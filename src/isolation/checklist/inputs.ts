import type { Ask } from "./database/ask.js";
import type { Database } from "./database/database.js";
import { Unanswered, type Need } from "./item.js";
import type { Redis } from "./redis/redis.js";
import type { Repository } from "./repository/repository.js";
import type { Site } from "./server/site.js";

export interface Given {
  readonly server?: Site;
  readonly database?: Database;
  readonly repository?: Repository;
  readonly redis?: Redis;
  /** Of where pg-boss's tables may be. */
  readonly jobDatabases: readonly Ask[];
}

/** What each input is given by. */
export const optionOf: Readonly<Record<Need, string>> = {
  server: "--base-url",
  database: "--database-url",
  repository: "--repository",
  redis: "--redis-url",
};

/** What the items ask. One that was not given ends the item that needs it. */
export class Inputs {
  constructor(readonly given: Given) {}

  /** @throws {Unanswered} */
  get server(): Site {
    return this.given.server ?? missing("server");
  }

  /** @throws {Unanswered} */
  get database(): Database {
    return this.given.database ?? missing("database");
  }

  /** @throws {Unanswered} */
  get repository(): Repository {
    return this.given.repository ?? missing("repository");
  }

  /** @throws {Unanswered} */
  get redis(): Redis {
    return this.given.redis ?? missing("redis");
  }
}

function missing(need: Need): never {
  throw new Unanswered(`Nothing was asked: give ${optionOf[need]}.`);
}
