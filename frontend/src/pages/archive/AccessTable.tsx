import { useEffect } from "preact/hooks";
import { useAsked } from "../../asked";
import { Cited, Failed, Unknown, Waiting } from "../../shell/parts";
import { day, words } from "../../words";
import type { Access, Decision, Who } from "./types";

const LEVELS = ["find", "request", "open"] as const;

interface Props {
  who: Who;
  turn: number;
  ask: (collection: string) => void;
}

/** A row for each mission: what the State may do with it, and by which paragraph. */
export function AccessTable({ who, turn, ask }: Props) {
  const found = useAsked<Access>("/archive/access", { asker: who.asker, on: who.on });
  useEffect(() => { if (turn) found.again(); }, [turn]);
  if (found.problem) return <Failed problem={found.problem} again={found.again} />;
  if (!found.value) return <Waiting />;
  if (!found.value.missions.length) return <p class="notice">{words.archive.noMissions}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={words.archive.mayLabel}>
      <table class="access">
        <thead>
          <tr>
            <th scope="col">{words.archive.mission}</th>
            {LEVELS.map((level) => <th scope="col" key={level}>{words.archive.levels[level]}</th>)}
            <th scope="col"><span class="hidden">{words.archive.askFor}</span></th>
          </tr>
        </thead>
        <tbody>
          {found.value.missions.map((one) => (
            <tr key={one.collection}>
              <th scope="row">
                <Marks marks={one.marks} /> {one.bundle}<br />
                <span class="hint">
                  {words.archive.over(one.observing, one.observed)},{" "}
                  {one.flown ? day(one.flown) : <Unknown why={words.archive.dayUnknown} />}
                </span>
              </th>
              {LEVELS.map((level) => <td key={level}><Said decision={one[level]} /></td>)}
              <td>
                <button type="button" onClick={() => ask(one.collection)}>
                  {words.archive.askFor}
                  <span class="hidden"> {one.bundle}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Marks({ marks }: { marks: readonly string[] }) {
  return <>{marks.map((mark) => <strong class="simulated" key={mark}>{mark} </strong>)}</>;
}

/** A decision in words, with its paragraph and what it rests on. */
export function Said({ decision }: { decision: Decision }) {
  const { answer, message, cite, conditions } = decision;
  const word = answer === "allowed" && decision.extent === "delivered"
    ? words.archive.delivered
    : words.archive.answers[answer as keyof typeof words.archive.answers] ?? answer;
  return (
    <div class="said">
      <strong class={`answer ${answer}`}>{word}</strong>
      <p>{message} {cite && <cite>[{cite}]</cite>}</p>
      {conditions.length > 0 && (
        <details>
          <summary>{words.archive.conditions(conditions.length)}</summary>
          <ul>{conditions.map((text) => <li key={text}>{text}</li>)}</ul>
        </details>
      )}
    </div>
  );
}

/** A short cite, for tables. */
export function Brief({ answer, cite }: { answer: string; cite: string }) {
  const word = words.archive.answers[answer as keyof typeof words.archive.answers] ?? answer;
  return (
    <Cited cite={cite ? [cite] : []}><span class={`answer ${answer}`}>{word}</span></Cited>
  );
}
