import { useEffect, useMemo, useState } from "preact/hooks";
import type { FeatureCollection } from "geojson";
import type { Problem } from "../../api";
import { Map, type Box, type Overlay } from "../../map/Map";
import { Failed } from "../../shell/parts";
import { number, words } from "../../words";
import { look, problemOf } from "./seat";
import type { PlanView } from "./types";

/** The plan that was handed over, and where changes are proposed, both on one map. */
export function PlanMap({ seat, turn }: { seat: string; turn: number }) {
  const [view, setView] = useState<PlanView | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  useEffect(() => {
    look<PlanView>(seat, "/plan").then(
      (found) => { setView(found); setProblem(undefined); },
      (error: unknown) => setProblem(problemOf(error)),
    );
  }, [seat, turn]);
  const overlays = useMemo(() => view ? drawn(view) : [], [view]);
  const box = useMemo(() => view ? around(view.geojson) : undefined, [view]);
  if (problem) return <Failed problem={problem} />;
  if (!view) return null;
  const found = view.assessment;
  return (
    <section>
      <h2>{view.revised ? words.mission.difference : words.mission.planOf}</h2>
      <Map label={words.mission.planOf} box={box ?? [-10, 35, 110, 75]} view={box} overlays={overlays} />
      <ul class="legend">
        <li><i class="line" />{words.mission.asSubmitted}</li>
        {view.revised && <li><i class="line other" />{words.mission.asProposed}</li>}
      </ul>
      {view.proposal && found && (
        <ul>
          {view.proposal.changes.map((change, i) => {
            const judged = found.changes[i];
            return (
              <li key={i}>
                <strong>{words.mission.legs(...change.legs)}, {change.cause}</strong>: {change.reason}{" "}
                {judged && <>{judged.said} <cite>{judged.cite}</cite> {words.mission.lost(
                  judged.lost_km2 === null ? words.state.unknown : number(judged.lost_km2))}</>}
              </li>
            );
          })}
          <li>{words.mission.length(number(found.distance_before_km), number(found.distance_after_km))}</li>
          {found.new_breaches.length > 0 && <li>{words.mission.breaks} {found.new_breaches.join(", ")}</li>}
        </ul>
      )}
    </section>
  );
}

function drawn({ geojson, revised }: PlanView): Overlay[] {
  const lines = (id: string, data: FeatureCollection, colour: string, dashed: boolean): Overlay => ({
    id, data,
    layers: [
      { id: `${id}-line`, type: "line", filter: ["==", ["geometry-type"], "LineString"],
        paint: { "line-color": colour, "line-width": 2.2, ...(dashed ? { "line-dasharray": [2, 1.5] } : {}) } },
      { id: `${id}-points`, type: "circle", filter: ["==", ["geometry-type"], "Point"],
        paint: { "circle-radius": 3, "circle-color": "--ground", "circle-stroke-color": colour, "circle-stroke-width": 1.5 } },
    ],
  });
  return [
    lines("submitted", geojson, "--route", false),
    lines("revised", revised ?? { type: "FeatureCollection", features: [] }, "--accent", true),
  ];
}

function around(data: FeatureCollection): Box | undefined {
  const points = data.features.flatMap((f) => f.geometry.type === "Point" ? [f.geometry.coordinates] : []);
  if (!points.length) return undefined;
  const lons = points.map((p) => p[0] ?? 0), lats = points.map((p) => p[1] ?? 0);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
