import { connect } from "node:net";
import { describe, it } from "vitest";

/** A server that queues live in. */
export interface Broker {
  readonly url: string;
  /** `Redis 7.0.15`, or `NO REDIS: how to get it`. */
  readonly label: string;
  readonly present: boolean;
}

/** Runs a suite on a broker that is there; skips it by name, and loudly, where it is not. */
export function describeOnBroker(
  title: string,
  broker: Broker,
  suite: (broker: Broker) => void,
): void {
  const name = `${title} [${broker.label}]`;
  if (broker.present) {
    describe(name, () => suite(broker));
    return;
  }
  process.stderr.write(`${title}: skipped, ${broker.label}\n`);
  describe.skip(name, () => {
    it("keeps tenants apart", () => undefined);
  });
}

const redisUrl = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";
const natsUrl = process.env["NATS_URL"] ?? "nats://127.0.0.1:4222";
const rabbitUrl = process.env["RABBITMQ_URL"] ?? "amqp://guest:guest@127.0.0.1:5672";

/** What a server says about itself at once, or when asked; "" where there is none. */
function greeting(url: string, request: string, enough: RegExp): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let said = "";
    const socket = connect({ host: hostname, port: Number(port) });
    const end = () => {
      socket.destroy();
      resolve(said);
    };
    socket.setTimeout(2000, end);
    socket.on("error", end);
    socket.on("connect", () => socket.write(request, "latin1"));
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1");
      if (enough.test(said)) end();
    });
  });
}

async function find(
  url: string,
  request: string,
  version: RegExp,
  name: string,
  mend: string,
): Promise<Broker> {
  const found = version.exec(await greeting(url, request, version));
  return found === null
    ? { url, present: false, label: `NO ${name.toUpperCase()}: ${mend}` }
    : { url, present: true, label: `${name} ${found[1]}` };
}

export const redis = await find(
  redisUrl,
  "INFO server\r\n",
  /redis_version:([\d.]+)/,
  "Redis",
  "start one, or set REDIS_URL",
);
export const nats = await find(
  natsUrl,
  "",
  /"version":"([\d.]+)".*"jetstream":true/,
  "NATS",
  "start one with -js, or set NATS_URL",
);
export const rabbit = await find(
  rabbitUrl,
  "AMQP\0\0\u0009\u0001",
  /version\S\0\0\0.([\d.]+)/,
  "RabbitMQ",
  "start one, or set RABBITMQ_URL",
);
