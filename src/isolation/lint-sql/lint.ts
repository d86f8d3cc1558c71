import type { Report } from "../report/report.js";
import { startReport } from "../report/start-report.js";
import { emptyModel } from "./model/model.js";
import { Tenancy, type TenancyOptions } from "./model/tenancy.js";
import { replayFile } from "./replay/replay.js";
import { checks, lintRules } from "./rules/index.js";
import { applyIgnores } from "./source/ignore.js";
import type { MigrationFiles } from "./source/files.js";
import { subjectOf } from "./subject/subject-of.js";
import { matrixOf } from "./matrix.js";

export interface LintOptions extends TenancyOptions {
  readonly manifestFile?: string | undefined;
}

/**
 * Carries out migrations on a model of the database, and judges what is there at the end.
 * @throws {TenantryError} `MANIFEST_INVALID`, where the manifest leaves a question open
 */
export function lintMigrations({ files, undoing }: MigrationFiles, options: LintOptions): Report {
  const end = startReport("lint-sql", options.manifest?.suppressions);
  const model = emptyModel();
  const maps = files.map((file) => replayFile(file, model));
  const tenancy = new Tenancy(model, options);
  const context = { model, tenancy, subject: subjectOf(model, tenancy) };
  const all = checks.flatMap(({ find }) => find(context));
  const { findings, suppressed, notes } = applyIgnores(all, maps, lintRules);
  const statements = maps.reduce((count, map) => count + map.statements.length, 0);
  const report = end({
    target: [
      ["migrations", `${files.length} files, ${statements} statements`],
      ["tables", `${model.tables.size}, ${tenancy.tenantTables.length} of them tenants'`],
      ["manifest", options.manifestFile ?? "none"],
    ],
    assumptions: assumptionsOf(tenancy, options),
    rules: lintRules,
    findings,
    matrices: [],
    unproven: unprovenOf(context),
    notes: [
      ...(undoing.length === 0
        ? []
        : [`${undoing.length} files that undo a migration were left out.`]),
      ...notes,
    ],
  });
  const accepted = [...suppressed, ...report.suppressed];
  const matrix = matrixOf(context, report.findings, accepted);
  return { ...report, suppressed: accepted, matrices: matrix.rows.length === 0 ? [] : [matrix] };
}

function assumptionsOf(
  tenancy: Tenancy,
  { manifest, tenantColumn, setting }: LintOptions,
): string[] {
  const column = `A table with a column ${tenancy.usualColumn} is a tenant's (--tenant-column, or --manifest).`;
  const roles =
    "Every role that is granted something may be the application's (appRoles in the manifest).";
  return [
    ...(tenantColumn === undefined && manifest?.tenantColumn === undefined ? [column] : []),
    ...(tenancy.appRoles.size === 0 ? [roles] : []),
    ...(setting === undefined && manifest?.setting === undefined
      ? ["Whatever setting a policy reads is the tenant's (--setting)."]
      : []),
  ];
}

function unprovenOf({
  model,
  tenancy,
}: {
  model: ReturnType<typeof emptyModel>;
  tenancy: Tenancy;
}) {
  const unread = model.unread.filter(({ kind }) => kind !== "dynamic");
  const strangers = [...model.tables.values()].filter(
    (table) => tenancy.classOf(table) === undefined && table.name !== tenancy.root,
  );
  const judged = tenancy.hasManifest || model.usesTenantry;
  return [
    ...unread.map(({ problem, place }) => `${place.file}:${place.line} was not read: ${problem}.`),
    ...(judged || strangers.length === 0
      ? []
      : [
          `${strangers.length} tables without ${tenancy.usualColumn} were not judged, for nobody says whose they are: ${strangers
            .slice(0, 20)
            .map(({ name }) => name)
            .join(", ")}.`,
        ]),
  ];
}
