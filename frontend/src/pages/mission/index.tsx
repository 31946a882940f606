import { useCallback, useEffect, useState } from "preact/hooks";
import type { Problem } from "../../api";
import { Failed, Waiting } from "../../shell/parts";
import { usePlace } from "../../shell/route";
import { moment, words } from "../../words";
import { Begin } from "./Begin";
import { Kit } from "./Kit";
import { MoveForm } from "./MoveForm";
import { PlanMap } from "./PlanMap";
import { look, problemOf, save, tell } from "./seat";
import type { Act, Duty, Entry, View } from "./types";

export default function Mission() {
  const { query } = usePlace();
  const seat = query.get("seat") ?? "";
  return (
    <>
      <h1>{words.mission.title}</h1>
      {seat ? <Seat key={seat} seat={seat} /> : <Begin />}
    </>
  );
}

function Seat({ seat }: { seat: string }) {
  const [view, setView] = useState<View | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  const [at, setAt] = useState("");
  const [chosen, setChosen] = useState<Act | undefined>();
  const [said, setSaid] = useState("");
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    let gone = false;
    look<View>(seat, at ? `?at=${encodeURIComponent(instant(at))}` : "").then(
      (found) => { if (!gone) { setView(found); setProblem(undefined); } },
      (error: unknown) => { if (!gone) setProblem(problemOf(error)); },
    );
    return () => { gone = true; };
  }, [seat, at, turn]);
  const receive = async (files: FileList | null, agreed: boolean) => {
    setSaid("");
    // Taken now: the list empties when the field is cleared for the next choice.
    for (const file of [...(files ?? [])]) {
      try {
        const told = await tell<{ said: string }>(
          seat, `/receive${agreed ? "?agreed=true" : ""}`, await file.arrayBuffer());
        setSaid((old) => (old ? `${old} ` : "") + told.said);
        setProblem(undefined);
      } catch (error) {
        setProblem({ ...problemOf(error), file: file.name });
      }
    }
    again();
  };
  if (problem && !view) return <Failed problem={problem} again={again} />;
  if (!view) return <Waiting />;
  const { mission, options } = view;
  const name = (role: string) => view.timeline.names[role] ?? role;
  const mine = options.acts.filter((act) => act.by.includes(mission.seat));
  const theirs = options.acts.filter((act) => !act.by.includes(mission.seat));
  const hasPlan = view.happened.some((h) => h.documents.some((d) => d.type === "mission-plan"));
  return (
    <>
      <p class="who">
        {mission.marks.map((mark) => <strong key={mark} class="simulated">{mark} </strong>)}
        {words.mission.sits(mission.id, mission.treaty, name(mission.seat), words.mission.sides[mission.seat])}
      </p>
      <div class="fields">
        <label>
          {words.mission.now}
          <input type="datetime-local" value={at} step="60"
            onChange={(e) => setAt(e.currentTarget.value)} />
        </label>
        <p class="hint">{at ? "" : words.mission.clock(moment(options.now))}</p>
      </div>
      {problem && <Failed problem={problem} />}
      <div class="two">
        <div>
          <section class="card">
            <h2>{options.title}</h2>
            <h3>{words.mission.due}</h3>
            {options.duties.length
              ? <ul class="duties">{options.duties.map((duty, i) => <Due key={i} duty={duty} name={name} mine={mission.seat} />)}</ul>
              : <p>{words.mission.nothingDue}</p>}
            <h3>{words.mission.open}</h3>
            {mine.length === 0 && <p>{words.mission.nothingOpen}</p>}
            <ul class="moves">
              {mine.map((act) => (
                <li key={act.move}>
                  <button type="button" class={act.must ? "main" : ""} disabled={act.opens !== null}
                    aria-expanded={chosen?.move === act.move}
                    onClick={() => setChosen(chosen?.move === act.move ? undefined : act)}>
                    {act.title}
                  </button>{" "}
                  <cite>{act.cite}</cite>
                  {act.opens && <> {words.mission.opens(moment(act.opens))}</>}
                  {act.due && <> {words.mission.by(moment(act.due))}</>}
                </li>
              ))}
            </ul>
            {chosen && (
              <MoveForm key={chosen.move} seat={seat} act={chosen} at={at ? instant(at) : ""}
                done={() => { setChosen(undefined); again(); }} />
            )}
            {theirs.length > 0 && (
              <details>
                <summary>{words.mission.theirs(theirs.length)}</summary>
                <ul>{theirs.map((act) => <li key={act.move}>{act.title} <cite>{act.cite}</cite></li>)}</ul>
              </details>
            )}
          </section>
        </div>
        <div>
          <section class="card">
            <h2>{words.mission.exchange}</h2>
            <p>{words.mission.exchangeHelp}</p>
            <label class="file">
              {words.mission.receive}
              <input type="file" multiple accept=".json,.txt"
                onChange={(e) => { void receive(e.currentTarget.files, false); e.currentTarget.value = ""; }} />
            </label>
            <details>
              <summary>{words.mission.both}</summary>
              <p>{words.mission.bothHelp}</p>
              <label class="file">
                {words.mission.receiveAgreed}
                <input type="file" accept=".json,.txt"
                  onChange={(e) => { void receive(e.currentTarget.files, true); e.currentTarget.value = ""; }} />
              </label>
            </details>
            <p aria-live="polite">{said}</p>
            <h3>{words.mission.done}</h3>
            {view.happened.length === 0 && <p>{words.mission.nothingDone}</p>}
            <ol class="log">
              {view.happened.map((entry) => (
                <li key={entry.number}>
                  <time dateTime={entry.at}>{moment(entry.at)}</time>{" "}
                  {name(entry.by)}: {entry.title}
                  <div class="files">
                    {entry.outbox && (
                      <button type="button" class="main" onClick={() => void save(seat, `/outbox/${entry.outbox}`, entry.outbox ?? "")}>
                        {words.mission.handOver}
                      </button>
                    )}
                    {entry.documents.map((d) => (
                      <button type="button" key={d.file} title={d.sha256}
                        onClick={() => void save(seat, `/documents/${d.file}`, d.file)}>
                        {d.type}
                      </button>
                    ))}
                  </div>
                </li>
              ))}
            </ol>
          </section>
        </div>
      </div>
      {hasPlan && <PlanMap seat={seat} turn={view.happened.length} />}
      {hasPlan && mission.seat === "observed" && <Kit seat={seat} />}
      <h2>{words.mission.timeline}</h2>
      <Timeline entries={view.timeline.entries} name={name} />
    </>
  );
}

function Due({ duty, name, mine }: { duty: Duty; name: (role: string) => string; mine: string }) {
  return (
    <li class={duty.overdue ? "overdue" : ""}>
      <strong>{duty.owner.map(name).join(", ")}</strong>
      {duty.owner.includes(mine) && <> ({words.mission.you})</>}: {duty.what}
      {duty.due && <>, {duty.overdue ? words.mission.wasDue : words.mission.isDue} <time dateTime={duty.due}>{moment(duty.due)}</time></>}
      {!duty.due && duty.at_once && <>, {words.mission.atOnce}</>} <cite>{duty.cite}</cite>
      {duty.overdue && duty.if_not && <div>{duty.if_not}</div>}
    </li>
  );
}

function Timeline({ entries, name }: { entries: readonly Entry[]; name: (role: string) => string }) {
  return (
    <div class="scroll">
      <table class="timeline">
        <thead>
          <tr>{words.mission.columns.map((title) => <th key={title} scope="col">{title}</th>)}</tr>
        </thead>
        <tbody>
          {entries.map((entry, i) => (
            <tr key={`${entry.id}-${i}`} class={entry.kind.replace(" ", "-")}>
              <td>{entry.at ? moment(entry.at) : entry.due ? moment(entry.due) : ""}</td>
              <td>{name(entry.who)}</td>
              <td>{entry.what}</td>
              <td>{entry.kind}</td>
              <td><cite>{entry.cite}</cite></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What a field for a local date and time holds, taken as UTC: missions are counted in UTC. */
function instant(text: string): string {
  return `${text.length === 16 ? `${text}:00` : text}Z`;
}
