import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Stands between the application and PostgreSQL and writes down what passes. */
export interface WireTap {
  /** The URL with this tap in the server's place. */
  readonly url: string;
  /** What passed since the last `reset`, on all connections, in order. */
  readonly flights: readonly Flight[];
  /** Connections opened since the tap was. */
  readonly connections: number;
  reset(): void;
  close(): Promise<void>;
}

/** Bytes that went one way before any came back. */
export interface Flight {
  readonly from: "client" | "server";
  /** The type byte of each protocol message, such as `BEBES`. */
  types: string;
  readonly messages: Message[];
  /** How many pieces the bytes came in: one for each write that was not merged. */
  pieces: number;
}

export interface Message {
  readonly type: string;
  readonly body: Buffer;
}

export interface WireTapOptions {
  /**
   * Changes what the client sends, keeping its length: to send what the application would not.
   */
  readonly rewrite?: (data: Buffer) => Buffer;
  /**
   * For how many milliseconds the server's answers are held back, to arrive in one piece as they do
   * under load.
   */
  readonly merge?: () => number;
  /** Keeps the client's side open where the server closed its own: its end is not yet seen. */
  readonly keepsClients?: boolean;
}

/** How many units the client had written at most before it waited for an answer. */
export function mostInFlight(flights: readonly Flight[]): number {
  let [now, most] = [0, 0];
  for (const { from, types } of flights) {
    for (const type of types) {
      if (from === "client" && type === "S") most = Math.max(most, (now += 1));
      if (from === "server" && type === "Z") now -= 1;
    }
  }
  return most;
}

export async function openWireTap(
  target: string,
  { rewrite = (data) => data, merge = () => 0, keepsClients = false }: WireTapOptions = {},
): Promise<WireTap> {
  const { hostname, port } = new URL(target);
  const flights: Flight[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const note = (from: Flight["from"], messages: Message[]) => {
    let flight = flights.at(-1);
    if (flight?.from !== from)
      flights.push((flight = { from, types: "", messages: [], pieces: 0 }));
    flight.types += messages.map(({ type }) => type).join("");
    flight.messages.push(...messages);
    flight.pieces += 1;
  };
  const listener = createServer((client) => {
    connections += 1;
    const server = connect(Number(port || 5432), hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      const end = () => {
        if (!keepsClients || socket === client) client.destroy();
        server.destroy();
        sockets.delete(socket);
      };
      socket.setNoDelay(true).on("error", end).on("close", end);
    }
    const fromClient = messageReader(true);
    const fromServer = messageReader(false);
    client.on("data", (given) => {
      const data = rewrite(given);
      note("client", fromClient(data));
      server.write(data);
    });
    const held: Buffer[] = [];
    const pass = () => client.write(Buffer.concat(held.splice(0)));
    server.on("data", (data) => {
      note("server", fromServer(data));
      const milliseconds = merge();
      held.push(data);
      if (milliseconds === 0) pass();
      else if (held.length === 1) setTimeout(pass, milliseconds);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.href,
    flights,
    get connections() {
      return connections;
    },
    reset: () => void flights.splice(0),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}

/** Cuts a stream into messages. A client's first one, the startup packet, has no type byte. */
function messageReader(startsUntyped: boolean): (data: Buffer) => Message[] {
  let rest = Buffer.alloc(0);
  let untyped = startsUntyped;
  return (data) => {
    rest = Buffer.concat([rest, data]);
    const messages: Message[] = [];
    for (;;) {
      const at = untyped ? 0 : 1;
      if (rest.length < at + 4) return messages;
      const length = at + rest.readInt32BE(at);
      if (rest.length < length) return messages;
      const type = untyped ? "startup" : String.fromCharCode(rest[0]!);
      messages.push({ type, body: rest.subarray(at + 4, length) });
      rest = rest.subarray(length);
      untyped = false;
    }
  };
}

/** The zero-terminated strings at the start of a message: Parse has a name, then its text. */
export function stringsOf({ body }: Message): string[] {
  return body.toString("latin1").split("\0");
}

/** All messages of one type that went one way. */
export function messagesOf(tap: WireTap, from: Flight["from"], type: string): Message[] {
  return tap.flights
    .filter((flight) => flight.from === from)
    .flatMap(({ messages }) => messages.filter((message) => message.type === type));
}
