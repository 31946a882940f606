import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Map as MapView, MapMouseEvent, MapTouchEvent } from "maplibre-gl";
import { useAsked } from "../../asked";
import { ApiError, send, type Problem } from "../../api";
import { Map } from "../../map/Map";
import { Failed, Waiting } from "../../shell/parts";
import { remember, usePlace } from "../../shell/route";
import { number, words } from "../../words";
import type { Regimes } from "../regime/types";
import { Findings } from "./Findings";
import { Fixes } from "./Fixes";
import { Form, type Asked } from "./Form";
import { overlays } from "./overlays";
import { Profile } from "./Profile";
import { useSearch } from "./search";
import { clicked, Sites } from "./Sites";
import { useTries } from "./tries";
import type { Point, Regime, Shown, SiteList } from "./types";
import type { FeatureCollection } from "geojson";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
const KEYS = ["treaty", "on", "observing", "observed", "aircraft", "start", "end"] as const;

export default function Plan() {
  const { query } = usePlace();
  const known = useAsked<Regimes>("/regimes");
  const [asked, setAsked] = useState<Asked>(() => ({
    treaty: query.get("treaty") ?? "open-skies", on: query.get("on") ?? "",
    observing: query.get("observing") ?? "", observed: query.get("observed") ?? "",
    aircraft: query.get("aircraft") ?? "", start: query.get("start") ?? "",
    end: query.get("end") ?? "", seconds: 10, certificate: 0, mark: "",
  }));
  const [sites, setSites] = useState<SiteList | undefined>();
  const [areas, setAreas] = useState<{ name: string; geojson: FeatureCollection } | undefined>();
  const [clicking, setClicking] = useState(false);
  const [plan, setPlan] = useState(query.get("plan") ?? "");
  const [stages, setStages] = useState<Point[][]>([]);
  const [moved, setMoved] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const on = asked.on || known.value?.today || "";
  const regime = useAsked<Regime>(on ? `/regimes/${asked.treaty}` : undefined, {
    on, section: ["parties", "aircraft", "airfields", "quotas"],
  });
  const strips = useAsked<FeatureCollection>(asked.observed && on ? "/strips" : undefined, {
    treaty: asked.treaty, observed: asked.observed, on,
  });
  const shown = useAsked<Shown>(plan ? `/plans/${plan}` : undefined);
  const taken = useCallback((id: string) => {
    setPlan(id);
    setMoved(false);
    remember({ plan: id });
  }, []);
  const search = useSearch(taken);
  const { tried, problem: notTried } = useTries(plan, stages, moved);

  useEffect(() => {
    const value = shown.value;
    if (!value) return;
    setStages(value.stages);
    setMoved(false);
    const { mission_plan: m, sites: list } = value.working_plan;
    setAsked((old) => ({
      ...old, treaty: m.treaty, observing: m.observing, observed: m.observed, aircraft: m.aircraft,
      start: m.start.code, end: m.end.code === m.start.code ? "" : m.end.code,
      on: m.times.commencement?.slice(0, 10) ?? old.on,
    }));
    setSites({
      count: list.length,
      value: list.reduce((sum, site) => sum + site.value, 0),
      geojson: {
        type: "FeatureCollection",
        features: list.map(({ id, name, value: worth, lat, lon }) => ({
          type: "Feature", properties: { id, name, value: worth },
          geometry: { type: "Point", coordinates: [lon, lat] },
        })),
      },
    });
  }, [shown.value]);

  const change = (next: Partial<Asked>) => {
    const whole = { ...asked, ...next };
    setAsked(whole);
    remember(Object.fromEntries(KEYS.map((key) => [key, whole[key]])));
  };
  const marks = shown.value && plan
    ? shown.value.working_plan.mission_plan.marks
    : asked.mark ? [asked.mark] : [];
  const ready = asked.observing && asked.observed && asked.aircraft && asked.start && sites?.count;
  const begin = () => {
    if (!ready) {
      setProblem({ kind: "error", message: words.plan.missing, remedy: "" });
      return;
    }
    setProblem(undefined);
    const { mark, end, certificate, ...rest } = asked;
    search.begin("/plans", {
      ...rest, on, sites: sites.geojson, end: end || null, mark: mark || null,
      hazards: areas?.geojson ?? null, certificate: certificate || null,
    });
  };
  const keep = async () => {
    setProblem(undefined);
    try {
      taken((await send<{ plan: string }>("POST", `/plans/${plan}/keep`, { stages })).plan);
    } catch (error) {
      setProblem(error instanceof ApiError
        ? error.problem
        : { kind: "error", message: String(error), remedy: "" });
    }
  };
  const open = async (file: File | undefined) => {
    if (!file) return;
    setProblem(undefined);
    try {
      taken((await send<{ plan: string }>("POST", "/plans/open", JSON.parse(await file.text()))).plan);
    } catch (error) {
      setProblem(error instanceof ApiError
        ? { ...error.problem, file: file.name }
        : { kind: "error", message: words.state.notJson, remedy: "", file: file.name });
    }
  };

  const hazards = async (file: File | undefined) => {
    if (!file) return;
    setProblem(undefined);
    try {
      const geojson = JSON.parse(await file.text()) as FeatureCollection;
      if (!Array.isArray(geojson.features)) throw new TypeError();
      setPlan("");
      setAreas({ name: file.name, geojson });
    } catch {
      setProblem({ kind: "error", message: words.state.notJson, remedy: "", file: file.name });
    }
  };

  const drop = useCallback((stage: number, fix: number) => {
    setMoved(true);
    setStages((old) => old.map((row, s) => s === stage ? row.filter((_, f) => f !== fix) : row));
  }, []);
  const insert = useCallback((stage: number, fix: number) => {
    setMoved(true);
    setStages((old) => old.map((row, s) => {
      const [a, b] = [row[fix], row[fix + 1] ?? row[fix - 1]];
      if (s !== stage || !a) return row;
      // Half the way to its neighbour, or a little north of a fix that stands alone.
      const between: Point = b
        ? [minute((a[0] + b[0]) / 2), minute((a[1] + b[1]) / 2)]
        : [a[0], minute(a[1] + 0.25)];
      const at = row[fix + 1] ? fix + 1 : fix;
      return [...row.slice(0, at), between, ...row.slice(at)];
    }));
  }, []);
  const move = useCallback((stage: number, fix: number, to: Point) => {
    setMoved(true);
    setStages((old) => old.map((row, s) => s === stage ? row.map((p, f) => f === fix ? to : p) : row));
  }, []);
  const worth = moved && tried ? tried : shown.value?.working_plan;
  const seen = useMemo(() => new Set(worth?.sites_observed ?? []), [worth]);
  const drawn = useMemo(() => overlays({
    sites: sites?.geojson ?? EMPTY, seen, known: Boolean(worth), strips: strips.value ?? EMPTY,
    shown: plan ? shown.value : undefined, stages, draft: search.path,
    areas: areas?.geojson,
    airfields: regime.value?.airfields.filter((f) => f.state === asked.observed) ?? [],
  }), [sites, seen, worth, strips.value, shown.value, plan, stages, search.path, areas,
    regime.value, asked.observed]);

  const hand = useRef({ clicking, move, sites, stages });
  hand.current = { clicking, move, sites, stages };
  const onReady = useCallback((map: MapView) => {
    map.on("click", (event: MapMouseEvent) => {
      if (!hand.current.clicking) return;
      setPlan("");
      setSites(clicked(hand.current.sites, event.lngLat.lng, event.lngLat.lat));
    });
    draggable(map, (stage, fix, to) => hand.current.move(stage, fix, to));
  }, []);

  const [box, setBox] = useState<[number, number, number, number] | undefined>();
  useEffect(() => {
    const points = sites?.geojson.features.map((f) =>
      f.geometry.type === "Point" ? f.geometry.coordinates as Point : [0, 0] as Point) ?? [];
    if (clicking || points.length < 2) return;
    const lons = points.map((p) => p[0]), lats = points.map((p) => p[1]);
    setBox([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]);
  }, [sites]);

  return (
    <>
      <h1>{words.plan.title}</h1>
      {known.problem && <Failed problem={known.problem} again={known.again} />}
      <Form asked={{ ...asked, on }} change={change} regime={regime.value}
        regimes={known.value?.regimes ?? []} />
      {regime.problem && <Failed problem={regime.problem} again={regime.again} />}
      <div class="two">
        <div>
          <Map label={words.plan.title} box={[-10, 35, 110, 75]} view={box} overlays={drawn}
            onReady={onReady} cursor={clicking ? "crosshair" : undefined} />
          <ul class="legend">
            <li><i class="dot" style={{ background: "var(--site)" }} />{words.plan.seen}</li>
            <li><i class="dot open" />{words.plan.notSeen}</li>
            <li><i class="line" />{words.plan.route}</li>
            <li><i class="square" />{words.plan.airfield}</li>
            {strips.value?.features.length
              ? <li><i style={{ background: "var(--strip)" }} />{words.plan.strips}</li>
              : null}
          </ul>
        </div>
        <div class="card"
          onDragOver={(e) => e.preventDefault()}
          onDrop={(e) => {
            e.preventDefault();
            void open(e.dataTransfer?.files[0]);
          }}>
          {marks.length > 0 && <p class="simulated">{marks.join(", ")}</p>}
          <h2>{words.plan.sites}</h2>
          <Sites sites={sites} clicking={clicking} onClicking={setClicking}
            onSites={(found) => { setPlan(""); setSites(found); }} />
          <p>
            <label class="button">
              {words.plan.hazards}
              <input class="hidden" type="file" accept=".geojson,.json"
                onChange={(e) => { void hazards(e.currentTarget.files?.[0]); e.currentTarget.value = ""; }} />
            </label>{" "}
            {areas && (
              <>
                {words.plan.hazardCount(areas.name, areas.geojson.features.length)}{" "}
                <button type="button" onClick={() => setAreas(undefined)}>{words.plan.clear}</button>
              </>
            )}
          </p>
          <p class="notice">{words.plan.stays}</p>
          <div class="actions">
            {search.running
              ? (
                <button type="button" class="main" onClick={search.stop} disabled={search.stopping}>
                  {search.stopping ? words.plan.stopping : words.plan.stop}
                </button>
              )
              : <button type="button" class="main" onClick={begin}>{words.plan.search}</button>}
            {plan && !search.running && (
              <button type="button"
                onClick={() => search.begin(`/plans/${plan}/improve`, { seconds: asked.seconds })}>
                {words.plan.improve}
              </button>
            )}
            <label class="button">
              {words.plan.openPlan}
              <input class="hidden" type="file" accept=".json" onChange={(e) => void open(e.currentTarget.files?.[0])} />
            </label>
          </div>
          <div aria-live="polite">
            {search.running && (
              <>
                <progress max={100} value={search.percent} aria-label={words.plan.search} />
                <p>{search.said || words.plan.draft(search.percent, search.value)}</p>
              </>
            )}
          </div>
          {search.problem && <Failed problem={search.problem} />}
          {problem && <Failed problem={problem} />}
          {plan && shown.waiting && !shown.value && <Waiting />}
          {shown.problem && <Failed problem={shown.problem} />}
          {plan && worth && shown.value && (
            <dl class="figures">
              <div><dt>{words.plan.distance}</dt><dd>
                {number(worth.flight_distance_km)} km {words.plan.of}{" "}
                {worth.maximum_flight_distance.value === null
                  ? words.state.unknown
                  : `${number(worth.maximum_flight_distance.value)} km`}
              </dd></div>
              <div><dt>{words.plan.value}</dt><dd>
                {number(worth.value_observed)} {words.plan.ofValue} {number(shown.value.working_plan.value_total)}
              </dd></div>
              <div><dt>{words.plan.sitesSeen}</dt><dd>
                {worth.sites_observed.length} {words.plan.ofValue} {shown.value.working_plan.sites.length}
              </dd></div>
              {!moved && shown.value.working_plan.certificate && (
                <div><dt>{words.plan.bound}</dt><dd>
                  {number(shown.value.working_plan.certificate.bound)}
                </dd></div>
              )}
              <div><dt>{words.plan.verdict}</dt><dd>{words.verdicts[worth.verdict]}</dd></div>
            </dl>
          )}
          {moved && (
            <div class="notice" aria-live="polite">
              <p><strong>{words.plan.moved}</strong></p>
              {tried && tried.broken.length > 0 && (
                <><p>{words.plan.broken}</p><ul>{tried.broken.map((text) => <li key={text}>{text}</li>)}</ul></>
              )}
              {notTried && <Failed problem={notTried} />}
              <div class="actions">
                <button type="button" class="main" disabled={Boolean(tried?.broken.length)} onClick={() => void keep()}>
                  {words.plan.keep}
                </button>
                <button type="button" onClick={() => { setStages(shown.value?.stages ?? []); setMoved(false); }}>
                  {words.plan.undo}
                </button>
              </div>
            </div>
          )}
        </div>
      </div>
      {plan && shown.value && worth && (
        <>
          <h2>{words.plan.profile}</h2>
          <Profile profile={moved && tried ? tried.profile : shown.value.profile} />
          <div class="two">
            <section>
              <h2>{words.plan.findings}</h2>
              <Findings findings={worth.findings} />
              <h2>{words.plan.out}</h2>
              {shown.value.working_plan.withheld
                ? <p class="failed">{words.plan.withheld}: {shown.value.working_plan.withheld}</p>
                : (
                  <ul class="links">
                    {Object.entries(words.plan.forms).map(([form, name]) => (
                      <li key={form}><a href={`/api/plans/${plan}/export/${form}`} download>{name}</a></li>
                    ))}
                    <li><a href={`/api/plans/${plan}/release.zip`} download>{words.plan.release}</a></li>
                  </ul>
                )}
              <p><a href={`/api/plans/${plan}/home.zip`} download>{words.plan.home}</a></p>
            </section>
            <section>
              <h2>{words.plan.fixes}</h2>
              <Fixes stages={stages} move={move} drop={drop} insert={insert} />
            </section>
          </div>
        </>
      )}
    </>
  );
}

/** A fix taken with the mouse or a finger follows it; the map stays where it is meanwhile. */
function draggable(map: MapView, move: (stage: number, fix: number, to: Point) => void): void {
  const canvas = map.getCanvas();
  map.on("mouseenter", "fixes", () => { canvas.style.cursor = "grab"; });
  map.on("mouseleave", "fixes", () => { canvas.style.cursor = ""; });
  const take = (event: (MapMouseEvent | MapTouchEvent) & { features?: { properties: unknown }[] }) => {
    const held = event.features?.[0]?.properties as { stage: number; fix: number } | undefined;
    if (!held) return;
    event.preventDefault();
    let frame = 0;
    const follow = (e: MapMouseEvent | MapTouchEvent) => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        // Plans state fixes in whole minutes of arc.
        move(held.stage, held.fix, [minute(e.lngLat.lng), minute(e.lngLat.lat)]);
      });
    };
    const moves = event.type === "touchstart" ? "touchmove" : "mousemove";
    map.on(moves, follow);
    map.once(event.type === "touchstart" ? "touchend" : "mouseup", () => { map.off(moves, follow); });
  };
  map.on("mousedown", "fixes", take);
  map.on("touchstart", "fixes", take);
}

function minute(degrees: number): number {
  return Math.round(degrees * 60) / 60;
}
