import type { Feature, FeatureCollection, Position } from "geojson";
import type { Overlay } from "../../map/Map";
import type { Audit } from "./types";

interface Drawn {
  plan: FeatureCollection;
  flown: FeatureCollection;
  audit: Audit | undefined;
  frames: FeatureCollection;
  exposures: FeatureCollection;
  chosen: string | undefined;
}

const cache = new WeakMap<FeatureCollection, FeatureCollection>();

/** Lines that go on past 180 degrees instead of back around the world. */
function unwrapped(data: FeatureCollection): FeatureCollection {
  const known = cache.get(data);
  if (known) return known;
  const features = data.features.map((feature): Feature => {
    if (feature.geometry?.type !== "LineString") return feature;
    let before: number | undefined;
    const coordinates = feature.geometry.coordinates.map(([lon = 0, lat = 0]): Position => {
      let on = lon;
      while (before !== undefined && on - before > 180) on -= 360;
      while (before !== undefined && on - before < -180) on += 360;
      before = on;
      return [on, lat];
    });
    return { ...feature, geometry: { type: "LineString", coordinates } };
  });
  const made: FeatureCollection = { type: "FeatureCollection", features };
  cache.set(data, made);
  return made;
}

function collection(features: Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features };
}

/** From the ground up: footprints (one source for all of them), the plan, the track, what went wrong. */
export function overlays({ plan, flown, audit, frames, exposures, chosen }: Drawn): Overlay[] {
  const one = frames.features.filter((f) => f.properties?.["frame"] === chosen);
  const spots: Feature[] = [
    ...(audit?.sensors ?? []).filter((use) => !use.on_flight && use.at).map((use): Feature => ({
      type: "Feature", properties: { what: "sensor" },
      geometry: { type: "Point", coordinates: [use.at?.lon ?? 0, use.at?.lat ?? 0] },
    })),
    ...(audit?.findings.findings ?? []).filter((f) => f.place && f.verdict === "breach")
      .map((f): Feature => ({ type: "Feature", properties: { what: "finding" }, geometry: f.place! })),
  ];
  return [
    {
      id: "frames", data: frames,
      layers: [
        { id: "frames", type: "fill", paint: { "fill-color": "--site", "fill-opacity": 0.15 } },
        { id: "frame-edges", type: "line", paint: { "line-color": "--site", "line-width": 1 } },
      ],
    },
    {
      id: "exposures", data: exposures,
      layers: [{ id: "exposures", type: "circle", paint: {
        "circle-radius": 2, "circle-color": "--site" } }],
    },
    {
      id: "plan", data: plan,
      layers: [
        { id: "plan", type: "line", filter: ["==", ["get", "role"], "leg"],
          paint: { "line-color": "--accent", "line-width": 5, "line-opacity": 0.45 } },
        { id: "plan-fixes", type: "circle", filter: ["==", ["get", "role"], "fix"],
          paint: { "circle-radius": 2.5, "circle-color": "--halo", "circle-stroke-color": "--accent",
            "circle-stroke-width": 1.5 } },
      ],
    },
    {
      id: "flown", data: unwrapped(flown),
      layers: [
        { id: "flown", type: "line", filter: ["==", ["get", "what"], "flown"],
          paint: { "line-color": "--label", "line-width": 1.4 } },
        { id: "away", type: "line", filter: ["==", ["get", "what"], "off the plan"],
          paint: { "line-color": "--route", "line-width": 4, "line-dasharray": [2, 1] } },
      ],
    },
    {
      id: "spots", data: collection(spots),
      layers: [
        { id: "spot-lines", type: "line", filter: ["!=", ["geometry-type"], "Point"],
          paint: { "line-color": "--bad", "line-width": 3 } },
        { id: "spots", type: "circle", filter: ["==", ["geometry-type"], "Point"], paint: {
          "circle-radius": 7, "circle-color": "--halo", "circle-opacity": 0.4,
          "circle-stroke-color": "--bad", "circle-stroke-width": 2.5 } },
      ],
    },
    {
      id: "chosen", data: collection(one),
      layers: [
        { id: "chosen", type: "fill", paint: { "fill-color": "--route", "fill-opacity": 0.25 } },
        { id: "chosen-edge", type: "line", paint: { "line-color": "--route", "line-width": 3 } },
      ],
    },
  ];
}
