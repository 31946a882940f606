import { useEffect, useState } from "preact/hooks";
import { ApiError, send, type Problem } from "../../api";
import { useAsked } from "../../asked";
import { Failed, Unknown, Waiting } from "../../shell/parts";
import { day, moment, words } from "../../words";
import { Said } from "./AccessTable";
import type { ArchivePage, Decision, Mission, RequestRow, Requests, Who } from "./types";

interface AskProps {
  page: ArchivePage;
  who: Who;
  name: string;
  mission: Mission;
  acted: () => void;
  close: () => void;
}

function problemOf(error: unknown): Problem {
  return error instanceof ApiError
    ? error.problem
    : { kind: "error", message: String(error), remedy: "" };
}

/** A request for copies, with all that it has to state; what comes of it is said with its paragraph. */
export function AskForm({ page, who, name, mission, acted, close }: AskProps) {
  const media = page.treaties.find((t) => t.id === mission.treaty)?.media ?? [];
  const [sensor, setSensor] = useState(mission.sensors[0] ?? "");
  const [medium, setMedium] = useState(media[0] ?? "");
  const [format, setFormat] = useState("image/tiff");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const [said, setSaid] = useState<{ decision: Decision; request: string | null } | undefined>();
  const today = who.on === page.today;
  const ask = async () => {
    setBusy(true);
    setProblem(undefined);
    setSaid(undefined);
    try {
      setSaid(await send("POST", "/archive/requests", {
        asker: who.asker, observing: mission.observing, observed: mission.observed,
        date: mission.flown, sensor, medium, format, bundle: mission.bundle,
        portions: from && until ? [[`${from}Z`, `${until}Z`]] : [],
        at: today ? null : `${who.on}T12:00:00Z`,
      }));
      acted();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card asking" aria-label={words.archive.askTitle(name, mission.bundle)}>
      <div class="actions">
        <h3>
          {mission.marks.map((mark) => <strong class="simulated" key={mark}>{mark} </strong>)}
          {words.archive.askTitle(name, mission.bundle)}
        </h3>
        <button type="button" onClick={close}>{words.archive.close}</button>
      </div>
      {mission.flown === null && <p class="notice">{words.archive.dayUnknown}</p>}
      <form onSubmit={(e) => { e.preventDefault(); void ask(); }}>
        <div class="fields">
          <label>
            {words.archive.sensor}
            <input list="archive-sensors" required value={sensor} onInput={(e) => setSensor(e.currentTarget.value)} />
            <datalist id="archive-sensors">{mission.sensors.map((s) => <option key={s} value={s} />)}</datalist>
          </label>
          <label>
            {words.archive.medium}
            {media.length
              ? (
                <select value={medium} onChange={(e) => setMedium(e.currentTarget.value)}>
                  {media.map((m) => <option key={m} value={m}>{m}</option>)}
                </select>
              )
              : <input required value={medium} onInput={(e) => setMedium(e.currentTarget.value)} />}
          </label>
          <label>
            {words.archive.format}
            <input required value={format} onInput={(e) => setFormat(e.currentTarget.value)} />
          </label>
          <label>
            {words.archive.portionFrom}
            <input type="datetime-local" step="1" value={from} required={Boolean(until)}
              onInput={(e) => setFrom(e.currentTarget.value)} />
          </label>
          <label>
            {words.archive.portionUntil}
            <input type="datetime-local" step="1" value={until} required={Boolean(from)}
              onInput={(e) => setUntil(e.currentTarget.value)} />
          </label>
        </div>
        <p class="hint">{words.archive.wholePeriod} {!today && words.archive.madeAt(day(who.on))}</p>
        <button class="main" type="submit" disabled={busy || mission.flown === null}>
          {busy ? `${words.state.waiting}…` : words.archive.send}
        </button>
      </form>
      {problem && <Failed problem={problem} />}
      {said && (
        <div class="notice" role="status">
          <p><strong>{said.request
            ? words.archive.sent(said.request) : words.archive.refused(name)}</strong></p>
          <Said decision={said.decision} />
        </div>
      )}
    </section>
  );
}

export function RequestList({ turn, acted }: { turn: number; acted: () => void }) {
  const found = useAsked<Requests>("/archive/requests");
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState<Problem | undefined>();
  useEffect(() => { if (turn) found.again(); }, [turn]);
  const decide = async (number: string) => {
    setBusy(number);
    setProblem(undefined);
    try {
      await send("POST", `/archive/requests/${number}/answer`, {});
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy("");
      acted();
    }
  };
  if (found.problem) return <Failed problem={found.problem} again={found.again} />;
  if (!found.value) return <Waiting />;
  if (!found.value.requests.length) return <p>{words.archive.noRequests}</p>;
  return (
    <>
      {problem && <Failed problem={problem} />}
      <ul class="requests">
        {found.value.requests.map((row, i) => (
          <Row key={row.request?.id ?? row.notice?.request ?? i} row={row} busy={busy} decide={decide}
            ready={found.value?.ready ?? []} />
        ))}
      </ul>
    </>
  );
}

interface RowProps {
  row: RequestRow;
  busy: string;
  decide: (number: string) => Promise<void>;
  ready: readonly string[];
}

function Row({ row, busy, decide, ready }: RowProps) {
  const { request, notice, decision, delivery } = row;
  if (!request) {
    return notice && <li>{words.archive.noticeOf(notice.from, notice.asked, moment(notice.told_at))}</li>;
  }
  const { observing, observed, flown, sensor, medium } = request.particulars;
  return (
    <li class="card">
      <p>
        <strong>{words.archive.asks(request.from, request.to, request.tells)}</strong>{" "}
        {words.archive.about(observing, observed, day(flown), sensor, medium)}<br />
        <span class="hint"><code>{request.id}</code>, {moment(request.requested_at)}; {row.phase ?? <Unknown />}</span>
      </p>
      {row.due.map((due) => (
        <p key={due.what} class={due.overdue ? "overdue" : ""}>
          {due.owner.join(", ")}: {due.what}, {due.due ? moment(due.due) : words.archive.noTime}{" "}
          <cite>[{due.cite}]</cite>
        </p>
      ))}
      {decision && <Said decision={decision.decision} />}
      {delivery && <p>{words.archive.handed(delivery.files.length, moment(delivery.delivered_at))} {delivery.statement}</p>}
      <div class="actions">
        {(!decision || delivery) && !ready.includes(request.id) && (
          <button type="button" disabled={busy !== ""} onClick={() => void decide(request.id)}>
            {busy === request.id ? `${words.state.waiting}…`
              : delivery ? words.archive.makeAgain : words.archive.decide}
          </button>
        )}
        {ready.includes(request.id) && (
          <a class="button" href={`/api/archive/requests/${request.id}/delivery.zip`} download>
            {words.archive.take}
          </a>
        )}
      </div>
    </li>
  );
}
