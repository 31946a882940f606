import type { Feature, FeatureCollection } from "geojson";
import type { Overlay } from "../../map/Map";
import { along } from "./great";
import type { Point, Regime, Shown } from "./types";

interface Given {
  sites: FeatureCollection;
  seen: ReadonlySet<string>;
  known: boolean;
  strips: FeatureCollection;
  shown: Shown | undefined;
  stages: Point[][];
  /** As they were given, where no plan holds them yet. */
  areas: FeatureCollection | undefined;
  draft: Point[];
  airfields: Regime["airfields"];
}

/** What the map of a plan draws, from the ground up. */
export function overlays(given: Given): Overlay[] {
  return [strips(given), hazards(given), route(given), sites(given), airfields(given), fixes(given)];
}

function collection(features: Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features };
}

function strips({ strips: data }: Given): Overlay {
  return {
    id: "strips", data,
    layers: [{
      id: "strips", type: "fill",
      paint: { "fill-color": "--strip", "fill-opacity": 0.6 },
    }],
  };
}

function hazards({ shown, areas: given }: Given): Overlay {
  const areas = shown?.working_plan.mission_plan.hazardous_airspace ?? [];
  const features = !shown && given ? given.features : areas.map(({ id, ring }): Feature => ({
    type: "Feature", properties: { id },
    geometry: { type: "Polygon", coordinates: [[...ring, ring[0]].map((p) => [p?.lon ?? 0, p?.lat ?? 0])] },
  }));
  return {
    id: "hazards", data: collection(features),
    layers: [
      { id: "hazards", type: "fill", paint: { "fill-color": "--warn", "fill-opacity": 0.25 } },
      { id: "hazard-edges", type: "line", paint: { "line-color": "--warn", "line-dasharray": [3, 2] } },
    ],
  };
}

function route({ shown, stages, draft }: Given): Overlay {
  const features: Feature[] = [];
  const line = (path: Point[], kind: string) => {
    if (path.length > 1) {
      features.push({
        type: "Feature", properties: { kind },
        geometry: { type: "LineString", coordinates: along(path) },
      });
    }
  };
  if (draft.length) line(draft, "draft");
  else if (shown) {
    const stations = shown.working_plan.mission_plan.fixes
      .filter((fix) => fix.airfield).map((fix): Point => [fix.lon, fix.lat]);
    line(stages.flatMap((stage, i) => [stations[i] as Point, ...stage])
      .concat(stations.slice(-1)), "route");
  }
  return {
    id: "route", data: collection(features),
    layers: [
      { id: "route-halo", type: "line", layout: { "line-join": "round" },
        paint: { "line-color": "--halo", "line-width": 4.5 } },
      { id: "route", type: "line", filter: ["==", ["get", "kind"], "route"],
        layout: { "line-join": "round" }, paint: { "line-color": "--route", "line-width": 2.2 } },
      { id: "draft", type: "line", filter: ["==", ["get", "kind"], "draft"],
        layout: { "line-join": "round" },
        paint: { "line-color": "--route", "line-width": 2.2, "line-dasharray": [2, 1.5] } },
    ],
  };
}

function sites({ sites: data, seen, known }: Given): Overlay {
  const features = data.features.map((feature): Feature => {
    const id = String(feature.properties?.["id"] ?? feature.id ?? "");
    return { ...feature, properties: { ...feature.properties, id, seen: known && seen.has(id) } };
  });
  return {
    id: "sites", data: collection(features),
    layers: [{
      id: "sites", type: "circle",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 2, 2, 6, 5],
        "circle-color": ["case", ["get", "seen"], "--site", "--halo"],
        "circle-stroke-color": "--site", "circle-stroke-width": 1.2,
      },
    }],
  };
}

function airfields({ airfields: list }: Given): Overlay {
  const features = list.flatMap((field): Feature[] => field.lat === null || field.lon === null ? [] : [{
    type: "Feature", properties: { name: field.icao ?? field.name },
    geometry: { type: "Point", coordinates: [field.lon, field.lat] },
  }]);
  return {
    id: "airfields", data: collection(features),
    layers: [
      { id: "airfields", type: "symbol", layout: {
        "text-field": "■", "text-size": 12, "text-allow-overlap": true },
        paint: { "text-color": "--label", "text-halo-color": "--halo", "text-halo-width": 1.5 } },
      { id: "airfield-names", type: "symbol", minzoom: 3, layout: {
        "text-field": ["get", "name"], "text-size": 11, "text-anchor": "left", "text-offset": [0.8, 0] },
        paint: { "text-color": "--label", "text-halo-color": "--halo", "text-halo-width": 1.5 } },
    ],
  };
}

function fixes({ shown, stages, draft }: Given): Overlay {
  const features = !shown || draft.length ? [] : stages.flatMap((stage, s) =>
    stage.map((point, f): Feature => ({
      type: "Feature", properties: { stage: s, fix: f },
      geometry: { type: "Point", coordinates: point },
    })));
  return {
    id: "fixes", data: collection(features),
    layers: [{
      id: "fixes", type: "circle",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 2, 3.5, 6, 7],
        "circle-color": "--ground", "circle-opacity": 0, "circle-stroke-color": "--route", "circle-stroke-width": 2,
      },
    }],
  };
}
