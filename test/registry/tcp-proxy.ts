import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Stands between a client and PostgreSQL, to break what is between them. */
export interface TcpProxy {
  /** The URL with this proxy in the server's place. */
  readonly url: string;
  /** From now on nothing passes, on old connections or new, and nobody is told. */
  blackhole(): void;
  /** Closes every connection and refuses new ones. */
  cut(): void;
  /** New connections pass again. Those that a blackhole swallowed stay dead. */
  heal(): void;
  close(): Promise<void>;
}

export interface TcpProxyOptions {
  /**
   * Like a pooler in transaction mode: a notification reaches a client only while it has a
   * statement under way.
   */
  readonly onlyWhileBusy?: boolean;
}

type State = "open" | "silent" | "refusing";

export async function openTcpProxy(
  target: string,
  { onlyWhileBusy = false }: TcpProxyOptions = {},
): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  let state: State = "open";
  const pairs = new Set<{ client: Socket; server: Socket; dead: boolean }>();

  const listener = createServer((client) => {
    if (state === "refusing") return void client.destroy();
    const server = connect(Number(port || 5432), hostname);
    const pair = { client, server, dead: state === "silent" };
    pairs.add(pair);
    const end = () => {
      client.destroy();
      server.destroy();
      pairs.delete(pair);
    };
    for (const socket of [client, server]) socket.on("error", end).on("close", end);
    const filter = onlyWhileBusy ? dropIdleNotifications() : undefined;
    client.on("data", (data) => {
      if (pair.dead) return;
      filter?.sent();
      server.write(data);
    });
    server.on("data", (data) => {
      if (!pair.dead) client.write(filter?.received(data) ?? data);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((listener.address() as AddressInfo).port);

  const destroyAll = () => {
    for (const { client, server } of [...pairs]) {
      client.destroy();
      server.destroy();
    }
  };
  return {
    url: url.href,
    blackhole() {
      state = "silent";
      for (const pair of pairs) pair.dead = true;
    },
    cut() {
      state = "refusing";
      destroyAll();
    },
    heal() {
      state = "open";
    },
    close() {
      destroyAll();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}

/** Reads the server's messages (a type byte and a length) and leaves some notifications out. */
function dropIdleNotifications() {
  let busy = true; // until the first ReadyForQuery
  let rest = Buffer.alloc(0);
  return {
    sent: () => void (busy = true),
    received(data: Buffer): Buffer {
      rest = Buffer.concat([rest, data]);
      const passed: Buffer[] = [];
      while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
        const message = rest.subarray(0, 1 + rest.readInt32BE(1));
        rest = rest.subarray(message.length);
        const type = String.fromCharCode(message[0]!);
        if (type !== "A" || busy) passed.push(message);
        if (type === "Z") busy = false;
      }
      return Buffer.concat(passed);
    },
  };
}
