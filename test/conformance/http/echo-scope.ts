import { createUpgradeHandler, type UpgradeListener } from "tenantry";
import { here, note, type Application } from "./application.js";
import { acceptWebSocket } from "./web-socket.js";

/** What hosts without WebSockets of their own do at an upgrade. */
export function echoScope(application: Application): UpgradeListener {
  return createUpgradeHandler(application.tenantry, (message, socket) => {
    const id = new URL(message.url!, "http://host").searchParams.get("id");
    note(application, id, "open");
    socket.on("close", () => note(application, id, "close"));
    acceptWebSocket(message, socket, (_text, send) => send(here(application)));
  });
}
