import type { Reader } from "../../catalog/reader.js";
import type { Manifest } from "../../manifest/manifest.js";
import { readSubject } from "../../subject/read-subject.js";
import type { Subject, SubjectOptions } from "../../subject/subject.js";
import { asking, type Ask } from "./ask.js";
import { readTenants, type KnownTenants } from "./known-tenants.js";

export interface DatabaseOptions extends SubjectOptions {
  readonly manifest?: Manifest;
  readonly auditTable?: string;
  readonly write?: boolean;
  readonly hearWithin?: number;
  /** A URL that may write the registry. */
  readonly operatorUrl: string;
}

/** The service's database, over one connection; what is read of it is read once. */
export class Database {
  private subject: Promise<Subject> | undefined;
  private tenants: Promise<KnownTenants> | undefined;

  readonly ask: Ask;

  constructor(
    private readonly client: Reader,
    readonly options: DatabaseOptions,
  ) {
    this.ask = asking(client);
  }

  /** @throws {TenantryError} `PROOF_IMPOSSIBLE` where an option names what is not there */
  read(): Promise<Subject> {
    return (this.subject ??= readSubject(this.client, this.options, this.options.manifest));
  }

  /** By what keys and jobs may name them. */
  async knownTenants(): Promise<KnownTenants> {
    return (this.tenants ??= readTenants(this.ask, await this.read()));
  }
}
