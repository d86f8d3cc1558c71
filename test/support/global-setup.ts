import type { TestProject } from "vitest/node";
import { startEmbeddedForTests } from "./embedded-for-tests.js";
import { prepareServer, type PreparedServer } from "./prepare-server.js";
import { externalServerVariable } from "./servers.js";

/** Runs once before all tests; what it returns, once after them. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of closing.reverse()) await step();
  };
  try {
    const prepared: PreparedServer[] = [];
    const embedded = await startEmbeddedForTests();
    closing.push(() => embedded.stop());
    prepared.push(await prepareServer("embedded", embedded.url));
    const externalUrl = process.env[externalServerVariable];
    if (externalUrl) prepared.push(await prepareServer("external", externalUrl));
    closing.push(...prepared.map((server) => () => server.close()));
    const servers = prepared.map(({ server }) => server);
    for (const { label, templateFailure } of servers) {
      if (templateFailure !== null) process.stderr.write(`${label}: ${templateFailure}\n`);
    }
    project.provide("tenantryServers", servers);
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}
