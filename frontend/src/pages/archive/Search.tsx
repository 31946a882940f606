import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Feature } from "geojson";
import type { Map as MapView, MapMouseEvent } from "maplibre-gl";
import { useAsked } from "../../asked";
import { Map, type Overlay } from "../../map/Map";
import { Failed, Waiting } from "../../shell/parts";
import { moment, words } from "../../words";
import { Marks } from "./AccessTable";
import { Picture } from "./Picture";
import { under, type ArchivePage, type Box, type Found, type Item, type Who } from "./types";

const MOST = 200;

interface Asking {
  west: string; south: string; east: string; north: string;
  from: string; until: string; observing: string; observed: string; sensor: string;
}

const NOTHING: Asking = {
  west: "", south: "", east: "", north: "", from: "", until: "", observing: "", observed: "", sensor: "",
};

/** What the search is asked, as the archive's own server takes it. */
function queryOf(asking: Asking): Record<string, string | undefined> {
  const box = [asking.west, asking.south, asking.east, asking.north];
  const is = (property: string, value: string) => ({ op: "=", args: [{ property }, value] });
  const parts = [
    ...(asking.observing ? [is("overflight:observing", asking.observing)] : []),
    ...(asking.observed ? [is("overflight:observed", asking.observed)] : []),
    ...(asking.sensor ? [{ op: "a_contains", args: [{ property: "instruments" }, [asking.sensor]] }] : []),
  ];
  const filter = parts.length > 1 ? { op: "and", args: parts } : parts[0];
  const from = asking.from ? `${asking.from}T00:00:00Z` : "..";
  const until = asking.until ? `${asking.until}T23:59:59.999Z` : "..";
  return {
    bbox: box.every(Boolean) ? box.join(",") : undefined,
    datetime: asking.from || asking.until ? `${from}/${until}` : undefined,
    filter: filter && JSON.stringify(filter),
    "filter-lang": filter && "cql2-json",
    limit: String(MOST),
  };
}

interface Props {
  page: ArchivePage;
  who: Who;
  acted: () => void;
}

export function Search({ page, who, acted }: Props) {
  const [asking, setAsking] = useState(NOTHING);
  const [asked, setAsked] = useState<Record<string, string | undefined>>({ limit: String(MOST) });
  const [drawing, setDrawing] = useState(false);
  const [chosen, setChosen] = useState<string | undefined>();
  const [half, setHalf] = useState(false);
  const found = useAsked<Found>(`${under(who)}/search`, asked);
  const items = found.value?.features ?? [];
  const item = items.find((one) => keyOf(one) === chosen);
  const drawn = boxOf(asking);
  const data = useMemo(() => footprints(items, chosen, drawn), [found.value, chosen, asking]);
  const view = useMemo(() => around(items), [found.value]);
  useEffect(() => { if (found.value) acted(); }, [found.value]);
  const set = (name: keyof Asking) => (e: { currentTarget: { value: string } }) => {
    setAsking({ ...asking, [name]: e.currentTarget.value });
  };
  const ready = useRef<((map: MapView) => void) | undefined>(undefined);
  const on = useRef({ drawing, choose: setChosen, drawn: (_: Box) => undefined as void });
  on.current = {
    drawing,
    choose: setChosen,
    drawn: ([w, s, e, n]) => {
      setAsking((old) => ({
        ...old, west: fixed(w), south: fixed(s), east: fixed(e), north: fixed(n),
      }));
      setDrawing(false);
    },
  };
  ready.current ??= (map) => handled(map, on);
  const parties = (side: "observing" | "observed") => [...new Set(page.missions.map((m) => m[side]))].sort();
  return (
    <>
      <form class="searching" onSubmit={(e) => {
        e.preventDefault();
        const corners = [asking.west, asking.south, asking.east, asking.north].filter(Boolean).length;
        setHalf(corners % 4 !== 0);
        if (corners % 4 === 0) { setChosen(undefined); setAsked(queryOf(asking)); }
      }}>
        <div class="fields">
          {(["west", "south", "east", "north"] as const).map((side) => (
            <label key={side}>
              {words.archive.sides[side]}
              <input class="degrees" type="number" step="any" value={asking[side]} onInput={set(side)}
                min={side === "west" || side === "east" ? -180 : -90}
                max={side === "west" || side === "east" ? 180 : 90} />
            </label>
          ))}
          <label>
            {words.archive.from}
            <input type="date" value={asking.from} onInput={set("from")} />
          </label>
          <label>
            {words.archive.until}
            <input type="date" value={asking.until} onInput={set("until")} />
          </label>
          {(["observing", "observed"] as const).map((side) => (
            <label key={side}>
              {words.plan[side]}
              <select value={asking[side]} onChange={set(side)}>
                <option value="">{words.archive.any}</option>
                {parties(side).map((code) => <option key={code} value={code}>{code}</option>)}
              </select>
            </label>
          ))}
          <label>
            {words.archive.sensor}
            <select value={asking.sensor} onChange={set("sensor")}>
              <option value="">{words.archive.any}</option>
              {page.sensors.map((name) => <option key={name} value={name}>{name}</option>)}
            </select>
          </label>
        </div>
        {half && <p class="must" role="alert">{words.archive.halfBox}</p>}
        <div class="actions">
          <button class="main" type="submit">{words.archive.find}</button>
          <button type="button" aria-pressed={drawing} onClick={() => setDrawing(!drawing)}>
            {drawing ? words.archive.drawingNow : words.archive.draw}
          </button>
          <button type="button" onClick={() => {
            setAsking(NOTHING);
            setHalf(false);
            setAsked({ limit: String(MOST) });
          }}>{words.archive.clear}</button>
        </div>
      </form>
      {found.problem && <Failed problem={found.problem} again={found.again} />}
      <div class="two">
        <div>
          <Map label={words.archive.map} box={[-15, 30, 60, 72]} view={view} overlays={data}
            cursor={drawing ? "crosshair" : undefined} onReady={(map) => ready.current?.(map)} />
          <ul class="legend">
            <li><i class="footprint" />{words.archive.footprint}</li>
            <li><i class="footprint chosen" />{words.archive.chosenOne}</li>
            {drawn && <li><i class="boxed" />{words.archive.area}</li>}
          </ul>
        </div>
        <div class="card">
          {found.waiting && <Waiting />}
          {found.value && <List items={items} chosen={chosen} choose={setChosen}
            more={found.value.links.some((link) => link.rel === "next")} />}
        </div>
      </div>
      {item && <Picture key={keyOf(item)} who={who} item={item} close={() => setChosen(undefined)} />}
    </>
  );
}

interface ListProps {
  items: Item[];
  chosen: string | undefined;
  choose: (key: string) => void;
  more: boolean;
}

function List({ items, chosen, choose, more }: ListProps) {
  if (!items.length) return <p>{words.archive.nothing}</p>;
  return (
    <>
      <p aria-live="polite">{more ? words.archive.first(items.length) : words.archive.count(items.length)}</p>
      <ul class="items" tabIndex={0} aria-label={words.archive.list}>
        {items.map((one) => (
          <li key={keyOf(one)}>
            <button type="button" aria-pressed={keyOf(one) === chosen} onClick={() => choose(keyOf(one))}>
              <Marks marks={marksOf(one)} />
              {one.id}
              <span class="hint">
                {[one.collection, when(one), sensors(one)].filter(Boolean).join(" · ")}
                {Object.keys(one.assets).length === 0 && ` · ${words.archive.closed}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

export function keyOf(item: Item): string {
  return `${item.collection}/${item.id}`;
}

export function marksOf(item: Item): string[] {
  const marks = item.properties["overflight:marks"];
  return Array.isArray(marks) ? marks.map(String) : [];
}

function when(item: Item): string {
  const at = item.properties["datetime"] ?? item.properties["start_datetime"];
  return typeof at === "string" ? moment(at) : "";
}

function sensors(item: Item): string {
  const names = item.properties["instruments"];
  return Array.isArray(names) ? names.join(", ") : "";
}

function fixed(degrees: number): string {
  return String(Math.round(degrees * 1e4) / 1e4);
}

function boxOf({ west, south, east, north }: Asking): Box | undefined {
  if (![west, south, east, north].every(Boolean)) return undefined;
  return [Number(west), Number(south), Number(east), Number(north)];
}

function around(items: Item[]): Box | undefined {
  const boxes = items.flatMap(({ bbox }) => bbox && bbox.length >= 4
    ? [[bbox[0], bbox[1], bbox[bbox.length / 2], bbox[bbox.length / 2 + 1]] as Box] : []);
  if (!boxes.length) return undefined;
  return [
    Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1])),
    Math.max(...boxes.map((b) => b[2])), Math.max(...boxes.map((b) => b[3])),
  ];
}

function footprints(items: Item[], chosen: string | undefined, box: Box | undefined): Overlay[] {
  const features = items.flatMap((one): Feature[] => one.geometry ? [{
    type: "Feature", geometry: one.geometry,
    properties: { key: keyOf(one), chosen: keyOf(one) === chosen },
  }] : []);
  const areas: Feature[] = [];
  if (box) {
    const [w, s, e, n] = box;
    const east = e < w ? e + 360 : e;
    areas.push({
      type: "Feature", properties: {},
      geometry: { type: "Polygon", coordinates: [[[w, s], [east, s], [east, n], [w, n], [w, s]]] },
    });
  }
  return [
    {
      id: "area", data: { type: "FeatureCollection", features: areas },
      layers: [{ id: "area", type: "line",
        paint: { "line-color": "--warn", "line-width": 2, "line-dasharray": [3, 2] } }],
    },
    {
      id: "footprints", data: { type: "FeatureCollection", features },
      layers: [
        { id: "footprints", type: "fill", paint: {
          "fill-color": ["case", ["get", "chosen"], "--route", "--site"], "fill-opacity": 0.25 } },
        { id: "footprint-edges", type: "line", paint: {
          "line-color": ["case", ["get", "chosen"], "--route", "--site"],
          "line-width": ["case", ["get", "chosen"], 3, 1.2] } },
      ],
    },
  ];
}

type Handling = { current: { drawing: boolean; choose: (key: string) => void; drawn: (box: Box) => void } };

/** A click chooses a footprint; while a box is drawn, the mouse draws it and the map stays. */
function handled(map: MapView, on: Handling): void {
  map.on("click", "footprints", (event) => {
    const key = event.features?.[0]?.properties["key"];
    if (key !== undefined && !on.current.drawing) on.current.choose(String(key));
  });
  map.on("mousedown", (event: MapMouseEvent) => {
    if (!on.current.drawing) return;
    event.preventDefault();
    const first = event.lngLat;
    map.once("mouseup", ({ lngLat: last }) => {
      on.current.drawn([
        Math.min(first.lng, last.lng), Math.min(first.lat, last.lat),
        Math.max(first.lng, last.lng), Math.max(first.lat, last.lat),
      ]);
    });
  });
}
