import { createServer, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, it } from "vitest";
import { listenOnLoopback } from "../src/listen.js";

it("says that a port is in use, and how to choose another", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  try {
    await expect(listenOnLoopback(() => undefined, port)).rejects.toThrow(
      `Port ${port} is in use. Stop what listens there, or choose another: PORT=${port + 1} npm start`,
    );
  } finally {
    other.close();
  }
});

it("is reached from this machine and from no other", async () => {
  const listening = await listenOnLoopback((_, response) => void response.end("here"), 0);
  const ask = async (host: string) => (await fetch(`http://${host}:${listening.port}/`)).text();
  const outward = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");
  try {
    expect(await ask("127.0.0.1")).toBe("here");
    for (const { address } of outward) await expect(ask(address)).rejects.toThrow("fetch failed");
  } finally {
    await listening.close();
  }
});
