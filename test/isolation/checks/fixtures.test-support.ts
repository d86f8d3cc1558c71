import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import type { Catalog } from "../../../src/isolation/catalog/catalog.js";
import { readCatalogHere } from "../../../src/isolation/catalog/read-catalog.js";
import { runChecks } from "../../../src/isolation/checks/check.js";
import { checks } from "../../../src/isolation/checks/index.js";
import type { Finding } from "../../../src/isolation/report/finding.js";
import { readManifestTable } from "../../../src/isolation/subject/manifest-table.js";
import { subjectOf } from "../../../src/isolation/subject/read-subject.js";
import type { Subject } from "../../../src/isolation/subject/subject.js";

const folder = fileURLToPath(new URL("fixtures/", import.meta.url));

/** One database state: `a1.gap.sql` has the gap of check A1, `a1.clean.sql` looks alike and has none. */
export interface Fixture {
  /** As `a1.gap.sql` or `a1.gap-2.sql`. */
  readonly file: string;
  /** As `A1`. */
  readonly check: string;
  readonly kind: "gap" | "clean";
}

export function fixtures(): readonly Fixture[] {
  return readdirSync(folder).flatMap((file) => {
    const [, check, kind] = /^([a-z]\d+)\.(gap|clean)(?:-\d+)?\.sql$/.exec(file) ?? [];
    if (check === undefined || kind === undefined) return [];
    return [{ file, check: check.toUpperCase(), kind: kind as Fixture["kind"] }];
  });
}

/** The preamble on a connection, in a transaction that is never committed; a savepoint for each fixture. */
export class FixtureDatabase {
  readonly #client: pg.Client;
  readonly #names: Readonly<Record<string, string>>;
  readonly #known = new Map<string, readonly Finding[]>();

  constructor(client: pg.Client) {
    const suffix = randomBytes(4).toString("hex");
    this.#client = client;
    this.#names = {
      owner: `gaps_owner_${suffix}`,
      app: `gaps_app_${suffix}`,
      group: `gaps_group_${suffix}`,
      database: client.database!,
    };
  }

  async open(): Promise<void> {
    await this.#client.query("begin");
    await this.#client.query(this.#read("preamble.sql"));
    await this.#client.query("savepoint sound");
  }

  /** How bad the fixture says that its gap is, as `-- severity low`. */
  severityIn(file: string): string | undefined {
    return /^-- severity (\w+)$/m.exec(this.#read(file))?.[1];
  }

  /** What all checks find in a fixture on top of the preamble; read once. */
  async findingsIn(file: string): Promise<readonly Finding[]> {
    const before = this.#known.get(file);
    if (before !== undefined) return before;
    const found = runChecks(checks, await this.subjectOf(this.#read(file)));
    this.#known.set(file, found);
    return found;
  }

  /** What they find once a superuser has run the mends. */
  async findingsAfter(file: string, mends: readonly string[]): Promise<readonly Finding[]> {
    const sql = [this.#read(file), "reset role", ...mends].join("\n;\n");
    return runChecks(checks, await this.subjectOf(sql));
  }

  async subjectOf(sql: string): Promise<Subject> {
    try {
      await this.#client.query(`${sql}; reset role`);
      const catalog = onRelease(await readCatalogHere(this.#client), sql);
      const classes = await readManifestTable(this.#client, catalog);
      const appRoles = [this.#names["app"]!];
      return subjectOf(catalog, classes, {
        tenantColumns: ["tenant_id"],
        root: "app.organizations",
        appRoles,
      });
    } finally {
      await this.#client.query("rollback to savepoint sound");
    }
  }

  #read(file: string): string {
    return readFileSync(folder + file, "utf8").replaceAll(
      /\{(owner|app|group|database)\}/g,
      (_, name: string) => this.#names[name]!,
    );
  }
}

/** A release without known holes, unless the fixture says one, as `-- server 150019`. */
function onRelease(catalog: Catalog, sql: string): Catalog {
  const { server } = catalog;
  const said = /^-- server (\d+)$/m.exec(sql)?.[1];
  const number = Number(said ?? Math.floor(server.number / 10_000) * 10_000 + 99);
  const version = `${Math.floor(number / 10_000)}.${number % 10_000}`;
  return { ...catalog, server: { ...server, number, version } };
}
