// The documents of api/mission.py, as far as the page reads them.
import type { FeatureCollection } from "geojson";

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
    id: string;
    treaty: string;
    seat: "observing" | "observed";
    observing: string;
    observed: string;
    marks: string[];
  };
  options: {
    now: string;
    title: string;
    final: boolean;
    acts: Act[];
    duties: { title?: string; what?: string; by: string[] | string; due: string | null; cite: string }[];
  };
  not_kept: { limit: string; due: string; if_not: string; cite: string; severity: string }[];
  timeline: { names: Record<string, string>; entries: Entry[] };
  happened: {
    number: number;
    move: string;
    title: string;
    at: string;
    by: string;
    received: boolean;
    outbox: string | null;
    documents: { type: string; file: string; sha256: string }[];
  }[];
}

export interface Field {
  name: string;
  words: string;
  kind: string;
  required: boolean;
  many: boolean;
  personal: boolean;
  choices: string[];
  unit: string;
  note: string;
}

export interface MoveForm {
  move: string;
  title: string;
  message?: string;
  note?: string;
  items: {
    letter: string; title: string; records: string; required: boolean; note: string;
    cite: string[]; fields: Field[];
  }[];
}

export interface PlanView {
  geojson: FeatureCollection;
  proposal: { changes: Change[] } | null;
  revised: FeatureCollection | null;
  assessment: Assessment | null;
}

export interface Change {
  legs: [number, number];
  cause: string;
  reason: string;
}

export interface Assessment {
  [key: string]: unknown;
}
