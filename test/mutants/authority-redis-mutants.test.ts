import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type * as AuthorityModule from "../../src/identity/authority/index.js";
import { openRedisPlaces, type RedisPlaces } from "../identity/support/authority-redis.js";
import { openAuthorityStage, type AuthorityStage } from "../identity/support/authority-stage.js";
import { describeOnRedis } from "../support/redis.js";
import { embeddedServer } from "../support/servers.js";
import { authorityRedisMutants } from "./authority-redis-mutants.js";
import { authorityRedisProbes } from "./authority-redis-probes.js";
import { openSourceCopies, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

describeOnRedis("Redis beside the authority with something wrong in it", (url) => {
  let sound: AuthorityStage;
  let copies: SourceCopies;
  let places: RedisPlaces | undefined;

  beforeAll(async () => {
    sound = await openAuthorityStage(embeddedServer());
    copies = await openSourceCopies(["core", "registry", "identity"]);
  });
  afterAll(async () => {
    await sound?.close();
    await copies?.remove();
  });
  beforeEach(() => {
    places = undefined;
  });
  afterEach(async () => {
    await places?.close();
    await sound.fixture.admin("delete from tenantry.denied_token");
  });

  /** A probe that throws has noticed, too. */
  function passes(name: string, stage: AuthorityStage) {
    places = openRedisPlaces(stage, url);
    return authorityRedisProbes[name]!(places, stage).catch((error: unknown) => String(error));
  }

  it.each(Object.keys(authorityRedisProbes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => {
      expect(await passes(name, sound)).toBe(true);
    },
  );

  it.each(authorityRedisMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      const module = await copies.copy(file, changes);
      const code = await module<typeof AuthorityModule>("identity/authority/index.ts");
      expect(await passes(killedBy, sound.madeBy(code))).not.toBe(true);
    },
  );
});

it("names each mutant of Redis beside the authority once, and all of them in the README", () => {
  const names = authorityRedisMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(
    authorityRedisMutants.filter(
      ({ name, killedBy }) => !readme.includes(`- ${name} — \`${killedBy}\``),
    ),
  ).toEqual([]);
  const used = new Set(authorityRedisMutants.map(({ killedBy }) => killedBy));
  expect(Object.keys(authorityRedisProbes).filter((name) => !used.has(name))).toEqual([]);
});
