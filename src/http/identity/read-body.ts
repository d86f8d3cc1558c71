import { TenantryError } from "../../core/tenantry-error.js";

/** Bytes of a body that are read. */
export const longestBody = 65_536;

/** Milliseconds that a body may take to arrive. */
const longestWait = 10_000;

export type BodyFormat = "json" | "form";

/**
 * The fields of a body.
 * @param wait milliseconds. Default 10 s
 * @throws {TenantryError} `REQUEST_INVALID`
 */
export async function readBody(
  request: Request,
  format: BodyFormat,
  wait = longestWait,
): Promise<Record<string, unknown>> {
  const text = await readText(request, wait);
  const type = (request.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (format === "form") {
    if (type !== "application/x-www-form-urlencoded") throw invalid(formWanted);
    return formFields(text);
  }
  // No form can send it: a page of another origin would have to ask first (CORS).
  if (type !== "application/json") throw invalid("Its content type is not application/json.");
  return jsonFields(text === "" ? "{}" : text);
}

const formWanted = "Its content type is not application/x-www-form-urlencoded (RFC 6749 §3.2).";

/** RFC 6749 §3.2: no parameter twice, and one without a value counts as left out. */
function formFields(text: string): Record<string, unknown> {
  const fields = Object.create(null) as Record<string, unknown>;
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (seen.has(name)) throw invalid("It has a parameter twice.");
    seen.add(name);
    if (value !== "") fields[name] = value;
  }
  return fields;
}

function jsonFields(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid("It is no JSON.", error);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw invalid("It is no JSON object.");
}

async function readText(request: Request, wait: number): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > longestBody) throw tooLong();
  const chunks = request.body === null ? [] : await readChunks(request.body, wait);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw invalid("It is no UTF-8.", error);
  }
}

/** The declared length may lie, or be missing; and what is sent may never end. */
async function readChunks(body: ReadableStream<Uint8Array>, wait: number): Promise<Uint8Array[]> {
  const reader = body.getReader();
  // Nobody waits for it: whoever sends may have stopped for good.
  const stop = () => void reader.cancel().catch(() => undefined);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, wait);
  const chunks: Uint8Array[] = [];
  try {
    for (let length = 0; ;) {
      const { done, value } = await reader.read().catch(brokenOff);
      if (isLate) throw invalid(`It was not there within ${wait} ms.`);
      if (done) return chunks;
      length += value.byteLength;
      if (length > longestBody) throw tooLong();
      chunks.push(value);
    }
  } finally {
    clearTimeout(timer);
    stop();
  }
}

/** The sender's doing, and no failure of ours. */
function brokenOff(error: unknown): never {
  throw invalid("It broke off.", error);
}

function tooLong(): TenantryError {
  return invalid(`It is longer than ${longestBody} bytes.`);
}

export function invalid(why: string, cause?: unknown): TenantryError {
  return new TenantryError("REQUEST_INVALID", {
    message: `The body of a request to identity was refused. ${why}`,
    fix: "See /auth/openapi.json for what is taken.",
    cause,
  });
}
