import { randomUUID } from "node:crypto";
import {
  AckPolicy,
  jetstream,
  jetstreamManager,
  type ConsumerMessages,
  type JsMsg,
} from "@nats-io/jetstream";
import { connect, headers } from "@nats-io/transport-node";
import { tenantStream } from "tenantry/nats";
import { jobSealHeader } from "../../../src/queue/seal-header.js";
import { nats } from "./brokers.js";
import { attempts, type OpenHost, type Payload } from "./host.js";

const bytes = (payload: Payload) => Buffer.from(JSON.stringify(payload));

export const openNats: OpenHost = async (tenantry) => {
  const connection = await connect({ servers: nats.url });
  const manager = await jetstreamManager(connection);
  const client = jetstream(connection);
  const stream = `tenantry_test_${randomUUID()}`;
  const queue = `${stream}.jobs`;
  const deadLetterSubject = `${stream}.dead`;
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
  await manager.consumers.add(stream, {
    durable_name: "worker",
    ack_policy: AckPolicy.Explicit,
    filter_subject: queue,
    ack_wait: 10_000_000_000,
  });
  const jobs = tenantStream(tenantry, { jetstream: client, headers });
  let messages: ConsumerMessages | undefined;
  let working: Promise<void> | undefined;
  return {
    queue,
    enqueue: (payload) => jobs.publish(queue, bytes(payload)),
    seal(payload, { sealJob }) {
      const id = randomUUID();
      return { name: "", id, payload, seal: sealJob({ queue, id, payload: bytes(payload) }) };
    },
    inject(job) {
      const given = headers();
      if (job.seal !== undefined) given.set(jobSealHeader, job.seal);
      return client.publish(queue, bytes(job.payload), { headers: given, msgID: job.id });
    },
    async work(work) {
      const consumer = await client.consumers.get(stream, "worker");
      messages = await consumer.consume();
      working = jobs.consume(messages, (message: JsMsg) => work(message.json<Payload>()), {
        deadLetterSubject,
        mostDeliveries: attempts,
        retryDelay: 20,
        concurrency: 30,
      });
    },
    async failed() {
      const { state } = await manager.streams.info(stream, { subjects_filter: deadLetterSubject });
      return state.subjects?.[deadLetterSubject] ?? 0;
    },
    // A dead letter is the message itself, its seal included; only why it lies there is new.
    async failedText() {
      const letter = await manager.streams.getMessage(stream, { last_by_subj: deadLetterSubject });
      return letter?.header.get("tenantry-refused") === "SEAL_REQUIRED" ? "without a seal" : "";
    },
    async close() {
      await messages?.close();
      await working;
      await manager.streams.delete(stream);
      await connection.close();
    },
  };
};
