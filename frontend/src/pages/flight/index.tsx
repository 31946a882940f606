import { useEffect, useMemo, useState } from "preact/hooks";
import type { Feature, FeatureCollection } from "geojson";
import { ApiError, send, type Problem } from "../../api";
import { useAsked } from "../../asked";
import { Map as GroundMap, type Box } from "../../map/Map";
import { Failed, Waiting } from "../../shell/parts";
import { remember, usePlace } from "../../shell/route";
import { moment, number, words } from "../../words";
import { Marks } from "../archive/AccessTable";
import { Findings } from "../plan/Findings";
import { Files } from "./Files";
import { Frame } from "./Frame";
import { overlays } from "./overlays";
import { Timeline } from "./Timeline";
import type { Flights, Frames, Given, View } from "./types";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

/** What was planned and what was flown, side by side; and the pictures, each with where it is sealed. */
export default function FlightPage() {
  const { query } = usePlace();
  const known = useAsked<Flights>("/flights");
  const [name, setName] = useState<string | undefined>(query.get("flight") ?? undefined);
  const [given, setGiven] = useState<Given>({});
  const [view, setView] = useState<View | undefined>();
  const [waiting, setWaiting] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const [chosen, setChosen] = useState<string | undefined>(query.get("frame") ?? undefined);
  const flights = known.value?.flights ?? [];
  const flight = flights.find((f) => f.name === name) ?? flights[0];
  const under = flight && `/flights/${encodeURIComponent(flight.name)}`;
  const frames = useAsked<Frames>(flight?.frames ? `${under}/frames` : undefined);
  const exposures = useAsked<Frames>(flight?.exposures && !flight.frames ? `${under}/exposures` : undefined);
  const shown = flight?.frames ? frames.value : undefined;
  const points = flight?.exposures && !flight.frames ? exposures.value : undefined;

  useEffect(() => {
    if (!known.value || (!flight?.track && !flight?.plan && !Object.keys(given).length)) {
      setView(undefined);
      return;
    }
    const abort = new AbortController();
    setWaiting(true);
    setProblem(undefined);
    send<View>("POST", "/flights/view", {
      flight: flight?.name ?? "",
      ...Object.fromEntries(Object.entries(given).map(([part, held]) => [part, held.file])),
    }, abort.signal).then(
      (found) => { setView(found); setWaiting(false); },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setWaiting(false);
        setView(undefined);
        setProblem(error instanceof ApiError
          ? error.problem : { kind: "error", message: String(error), remedy: "" });
      },
    );
    return () => abort.abort();
  }, [known.value, flight?.name, given]);

  const drawn = useMemo(() => overlays({
    plan: view?.plan ?? EMPTY, flown: view?.flown ?? EMPTY, audit: view?.audit ?? undefined,
    frames: shown ?? EMPTY, exposures: points ?? EMPTY, chosen,
  }), [view, shown, points, chosen]);
  const box = useMemo(
    () => around([...(view?.flown?.features ?? view?.plan?.features ?? []), ...(shown?.features ?? [])]),
    [view, shown],
  );
  const marks = [...new Set([
    ...(view?.marks ?? []), ...(points?.marks ?? []),
    ...(shown?.features ?? []).flatMap((f) => (f.properties?.["overflight:marks"] as string[] | undefined) ?? []),
  ])];
  const list = shown?.features ?? [];
  const choose = (frame: string | undefined) => {
    setChosen(frame);
    remember({ flight: flight?.name ?? "", frame: frame ?? "" });
  };
  return (
    <>
      <h1><Marks marks={marks} /> {words.flight.title}</h1>
      {marks.length > 0 && <p>{words.flight.marked(marks.join(", "))}</p>}
      {known.problem && <Failed problem={known.problem} again={known.again} />}
      {flights.length > 0 && flight && (
        <div class="fields">
          <label>
            {words.flight.which}
            <select value={flight.name} onChange={(e) => {
              setName(e.currentTarget.value);
              setGiven({});
              setChosen(undefined);
              remember({ flight: e.currentTarget.value, frame: "" });
            }}>
              {flights.map((f) => <option key={f.name} value={f.name}>{f.name}</option>)}
            </select>
          </label>
        </div>
      )}
      {known.value && !flights.length && (
        <div class="notice">
          <p>{words.flight.none} <code>overflight serve --flight DIR</code></p>
        </div>
      )}
      <Files given={given} flight={flight} set={setGiven} />
      {problem && <Failed problem={problem} />}
      {waiting && <Waiting>{words.flight.auditing}</Waiting>}
      {frames.problem && <Failed problem={frames.problem} again={frames.again} />}
      {exposures.problem && <Failed problem={exposures.problem} again={exposures.again} />}
      <div class="two">
        <div>
          <GroundMap label={words.flight.map} box={[-15, 30, 60, 72]} view={box} overlays={drawn}
            onReady={(map) => {
              map.on("click", "frames", (event) => {
                const frame = event.features?.[0]?.properties["frame"];
                if (frame !== undefined) choose(String(frame));
              });
            }} />
          <ul class="legend">
            <li><i class="line planned" />{words.flight.planned}</li>
            <li><i class="line flown" />{words.flight.flown}</li>
            <li><i class="line away" />{words.flight.away}</li>
            <li><i class="off" />{words.flight.off}</li>
            {list.length > 0 && <li><i class="footprint" />{words.flight.frames(list.length)}</li>}
            {points && <li><i class="exposed" />{words.flight.exposed(points.features.length)}</li>}
          </ul>
          {points && <p class="hint">{words.flight.noFootprints}</p>}
          {flight && flight.skipped > 0 && <p class="notice">{words.flight.skipped(flight.skipped)}</p>}
        </div>
        <div class="card">
          <h2>{words.flight.said}</h2>
          {view?.audit
            ? <Audited view={view} />
            : waiting ? <Waiting /> : <p>{view?.track && !view.plan ? words.flight.noPlan
              : view?.plan && !view.track ? words.flight.noTrack : words.flight.nothing}</p>}
          {view?.track && (
            <p class="hint">
              {words.flight.track(number(view.track.distance_km), moment(view.track.begun), moment(view.track.completed))}
            </p>
          )}
        </div>
      </div>
      {chosen && under && list.some((f) => f.properties?.["frame"] === chosen) && (
        <Frame key={`${flight?.name} ${chosen}`} under={under} name={chosen} close={() => choose(undefined)} />
      )}
      {list.length > 0 && <FrameList list={list} chosen={chosen} choose={choose} />}
      {view && (view.audit?.sensors.length || view.sensors.length) ? (
        <>
          <h2>{words.flight.periods}</h2>
          <Timeline view={view} />
        </>
      ) : null}
      {view?.audit && (
        <>
          <h2>{words.plan.findings}</h2>
          <Findings findings={[...view.audit.findings.findings, ...view.audit.findings.does_not_apply]} />
          {view.audit.assumptions.length > 0 && (
            <details>
              <summary>{words.plan.assumptions}</summary>
              <ul>{view.audit.assumptions.map((text) => <li key={text}>{text}</li>)}</ul>
            </details>
          )}
        </>
      )}
    </>
  );
}

function Audited({ view }: { view: View }) {
  const audit = view.audit;
  if (!audit) return null;
  const off = audit.sensors.filter((use) => !use.on_flight);
  return (
    <>
      <p>
        <span class={`verdict ${audit.verdict}`}>
          {words.verdicts[audit.verdict as keyof typeof words.verdicts] ?? audit.verdict}
        </span>{" "}
        {words.flight.length(number(audit.flown_km), moment(audit.commenced), moment(audit.completed))}
      </p>
      {audit.legs_not_flown.length > 0 && <p>{words.flight.notFlown(audit.legs_not_flown.join(", "))}</p>}
      <h3>{words.flight.deviations}</h3>
      {!audit.excursions.length && <p>{words.flight.noDeviations}</p>}
      <ul>
        {audit.excursions.map((one) => (
          <li key={one.begun}>
            {words.flight.excursion(moment(one.begun), moment(one.completed), number(one.most_km),
              number(one.added_km), [...new Set(one.legs)].join("–"))}{" "}
            {one.cause ? words.flight.cause(one.cause) : <strong>{words.flight.noCause}</strong>}
          </li>
        ))}
      </ul>
      <h3>{words.flight.sensorsOff}</h3>
      {!off.length && <p>{words.flight.noneOff}</p>}
      <ul>
        {off.map((use) => (
          <li key={`${use.sensor} ${use.begun}`}>
            {words.flight.worked(use.sensor, moment(use.begun), moment(use.completed))} {use.why}
          </li>
        ))}
      </ul>
    </>
  );
}

const MOST_LISTED = 200;

function FrameList(
  { list, chosen, choose }: { list: Feature[]; chosen: string | undefined; choose: (frame: string) => void },
) {
  const [from, setFrom] = useState(0);
  return (
    <>
      <h2>{words.flight.list}</h2>
      {list.length > MOST_LISTED && (
        <div class="actions">
          <button type="button" disabled={from === 0} onClick={() => setFrom(from - MOST_LISTED)}>
            {words.flight.before}
          </button>
          <span aria-live="polite">
            {words.flight.part(from + 1, Math.min(list.length, from + MOST_LISTED), list.length)}
          </span>
          <button type="button" disabled={from + MOST_LISTED >= list.length}
            onClick={() => setFrom(from + MOST_LISTED)}>{words.flight.after}</button>
        </div>
      )}
      <ul class="items framed" tabIndex={0} aria-label={words.flight.list}>
        {list.slice(from, from + MOST_LISTED).map((one) => {
          const said = one.properties ?? {};
          const frame = String(said["frame"]);
          return (
            <li key={frame}>
              <button type="button" aria-pressed={frame === chosen} onClick={() => choose(frame)}>
                <Marks marks={(said["overflight:marks"] as string[] | undefined) ?? []} />
                {frame}
                <span class="hint">
                  {[
                    typeof said["datetime"] === "string" && moment(said["datetime"]),
                    Array.isArray(said["instruments"]) && said["instruments"].join(", "),
                  ].filter(Boolean).join(" · ")}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function around(features: Feature[]): Box | undefined {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const see = (at: unknown): void => {
    if (!Array.isArray(at)) return;
    const [lon, lat] = at as unknown[];
    if (typeof lon === "number" && typeof lat === "number") {
      [west, east] = [Math.min(west, lon), Math.max(east, lon)];
      [south, north] = [Math.min(south, lat), Math.max(north, lat)];
    } else at.forEach(see);
  };
  for (const { geometry } of features) if ("coordinates" in geometry) see(geometry.coordinates);
  return Number.isFinite(west) ? [west, south, east, north] : undefined;
}
