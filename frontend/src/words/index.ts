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

const plain = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

/** A number as people read it: whole from 10 on, one decimal below. */
export function number(value: number): string {
  return Math.abs(value) >= 10 ? plain.format(value) : fine.format(value);
}

const clock = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
  timeZone: "UTC",
});

/** A moment in UTC, as missions are counted. */
export function moment(iso: string): string {
  return `${clock.format(new Date(iso))} UTC`;
}
