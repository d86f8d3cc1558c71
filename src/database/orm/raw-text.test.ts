import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { whyUnfit } from "./raw-text.js";

describe("raw text inside a scoped statement", () => {
  it.each([
    ["lower(title)"],
    ["title = 'select it''s; -- from'"],
    ['"from" > 3 and not ("select" is null)'],
    ["a is not distinct from b"],
    ["extract(epoch from created_at) / 60"],
    ["trim(both from title)"],
    ["count(*) filter (where done)"],
    ["data ->> 'from' #- '{a}'"],
  ])("may be an expression: %s", (text) => {
    expect(whyUnfit([text])).toBeNull();
  });

  it.each([
    ["(select 1)"],
    ["exists (TABLE x)"],
    ["extract(epoch from (select now()))"],
    ["is distinct from x from y"],
    ["trim(select title from project)"],
    ["1) or (1"],
    ["(1"],
    ["a --"],
    ["a /* b"],
    ["a; b"],
    ["'a"],
    ['"a'],
    ["E'\\'' or true"],
    ["$$a$$"],
    ["1 union all values (1)"],
  ])("may be nothing else: %s", (text) => {
    expect(whyUnfit([text])).not.toBeNull();
  });

  it("may not make a word of two pieces", () => {
    expect(whyUnfit(["sel", "ect 1"])).not.toBeNull();
    expect(whyUnfit(["lower(", ") = ", ""])).toBeNull();
  });

  it("never lets SELECT, FROM or TABLE through outside of quotes", () => {
    const word = fc.constantFrom("select", "FROM", "Table", "union", "with");
    const around = fc.stringMatching(/^[a-z0-9 ,.()*=<>+-]{0,20}$/);
    fc.assert(
      fc.property(around, word, around, (before, middle, after) => {
        const text = `${before} ${middle} ${after}`;
        const isOperator = /(?:distinct|\()[a-z0-9 .]* from/i.test(text);
        return isOperator || whyUnfit([text]) !== null;
      }),
    );
  });
});
