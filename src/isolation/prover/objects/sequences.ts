import { literal, nameOf, quoted, sqlName } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import { describeRefusal, refusalOf } from "../attempt.js";
import { holds, open, unproven, type Outcome } from "../outcome.js";
import { attacks } from "../rules.js";
import { shown } from "../trial.js";
import { accuseObject, type ObjectRow, type Scene } from "./scene.js";

/** Reads every sequence. Setting one outlives a rollback, so there the server is asked. */
export async function sequences(scene: Scene): Promise<readonly ObjectRow[]> {
  const { subject } = scene;
  const rows: ObjectRow[] = [];
  for (const sequence of subject.catalog.relations.values()) {
    if (sequence.kind !== "sequence" || sequence.extension !== null) continue;
    const outcome = await trySequence(scene, sequence);
    rows.push({ name: nameOf(sequence), kind: "sequence", outcome });
  }
  return rows;
}

async function trySequence({ stage }: Scene, sequence: Relation): Promise<Outcome> {
  const name = sqlName(sequence);
  const role = stage.role.name;
  const reading = `select last_value from ${name}`;
  const read = await stage.rolledBack(() => stage.asApp("a", reading));
  if (!read.ok && refusalOf(read) !== "privilege") {
    return unproven(`reading it failed: ${describeRefusal(read)}`);
  }
  // Without the schema's USAGE no statement gets there.
  const [asked] = await stage.asProver(
    `select (pg_catalog.has_schema_privilege(${literal(role)}, ${literal(quoted(sequence.schema))}::regnamespace, 'USAGE')
       and pg_catalog.has_sequence_privilege(${literal(role)}, ${literal(name)}::regclass, 'UPDATE'))::text as may`,
  );
  const may = asked?.["may"] === "true";
  if (!read.ok && !may) return holds("no privilege");
  const told = read.ok ? [`${shown(reading)} tells how much all tenants make`] : [];
  const set = may ? [`setval() of it makes everybody's next insert fail`] : [];
  const privileges = [...(read.ok ? ["SELECT"] : []), ...(may ? ["UPDATE"] : [])].join(", ");
  return open(
    accuseObject(attacks.sequence, nameOf(sequence), {
      message: `As ${role}, ${[...told, ...set].join(", and ")}.`,
      mend: `GRANT USAGE ON SEQUENCE ${name} TO ${quoted(role)}; REVOKE ${privileges} ON SEQUENCE ${name} FROM ${quoted(role)}, PUBLIC;`,
    }),
  );
}
