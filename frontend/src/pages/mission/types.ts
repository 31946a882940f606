// The documents of api/mission.py, as far as the page reads them.
import type { FeatureCollection } from "geojson";
import type { Finding } from "../plan/types";

export interface Act {
  move: string;
  title: string;
  by: string[];
  together: boolean;
  must: boolean;
  opens: string | null;
  due: string | null;
  document: string;
  cite: string;
  ours: boolean;
}

export interface Duty {
  what: string;
  owner: string[];
  due: string | null;
  not_before: string | null;
  at_once: boolean;
  overdue: boolean;
  if_not: string;
  cite: string;
}

export interface Entry {
  id: string;
  kind: string;
  who: string;
  what: string;
  at: string | null;
  due: string | null;
  if_not: string;
  cite: string;
}

export interface View {
  seat: string;
  mission: {
    id: string; treaty: string; seat: "observing" | "observed"; observing: string; observed: string;
    marks: string[];
  };
  options: { now: string; title: string; final: boolean; acts: Act[]; duties: Duty[] };
  timeline: { names: Record<string, string>; entries: Entry[] };
  happened: {
    number: number; move: string; title: string; at: string; by: string; received: boolean;
    outbox: string | null; documents: { type: string; file: string; sha256: string }[];
  }[];
}

export interface Field {
  name: string; words: string; kind: string; required: boolean; many: boolean; personal: boolean;
  choices: string[]; unit: string; note: string;
}

export interface Item {
  letter: string; title: string; records: string; required: boolean; note: string; cite: string[];
  fields: Field[];
}

export interface MoveForm {
  move: string;
  title: string;
  sends: string;
  message?: string;
  note?: string;
  items: Item[];
}

export interface PlanView {
  geojson: FeatureCollection;
  proposal: { changes: { legs: [number, number]; cause: string; reason: string }[] } | null;
  revised: FeatureCollection | null;
  assessment: Assessment | null;
}

export interface Assessment {
  changes: {
    number: number; support: string; said: string; cite: string; lost_km2: number | null;
    precludes: boolean | null;
  }[];
  reading: string;
  distance_before_km: number;
  distance_after_km: number;
  new_breaches: string[];
}

export interface Kit {
  answer_by: string | null;
  answer_cite: string;
  places: { place: string; name: string; seen: boolean; nearest_km: number }[];
  findings: { verdict: Finding["verdict"]; findings: Finding[] };
  draft: unknown;
  notes: string[];
}
