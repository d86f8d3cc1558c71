import type { FetchImplementation } from "jose";

/** Largest JWK set that is read, in bytes. */
export const largestKeySet = 256 * 1024;

/** `fetch` that stops reading at the size limit. jose brings the time limit and refuses redirects. */
export const fetchKeySet: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options);
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    return response;
  }
  return new Response(await readLimited(response.body), { status: 200 });
};

async function readLimited(body: ReadableStream<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > largestKeySet) throw new Error(`the JWK set is larger than ${largestKeySet} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
