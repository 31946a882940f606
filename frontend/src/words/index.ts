import { en } from "./en";

/** The words in use. */
export const words = en;

/** A date as people read it; the machine's form stays in titles and addresses. */
export function day(iso: string): string {
  const [y, m, d] = iso.split("-").map(Number);
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
  }).format(Date.UTC(y ?? 0, (m ?? 1) - 1, d ?? 1));
}
