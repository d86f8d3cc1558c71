import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import { answerCases } from "./http/answer-cases.js";
import { createApplication, type Application } from "./http/application.js";
import { connectionCases } from "./http/connection-cases.js";
import { failureCases } from "./http/failure-cases.js";
import { headerCases } from "./http/header-cases.js";
import type { HttpHost } from "./http/host.js";
import { rowCases } from "./http/row-cases.js";
import { scopeCases } from "./http/scope-cases.js";
import { upgradeCases } from "./http/upgrade-cases.js";
import { uploadCases } from "./http/upload-cases.js";
import { openTenancy, type Tenancy } from "./http/tenancy.js";

/** A host that listens, and what stands behind it. */
export interface Running extends Tenancy {
  readonly host: HttpHost;
  readonly application: Application;
  readonly server: Server;
  readonly port: number;
}

/** What every way to serve HTTP must do, but for rows. */
export function httpConformance(host: HttpHost): void {
  let running: Running;
  beforeAll(async () => {
    const tenancy = await openTenancy();
    const application = createApplication(tenancy.tenantry);
    const { server, port } = await listen(host, application);
    running = Object.assign(tenancy, { host, application, server, port });
  });
  afterAll(async () => {
    running?.server.close().closeAllConnections();
    await running?.tenantry.close();
  });
  const suites = [
    scopeCases,
    answerCases,
    failureCases,
    headerCases,
    connectionCases,
    uploadCases,
    upgradeCases,
  ];
  for (const suite of suites) suite(() => running);
}

export { rowCases as httpRowConformance };

export async function listen(
  host: HttpHost,
  application: Application,
): Promise<{ server: Server; port: number }> {
  const server = await host.serve(application);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { server, port: (server.address() as AddressInfo).port };
}
