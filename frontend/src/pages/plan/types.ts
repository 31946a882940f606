// The documents of api/plan.py, as far as the page reads them.
import type { FeatureCollection } from "geojson";

export type Point = [lon: number, lat: number];

export interface SiteList {
  count: number;
  value: number;
  geojson: FeatureCollection;
}

export interface Airfield { code: string; name: string; lat: number; lon: number }

export interface Leg {
  start: string;
  end: string;
  distance_km: number;
  altitude_m: number | null;
  height_agl_m: number | null;
}

export interface Finding {
  rule: string;
  title: string;
  verdict: "compliant" | "breach" | "undetermined" | "right arises" | "does not apply";
  measured: number | string | null;
  limit: number | string | null;
  unit: string;
  cite: string;
  limit_cite: string;
  message: string;
  where: string;
}

export interface Profile {
  km: number;
  legs: {
    from: string;
    to: string;
    from_km: number;
    to_km: number;
    altitude_m: number | null;
    height_agl_m: number | null;
    terrain_max_m: number | null;
  }[];
  observations: { site: string; sensor: string; km: number; ground_resolution_m: number | null }[];
  sensors: { sensor: string; h_min_m: number | null; ground_resolution_m: number | null }[];
}

export interface Worth {
  flight_distance_km: number;
  maximum_flight_distance: { value: number | null; unit: string; cite: string[] };
  value_observed: number;
  sites_observed: string[];
  verdict: Finding["verdict"];
  findings: Finding[];
  legs: Leg[];
}

export interface Tried extends Worth {
  broken: string[];
  profile: Profile;
}

export interface Shown {
  plan: string;
  working_plan: Worth & {
    value_total: number;
    withheld: string;
    assumptions: string[];
    certificate: { bound: number; percent: number | null } | null;
    mission_plan: {
      treaty: string;
      observing: string;
      observed: string;
      aircraft: string;
      start: Airfield;
      end: Airfield;
      fixes: { id: string; lat: number; lon: number; airfield: string }[];
      times: { commencement: string | null };
      marks: string[];
      hazardous_airspace: { id: string; ring: { lat: number; lon: number }[] }[];
    };
    sites: { id: string; name: string; lat: number; lon: number; value: number }[];
  };
  profile: Profile;
  stages: Point[][];
}

export type Event =
  | { event: "said"; text: string }
  | { event: "draft"; percent: number; value: number; path: Point[] }
  | { event: "done"; plan: string }
  | { event: "failed"; problem: { kind: "error"; message: string; remedy: string } };

export interface Regime {
  states_parties: { code: string; name: string }[];
  aircraft: { id: string; name: string; state: string; standing: string }[];
  airfields: {
    code?: string; id: string; name: string; icao: string | null; holder: string; state: string;
    roles: string[]; lat: number | null; lon: number | null;
    maximum_flight_distance: { value: number | null; unit: string; status: string; cite: string[] }[];
  }[];
  passive_quotas: { holder: string; members?: string[] }[];
}
