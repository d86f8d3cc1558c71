import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Problem } from "./problem.js";

export interface Settings {
  /** 0 takes any free one. */
  readonly port: number;
  /**
   * Concatenates the SQL of the search, on purpose, and opens the panel that attacks it and the outbox
   * with everyone's mail.
   */
  readonly injectableSearch: boolean;
  /** Keeps the embedded database. */
  readonly directory: string;
  /** Null where none is given: then the embedded server is used. */
  readonly database: DatabaseSettings | null;
}

export interface DatabaseSettings {
  /** The app's login: a member of `tenantry_app` only. */
  readonly url: string;
  /** A member of `tenantry_operator` only. */
  readonly operatorUrl: string;
  /** A member of `tenantry_identity` only. */
  readonly identityUrl: string;
  /** A member of `tenantry_owner`, for the tracker's own tables. */
  readonly migrationUrl: string;
  readonly secret: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `.tenantry` of the repository, from src/ and dist/ alike. */
const defaultDirectory = fileURLToPath(new URL("../../../.tenantry", import.meta.url));

/** @throws {Problem} */
export function readSettings(environment: Environment): Settings {
  return {
    port: readPort(environment["PORT"]),
    injectableSearch: readFlag("TRACKER_INJECTABLE_SEARCH", environment),
    directory: resolve(environment["TRACKER_DIRECTORY"] || defaultDirectory),
    database: environment["DATABASE_URL"] ? databaseSettings(environment) : null,
  };
}

/** All of them, as `tenantry dev` prints them and the embedded server hands them over. */
export function databaseSettings(environment: Environment): DatabaseSettings {
  const read = (name: string): string => {
    const value = environment[name];
    if (value) return value;
    throw new Problem(
      `DATABASE_URL is set, but ${name} is not. The tracker needs DATABASE_URL, TENANTRY_OPERATOR_DATABASE_URL, TENANTRY_IDENTITY_DATABASE_URL, TENANTRY_MIGRATION_DATABASE_URL and TENANTRY_SECRET, or none of them: then it brings its own database.`,
    );
  };
  return {
    url: read("DATABASE_URL"),
    operatorUrl: read("TENANTRY_OPERATOR_DATABASE_URL"),
    identityUrl: read("TENANTRY_IDENTITY_DATABASE_URL"),
    migrationUrl: read("TENANTRY_MIGRATION_DATABASE_URL"),
    secret: read("TENANTRY_SECRET"),
  };
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === "") return 3000;
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Problem(`PORT is ${JSON.stringify(text)}; give a number from 0 to 65535.`);
}

function readFlag(name: string, environment: Environment): boolean {
  const text = environment[name] ?? "";
  if (text === "1") return true;
  if (text === "" || text === "0") return false;
  throw new Problem(`${name} is ${JSON.stringify(text)}; give 1 or 0.`);
}
