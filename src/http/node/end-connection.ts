/** The slice of a response, and of the socket under it, that end a connection. */
export interface EndingResponse {
  shouldKeepAlive?: boolean;
  once(event: "finish", listener: () => void): unknown;
}

export interface EndingSocket {
  destroySoon?(): unknown;
}

/**
 * Makes a response the last of its connection. Node has let go of a socket that asked for an upgrade,
 * so nobody else would close it.
 */
export function endConnection(response: EndingResponse, socket: EndingSocket): void {
  response.shouldKeepAlive = false;
  response.once("finish", () => socket.destroySoon?.());
}
