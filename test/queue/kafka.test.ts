import type { EachMessagePayload, Message } from "kafkajs";
import { sealMessage, tenantEachMessage } from "tenantry/kafka";
import { beforeEach, describe, expect, it } from "vitest";
import { createQueueStage, type QueueStage } from "./stage.js";

/** As kafkajs decodes what it was given to send: everything a Buffer. */
function decoded(topic: string, { key, value, headers }: Message): EachMessagePayload {
  const buffer = (content: Buffer | string | null | undefined) =>
    content == null ? null : Buffer.from(content as string);
  return {
    topic,
    partition: 0,
    heartbeat: async () => {},
    pause: () => () => {},
    message: {
      key: buffer(key),
      value: buffer(value),
      timestamp: "0",
      attributes: 0,
      offset: "0",
      headers: Object.fromEntries(
        Object.entries(headers ?? {}).map(([name, content]) => [
          name,
          Array.isArray(content)
            ? content.map((one) => Buffer.from(one as string))
            : Buffer.from(content as string),
        ]),
      ),
    },
  };
}

describe("messages of the shape of kafkajs's, without a broker", () => {
  let stage: QueueStage;
  let seen: string[];
  let dead: string[];
  let consume: (payload: EachMessagePayload) => Promise<void>;

  beforeEach(async () => {
    stage = await createQueueStage();
    seen = [];
    dead = [];
    consume = tenantEachMessage(
      stage.tenantry,
      async ({ message }: EachMessagePayload) => {
        if (message.value?.toString() === "fails") throw new Error("the work");
        seen.push(`${stage.tenantry.scope().tenant.slug}: ${String(message.value)}`);
      },
      { deadLetter: async (_, code) => void dead.push(code) },
    );
  });
  const sealed = (message: Message) =>
    stage.as(stage.a, () => sealMessage<Message>(stage.tenantry, "orders", message));

  it.each<[Message]>([
    [{ key: "k", value: "one" }],
    [{ key: null, value: Buffer.from("one") }],
    [{ value: "one", headers: { other: "header" } }],
  ])("run in the scope that was sealed into them: %j", async (message) => {
    const whole = await sealed(message);
    expect(whole.headers).toMatchObject(message.headers ?? {});
    await stage.as(stage.b, () => consume(decoded("orders", whole)).catch(String));
    expect([seen, dead]).toEqual([["acme: one"], []]);
  });

  it("carry a deletion", async () => {
    await consume(decoded("orders", await sealed({ key: "k", value: null })));
    expect(seen).toEqual(["acme: null"]);
  });

  it.each<[string, string, (message: Message) => [string, Message]]>([
    ["no seal", "SEAL_REQUIRED", (message) => ["orders", { ...message, headers: {} }]],
    ["another topic", "SEAL_INVALID", (message) => ["others", message]],
    ["another value", "SEAL_INVALID", (message) => ["orders", { ...message, value: "two" }]],
    ["another key", "SEAL_INVALID", (message) => ["orders", { ...message, key: "l" }]],
    [
      "something moved from the key to the value",
      "SEAL_INVALID",
      (message) => ["orders", { ...message, key: "", value: "kone" }],
    ],
    [
      "two seals",
      "SEAL_INVALID",
      (message) => {
        const seal = message.headers!["tenantry-job"] as string;
        return ["orders", { ...message, headers: { "tenantry-job": [seal, seal] } }];
      },
    ],
  ])("are dead letters with %s", async (_, code, change) => {
    await consume(decoded(...change(await sealed({ key: "k", value: "one" }))));
    expect([seen, dead]).toEqual([[], [code]]);
    expect(stage.events.map(({ type, severity }) => [type, severity])).toEqual([
      ["job.refused", "security"],
    ]);
  });

  it("are dead letters where the tenant is suspended: the partition goes on", async () => {
    const message = await sealed({ value: "one" });
    await stage.registry.suspend(stage.a.id);
    await consume(decoded("orders", message));
    expect([seen, dead]).toEqual([[], ["TENANT_INACTIVE"]]);
  });

  it("are left to Kafka's client where the work fails, or no dead letter can be written", async () => {
    const failing = decoded("orders", await sealed({ value: "fails" }));
    await expect(consume(failing)).rejects.toThrow("the work");
    const strict = tenantEachMessage(stage.tenantry, async () => {}, {
      deadLetter: () => Promise.reject(new Error("no topic")),
    });
    await expect(strict(decoded("orders", { value: "unsealed" }))).rejects.toThrow("no topic");
  });
});
