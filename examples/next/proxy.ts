import { tenancy } from "./lib/tenancy";

export const proxy = tenancy.proxy;

// Everything but the files that are the same for everyone.
export const config = { matcher: "/((?!_next/static|_next/image|favicon.ico).*)" };
