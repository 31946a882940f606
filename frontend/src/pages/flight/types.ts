// The documents of api/flight.py, as far as the page reads them.
import type { FeatureCollection, Geometry } from "geojson";
import type { Item } from "../archive/types";
import type { Finding as Judged } from "../plan/types";

export interface Flight {
  name: string;
  track: boolean;
  plan: boolean;
  sensors: boolean;
  deviations: boolean;
  exposures: boolean;
  frames: number;
  skipped: number;
  bundle: boolean;
}

export interface Flights {
  flights: Flight[];
}

export interface Excursion {
  begun: string;
  completed: string;
  legs: number[];
  most_km: number;
  flown_km: number;
  added_km: number;
  cause: string | null;
  at: { lat: number; lon: number };
}

export interface Use {
  sensor: string;
  begun: string;
  completed: string;
  on_flight: boolean;
  least_height_agl_m: number[] | null;
  at: { lat: number; lon: number } | null;
  why: string;
}

export interface Finding extends Judged {
  place: Geometry | null;
}

export interface Audit {
  verdict: string;
  commenced: string;
  completed: string;
  flown_km: number;
  legs_not_flown: number[];
  excursions: Excursion[];
  sensors: Use[];
  findings: { findings: Finding[]; does_not_apply: Finding[] };
  assumptions: string[];
}

export interface View {
  marks: string[];
  plan: FeatureCollection | null;
  flown: FeatureCollection | null;
  track: { begun: string; completed: string; distance_km: number; points: number } | null;
  audit: Audit | null;
  sensors: { sensor: string; begun: string; completed: string }[];
}

export interface Frames extends FeatureCollection {
  skipped?: number;
  marks?: string[];
}

export interface FrameView {
  item: Item;
  whole: Record<string, boolean>;
  sealed: {
    asset: string; bundle: string; path: string; stage: number; sealed_at: string; root: string;
    sha256: string;
  }[];
}

export const PARTS = ["plan", "track", "sensors", "deviations"] as const;
export type Part = (typeof PARTS)[number];
export type Given = Partial<Record<Part, { file: string; name: string }>>;
