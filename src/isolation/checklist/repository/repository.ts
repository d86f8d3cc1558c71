import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { TenantryError } from "../../../core/tenantry-error.js";
import { Unanswered } from "../item.js";

const mostFiles = 50_000;
const largest = 1_000_000;
const skipped = new Set(["node_modules", "dist", "build", "out", "coverage", "vendor", "target"]);
/** Folders with a dot that hold what runs in CI. */
const shown = new Set([".github", ".gitlab", ".circleci", ".ci", ".buildkite", ".woodpecker"]);

export interface SourceFile {
  /** Below the repository, with slashes. */
  readonly path: string;
  read(): string;
}

/** A folder of source: its files by name, read when asked for. */
export class Repository {
  readonly files: readonly SourceFile[];
  /** Whether there are more than were read. */
  readonly isCut: boolean;

  /** @throws {TenantryError} `CONFIG_INVALID` where there is no such folder */
  constructor(readonly root: string) {
    assertFolder(root);
    const files: SourceFile[] = [];
    for (const file of filesIn(resolve(root), resolve(root))) {
      if (files.push(file) > mostFiles) break;
    }
    this.files = files.slice(0, mostFiles);
    this.isCut = files.length > mostFiles;
  }

  /**
   * What the package.json files name as dependencies, of whatever kind.
   * @throws {Unanswered} where they name nothing: then the repository tells nothing of what is used
   */
  dependencies(): ReadonlySet<string> {
    const names = this.files
      .filter(({ path }) => /(^|\/)package\.json$/.test(path))
      .flatMap((file) => dependenciesIn(file));
    if (names.length > 0) return new Set(names);
    throw new Unanswered(
      "No package.json of the repository names a package: give --redis-url, or --jobs-url.",
    );
  }
}

function* filesIn(folder: string, root: string): Generator<SourceFile> {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = join(folder, entry.name);
    if (entry.isFile()) {
      const path = relative(root, full).split(sep).join("/");
      yield { path, read: () => (statSync(full).size > largest ? "" : readFileSync(full, "utf8")) };
    } else if (entry.isDirectory() && !skipped.has(entry.name)) {
      // A link is no folder of this repository's, and may lead in circles.
      if (!entry.name.startsWith(".") || shown.has(entry.name)) yield* filesIn(full, root);
    }
  }
}

function dependenciesIn(file: SourceFile): readonly string[] {
  const fields = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
  const content = packageOf(file);
  return fields.flatMap((field) => Object.keys(content[field] ?? {}));
}

/** A package.json's content; empty where it cannot be read. */
export function packageOf(file: SourceFile): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(file.read());
    return typeof content === "object" && content !== null ? { ...content } : {};
  } catch {
    return {};
  }
}

function assertFolder(root: string): void {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new TenantryError("CONFIG_INVALID", {
    message: `The repository ${JSON.stringify(root)} is no folder.`,
    fix: "Give --repository with the folder of the service's source.",
  });
}
