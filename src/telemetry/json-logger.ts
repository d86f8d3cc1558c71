import { logFields, withoutLogFields } from "./log-fields.js";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Facts besides the message: plain data, 16 KiB as JSON. */
export type LogData = Readonly<Record<string, unknown>>;

export type JsonLogger = Readonly<Record<LogLevel, (message: string, data?: LogData) => void>>;

export interface JsonLoggerOptions {
  /** Takes one line, its newline included. Default: standard output. */
  readonly write?: (line: string) => void;
}

const longestMessage = 8_192;
const longestData = 16_384;

/** Logs a line of JSON per call, with the tenant and the actor of the active context. */
export function createJsonLogger(options: JsonLoggerOptions = {}): JsonLogger {
  const { write = (line: string) => void process.stdout.write(line) } = options;
  const at = (level: LogLevel) => (message: string, data?: LogData) =>
    write(`${formatLogLine(level, message, data)}\n`);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/**
 * One line of JSON. No text can end it or steer a terminal: what controls either is escaped. A field
 * of the data cannot name another tenant.
 */
export function formatLogLine(level: LogLevel, message: string, data: LogData = {}): string {
  const head = { time: new Date().toISOString(), level, message: short(message) };
  const own = { ...head, ...logFields() };
  const theirs = Object.entries(withoutLogFields(plain(data))).filter(([name]) => !(name in head));
  return escapeControls(JSON.stringify({ ...Object.fromEntries(theirs), ...own }));
}

function short(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
}

/** The data as JSON can hold it; where it cannot, or is too large, only that there was some. */
function plain(data: object): object {
  try {
    const text = JSON.stringify(data, (_, value: unknown) => readable(value));
    // Read back before its fields are looked at: a toJSON may have added some.
    if (text.length <= longestData) return Object(JSON.parse(text)) as object;
    return { data: `left out: ${text.length} characters` };
  } catch {
    return { data: "left out: it cannot be written as JSON" };
  }
}

/** An error's own fields are invisible to JSON; its message and code are what a line needs. */
function readable(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (!(value instanceof Error)) return value;
  const { code } = value as { code?: unknown };
  return { name: value.name, message: value.message, ...(code === undefined ? {} : { code }) };
}

/** JSON escapes the controls below U+0020 by itself; these end a line or begin a command elsewhere. */
function escapeControls(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
