import { useState } from "preact/hooks";
import type { Feature } from "geojson";
import { ApiError, send, type Problem } from "../../api";
import { Failed } from "../../shell/parts";
import { words } from "../../words";
import type { SiteList } from "./types";

interface Props {
  sites: SiteList | undefined;
  onSites: (sites: SiteList | undefined) => void;
  clicking: boolean;
  onClicking: (on: boolean) => void;
}

/** A list of sites: dropped, chosen, or clicked on the map. */
export function Sites({ sites, onSites, clicking, onClicking }: Props) {
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const read = async (file: File | undefined) => {
    if (!file) return;
    setProblem(undefined);
    try {
      onSites(await send<SiteList>("POST", "/sites", await file.arrayBuffer()));
    } catch (error) {
      setProblem(error instanceof ApiError
        ? { ...error.problem, file: file.name }
        : { kind: "error", message: String(error), remedy: "" });
    }
  };
  return (
    <div
      class={over ? "drop over" : "drop"}
      onDragOver={(e) => { e.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        e.stopPropagation();
        setOver(false);
        void read(e.dataTransfer?.files[0]);
      }}
    >
      <label class="file">
        {words.plan.drop}
        <input type="file" accept=".geojson,.json,.csv,.tsv,.txt,.gpkg"
          onChange={(e) => void read(e.currentTarget.files?.[0])} />
      </label>
      <label class="tick">
        <input type="checkbox" checked={clicking} onChange={(e) => onClicking(e.currentTarget.checked)} />
        {words.plan.click}
      </label>
      <p aria-live="polite">
        {sites ? words.plan.siteCount(sites.count, sites.value) : words.plan.noSites}
        {sites && <> <button type="button" onClick={() => onSites(undefined)}>{words.plan.clear}</button></>}
      </p>
      {problem && <Failed problem={problem} />}
    </div>
  );
}

/** One more site, of value 1, where the map was clicked. */
export function clicked(sites: SiteList | undefined, lon: number, lat: number): SiteList {
  const features = sites?.geojson.features ?? [];
  const taken = new Set(features.map((f) => String(f.properties?.["id"] ?? f.id)));
  let n = features.length + 1;
  while (taken.has(`site-${n}`)) n++;
  const id = `site-${n}`;
  const made: Feature = {
    type: "Feature",
    properties: { id, name: id, value: 1 },
    geometry: { type: "Point", coordinates: [Number(lon.toFixed(5)), Number(lat.toFixed(5))] },
  };
  return {
    count: features.length + 1,
    value: (sites?.value ?? 0) + 1,
    geojson: { type: "FeatureCollection", features: [...features, made] },
  };
}
