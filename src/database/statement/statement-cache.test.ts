import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StatementCache } from "./statement-cache.js";

/** Gets statements and plays the server that parses them. */
function use(cache: StatementCache, text: string) {
  const statement = cache.get(text);
  statement.state = "ready";
  return statement;
}

describe("the prepared statements of a connection", () => {
  it("are the same for the same text, and named differently for different ones", () => {
    const cache = new StatementCache(10);
    expect(use(cache, "select 1")).toBe(cache.get("select 1"));
    expect(cache.get("select 1").name).not.toBe(cache.get("select 2").name);
  });

  it("are closed, the least recently used first, where there are too many", () => {
    const cache = new StatementCache(2);
    const [one, two] = [use(cache, "1"), use(cache, "2")];
    cache.get("1");
    use(cache, "3");
    expect(cache.takeClosed()).toEqual([two.name]);
    expect(cache.takeClosed()).toEqual([]);
    use(cache, "4");
    expect(cache.takeClosed()).toEqual([one.name]);
  });

  it("need no Close where no Parse was ever sent", () => {
    const cache = new StatementCache(1);
    cache.get("1");
    cache.get("2");
    expect(cache.takeClosed()).toEqual([]);
  });

  it("are closed where it is uncertain whether their Parse succeeded", () => {
    const cache = new StatementCache(1);
    const uncertain = cache.get("1");
    uncertain.state = "uncertain";
    cache.get("2");
    expect(cache.takeClosed()).toEqual([uncertain.name]);
  });

  it("are unnamed and parsed anew each time with a limit of 0", () => {
    const cache = new StatementCache(0);
    const statement = use(cache, "select 1");
    expect(statement.name).toBe("");
    expect(cache.get("select 1")).not.toBe(statement);
    expect(cache.get("select 1").state).toBe("absent");
    cache.renew("select 1");
    expect([cache.size, cache.takeClosed()]).toEqual([0, []]);
  });

  it("are closed and prepared under another name and text when renewed", () => {
    const cache = new StatementCache(10);
    const stale = use(cache, "select 1");
    cache.renew("select 1");
    expect(cache.takeClosed()).toEqual([stale.name]);
    const fresh = cache.get("select 1");
    expect(fresh.name).not.toBe(stale.name);
    expect(fresh.text).not.toBe(stale.text);
    expect(fresh.text.startsWith("select 1\n")).toBe(true);
    expect(fresh.state).toBe("absent");
  });

  it("keep their text intact where it ends in a comment of its own", () => {
    const cache = new StatementCache(10);
    use(cache, "select 1 -- a comment");
    cache.renew("select 1 -- a comment");
    expect(cache.get("select 1 -- a comment").text).toMatch(/^select 1 -- a comment\n\/\*.*\*\/$/);
  });

  it("take no notice of a renewal of what they do not hold", () => {
    const cache = new StatementCache(10);
    cache.renew("select 1");
    expect(cache.get("select 1").text).toBe("select 1");
  });

  it("never number more on the server than the limit and what is due to be closed", () => {
    const step = fc.record({
      text: fc.integer({ min: 0, max: 12 }).map(String),
      does: fc.constantFrom("use", "use", "use", "renew", "fail", "flush"),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { maxLength: 80 }),
        (limit, steps) => {
          const cache = new StatementCache(limit);
          const onServer = new Set<string>();
          const flush = () => {
            for (const name of cache.takeClosed()) onServer.delete(name);
          };
          for (const { text, does } of steps) {
            if (does === "renew") cache.renew(text);
            if (does === "flush") flush();
            if (does !== "use" && does !== "fail") continue;
            const statement = cache.get(text);
            flush();
            if (does === "fail") statement.state = "uncertain";
            else {
              if (statement.state === "uncertain") onServer.delete(statement.name);
              if (statement.state !== "ready") expect(onServer.has(statement.name)).toBe(false);
              statement.state = "ready";
              onServer.add(statement.name);
            }
            expect(onServer.size).toBeLessThanOrEqual(limit);
          }
        },
      ),
    );
  });
});
