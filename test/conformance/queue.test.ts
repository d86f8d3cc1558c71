import type { PgBoss } from "pg-boss";
import { afterAll, beforeAll, describe } from "vitest";
import { createEmptyDatabase, type TestDatabase } from "../support/databases.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { describeOnBroker, redis } from "./queue/brokers.js";
import { openBullMq } from "./queue/bullmq-host.js";
import { openPgBoss, startBoss } from "./queue/pg-boss-host.js";
import { describeQueue } from "./queue.js";

describeOnBroker("BullMQ's queues", redis, () => describeQueue(openBullMq));

const server = embeddedServer();

describe(suiteTitle("pg-boss's queues", server), () => {
  let database: TestDatabase;
  let boss: PgBoss;
  beforeAll(async () => {
    database = await createEmptyDatabase(server);
    boss = await startBoss(database.migratorUrl);
  });
  afterAll(async () => {
    await boss?.stop({ graceful: false });
    await database?.drop();
  });

  describeQueue(openPgBoss(() => boss));
});
