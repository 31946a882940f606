// The documents of api/archive.py, as far as the page reads them.
import type { FeatureCollection, Geometry } from "geojson";

export interface Mission {
  bundle: string;
  collection: string;
  treaty: string;
  observing: string;
  observed: string;
  flown: string | null;
  marks: string[];
  sensors: string[];
  items: number;
}

export interface ArchivePage {
  today: string;
  archive: string | null;
  holder: string;
  treaties: { id: string; short: string; media: string[] }[];
  sensors: string[];
  missions: Mission[];
}

export interface Decision {
  answer: string;
  message: string;
  cite: string;
  extent: string;
  conditions: string[];
  readings: Record<string, string>;
}

export interface Access {
  asker: string;
  on: string;
  missions: (Pick<Mission, "bundle" | "collection" | "observing" | "observed" | "flown" | "marks">
    & { delivered: string[]; find: Decision; request: Decision; open: Decision })[];
}

export interface Item {
  id: string;
  collection: string;
  bbox?: number[];
  geometry: Geometry | null;
  properties: Record<string, unknown>;
  assets: Record<string, { href: string; type?: string; title?: string }>;
}

export interface Found extends Omit<FeatureCollection, "features"> {
  features: Item[];
  links: { rel: string; href: string }[];
}

export interface Place {
  bundle: string | null;
  root: string | null;
  marks: string[];
  files: { asset: string; path: string; role: string; size: number; sha256: string; stage: number | null }[];
  seals: { stage: number; sealed_at: string; root: string }[];
}

export interface Asked {
  id: string;
  from: string;
  to: string;
  tells: string;
  requested_at: string;
  particulars: {
    observing: string; observed: string; flown: string; sensor: string; medium: string; format: string;
  };
}

export interface RequestRow {
  request: Asked | null;
  notice: { request: string; from: string; asked: string; told_at: string } | null;
  decision: { decision: Decision; decided_at: string } | null;
  delivery: { files: { name: string; size: number }[]; statement: string; delivered_at: string } | null;
  phase: string | null;
  due: { owner: string[]; what: string; due: string | null; overdue: boolean; cite: string }[];
}

export interface Requests {
  requests: RequestRow[];
  ready: string[];
}

export interface Accesses {
  count: number;
  head: string;
  found: number;
  accesses: {
    number: number; at: string; asker: string; level: string; what: string; mission: string;
    answer: string; cite: string; by: string;
  }[];
}

export type Box = [west: number, south: number, east: number, north: number];

/** As whom and on which day the archive is asked. */
export interface Who {
  asker: string;
  on: string;
}

export function under(who: Who): string {
  return `/archive/as/${encodeURIComponent(who.asker)}/${who.on}`;
}

export function itemPath(who: Who, item: Item): string {
  const [collection, id] = [item.collection, item.id].map(encodeURIComponent);
  return `${under(who)}/collections/${collection}/items/${id}`;
}
