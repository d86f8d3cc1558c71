/** A name of this machine alone (RFC 6761 §6.3). */
export function isLocalhost(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}
