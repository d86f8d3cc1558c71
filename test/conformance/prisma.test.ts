import { prismaConformance } from "./prisma/suite.js";
import { describeOnServers } from "../support/servers.js";

describeOnServers("Prisma with the extension and row security", (server) =>
  prismaConformance(server, { extension: true, rowSecurity: true }),
);

describeOnServers("Prisma with the extension, row security switched off", (server) =>
  prismaConformance(server, { extension: true, rowSecurity: false }),
);

describeOnServers("Prisma with row security, the extension removed", (server) =>
  prismaConformance(server, { extension: false, rowSecurity: true }),
);
