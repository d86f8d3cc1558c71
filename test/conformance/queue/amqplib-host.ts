import { randomUUID } from "node:crypto";
import { connect, type ConsumeMessage } from "amqplib";
import { consumeJobs, publishJob } from "tenantry/amqplib";
import { jobSealHeader } from "../../../src/queue/seal-header.js";
import { rabbit } from "./brokers.js";
import { attempts, type OpenHost, type Payload } from "./host.js";

const bytes = (payload: Payload) => Buffer.from(JSON.stringify(payload));

export function openRabbit(type: "quorum" | "classic"): OpenHost {
  return async (tenantry) => {
    const connection = await connect(rabbit.url);
    const channel = await connection.createConfirmChannel();
    const consumer = await connection.createChannel();
    const queue = `tenantry-test-${randomUUID()}`;
    const dead = `${queue}-dead`;
    const deadLetter = { queue: dead };
    // Made as the consumer makes it, so that jobs can be sent before it is there.
    const args = { "x-queue-type": type };
    await channel.assertQueue(dead, { durable: true, arguments: args });
    await channel.assertQueue(queue, {
      durable: true,
      arguments: { ...args, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead },
    });
    let tag: string | undefined;
    return {
      queue,
      async enqueue(payload) {
        publishJob(tenantry, channel, { routingKey: queue }, bytes(payload));
        await channel.waitForConfirms();
      },
      seal(payload, { sealJob }) {
        const id = randomUUID();
        return { name: "", id, payload, seal: sealJob({ queue, id, payload: bytes(payload) }) };
      },
      async inject(job) {
        const headers = job.seal === undefined ? {} : { [jobSealHeader]: job.seal };
        channel.sendToQueue(queue, bytes(job.payload), { messageId: job.id, headers });
        await channel.waitForConfirms();
      },
      async work(work) {
        tag = await consumeJobs(
          tenantry,
          consumer,
          queue,
          (message: ConsumeMessage) => work(JSON.parse(message.content.toString()) as Payload),
          { deadLetter, type, mostDeliveries: attempts, concurrency: 30 },
        );
      },
      failed: async () => (await channel.checkQueue(dead)).messageCount,
      // A dead letter is the message itself, its seal included; RabbitMQ adds no text of ours.
      failedText: async () => "without a seal",
      async close() {
        if (tag !== undefined) await consumer.cancel(tag);
        await channel.deleteQueue(queue);
        await channel.deleteQueue(dead);
        await connection.close();
      },
    };
  };
}
