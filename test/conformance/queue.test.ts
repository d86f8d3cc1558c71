import type { PgBoss } from "pg-boss";
import { afterAll, beforeAll, describe } from "vitest";
import { createEmptyDatabase, type TestDatabase } from "../support/databases.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { describeOnBroker, nats, rabbit, redis } from "./queue/brokers.js";
import { openRabbit } from "./queue/amqplib-host.js";
import { openBullMq } from "./queue/bullmq-host.js";
import { openNats } from "./queue/nats-host.js";
import { openPgBoss, startBoss } from "./queue/pg-boss-host.js";
import { describeQueue } from "./queue.js";

describeOnBroker("BullMQ's queues", redis, () =>
  describeQueue(openBullMq, { names: true, delays: true, repeats: true }),
);

describeOnBroker("NATS JetStream", nats, () => describeQueue(openNats));

describeOnBroker("RabbitMQ's quorum queues", rabbit, () => describeQueue(openRabbit("quorum")));

describeOnBroker("RabbitMQ's classic queues", rabbit, () => describeQueue(openRabbit("classic")));

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

  // Its schedules tick once a minute at the most: see test/queue/pg-boss.test.ts.
  describeQueue(
    openPgBoss(() => boss),
    { delays: true },
  );
});
