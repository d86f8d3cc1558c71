import { describe, inject } from "vitest";

/** A real PostgreSQL that suites run on. Plain data: it travels from the global setup to the workers. */
export interface TestServer {
  readonly kind: "embedded" | "external";
  /** As `embedded PostgreSQL 18.4`: stands in the title of every suite that runs there. */
  readonly label: string;
  /** As `server_version_num`: 150020, 180004. */
  readonly version: number;
  /** A superuser's. For setting up and for attacks that assume one; never for what is under test. */
  readonly adminUrl: string;
  /** Of the login roles `tenantry_test_*`. */
  readonly rolePassword: string;
  /** The migrated database that test databases are copies of. */
  readonly template: string;
  /** The secret whose keys the template has. */
  readonly secret: string;
  /** Why there is no template, where migrating it failed. */
  readonly templateFailure: string | null;
}

declare module "vitest" {
  interface ProvidedContext {
    tenantryServers: readonly TestServer[];
  }
}

export const externalServerVariable = "TENANTRY_TEST_POSTGRES_URL";

/** What stands in the title of a suite that found no second server. */
export const missingServerLabel = `NO SECOND SERVER: ${externalServerVariable} is not set; give it a superuser's URL of a PostgreSQL 15 or later`;

const nowhere: TestServer = {
  kind: "external",
  label: missingServerLabel,
  version: 0,
  adminUrl: "",
  rolePassword: "",
  template: "",
  secret: "",
  templateFailure: missingServerLabel,
};

/** The servers of this run: the embedded PostgreSQL 18 always, then the one from the environment. */
export function testServers(): readonly TestServer[] {
  return inject("tenantryServers");
}

/** The embedded server: for what one server proves as well as two. */
export function embeddedServer(): TestServer {
  return testServers().find(({ kind }) => kind === "embedded")!;
}

export function suiteTitle(title: string, server: TestServer): string {
  return `${title} [${server.label}]`;
}

/** Runs a suite on every server; one that is missing is skipped by name, never silently. */
export function describeOnServers(title: string, suite: (server: TestServer) => void): void {
  const servers = testServers();
  for (const server of servers) {
    describe(suiteTitle(title, server), () => suite(server));
  }
  if (!servers.some(({ kind }) => kind === "external")) {
    describe.skip(suiteTitle(title, nowhere), () => suite(nowhere));
  }
}

/** Runs a suite on the embedded server alone: where a second one would cost more time than it proves. */
export function describeOnEmbedded(title: string, suite: (server: TestServer) => void): void {
  const server = embeddedServer();
  describe(suiteTitle(title, server), () => suite(server));
}
