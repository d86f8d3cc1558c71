import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldDescription } from "../driver.js";
import type { TypeParsers } from "../query.js";
import { addCommandTag, emptyResult, RowReader } from "./row-reader.js";

const column = (name: string, dataTypeID = 25): FieldDescription => ({
  name,
  dataTypeID,
  format: "text",
});
const types: TypeParsers = {
  getTypeParser: (typeId) => (typeId === 23 ? Number : (text) => text),
};

describe("a row", () => {
  const reader = new RowReader([column("id", 23), column("name")], types);

  it("is read by the names and the types of its columns", () => {
    expect(reader.asObject(["7", "x"])).toEqual({ id: 7, name: "x" });
    expect(reader.asArray(["7", "x"])).toEqual([7, "x"]);
  });

  it("has null where the server sent none, whatever the type", () => {
    expect(reader.asObject([null, null])).toEqual({ id: null, name: null });
    expect(reader.asArray([null, ""])).toEqual([null, ""]);
  });

  it("keeps the last of two columns of one name, as pg does", () => {
    expect(new RowReader([column("a"), column("a")], types).asObject(["1", "2"])).toEqual({
      a: "2",
    });
  });

  it("has what a column named __proto__ holds as its own, and no other prototype", () => {
    const row = new RowReader([column("__proto__")], { getTypeParser: () => () => ({ evil: 1 }) });
    const read = row.asObject(["{}"]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(Object.keys(read)).toEqual(["__proto__"]);
    expect("evil" in read).toBe(false);
  });

  it("takes column names from the server as they are, those of Object's methods too", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 5 }), (names) => {
        const row = new RowReader(
          names.map((name) => column(name)),
          types,
        );
        expect(Object.keys(row.asObject(names)).sort()).toEqual([...names].sort());
      }),
    );
  });

  it("is read with the parsers of its own statement", () => {
    const mine: TypeParsers = { getTypeParser: () => () => "mine" };
    expect(reader.readingWith(mine).asObject(["7", "x"])).toEqual({ id: "mine", name: "mine" });
    expect(reader.asObject(["7", "x"])).toEqual({ id: 7, name: "x" });
    expect(reader.readingWith(types)).toBe(reader);
  });
});

describe("a command tag", () => {
  it.each([
    ["SELECT 5", { command: "SELECT", rowCount: 5, oid: null }],
    ["INSERT 0 1", { command: "INSERT", rowCount: 1, oid: 0 }],
    ["UPDATE 0", { command: "UPDATE", rowCount: 0, oid: null }],
    ["BEGIN", { command: "BEGIN", rowCount: null, oid: null }],
    ["CREATE TABLE", { command: "CREATE", rowCount: null, oid: null }],
    ["", { command: null, rowCount: null, oid: null }],
  ])("%j is read as pg reads it", (text, expected) => {
    const result = emptyResult();
    addCommandTag(result, text);
    expect(result).toMatchObject(expected);
  });
});
