import { useEffect, useState } from "preact/hooks";
import { useAsked } from "../../asked";
import { Failed, Waiting } from "../../shell/parts";
import { moment, words } from "../../words";
import { Brief } from "./AccessTable";
import type { Accesses, ArchivePage } from "./types";

interface Props {
  turn: number;
  states: ReadonlyMap<string, string>;
  page: ArchivePage;
}

/** Who wanted what: the record of accesses, read and held against itself each time. */
export function Log({ turn, states, page }: Props) {
  const [of, setOf] = useState("");
  const [mission, setMission] = useState("");
  const found = useAsked<Accesses>("/archive/accesses", { of, mission, most: 100 });
  useEffect(() => { if (turn) found.again(); }, [turn]);
  const rows = [...(found.value?.accesses ?? [])].reverse();
  const codes = [...states.keys()].sort();
  return (
    <>
      <div class="fields">
        <label>
          {words.archive.logOf}
          <select value={of} onChange={(e) => setOf(e.currentTarget.value)}>
            <option value="">{words.archive.anybody}</option>
            {codes.map((code) => <option key={code} value={code}>{states.get(code)}</option>)}
          </select>
        </label>
        <label>
          {words.archive.logMission}
          <select value={mission} onChange={(e) => setMission(e.currentTarget.value)}>
            <option value="">{words.archive.anyMission}</option>
            {page.missions.map((m) => <option key={m.collection} value={m.bundle}>{m.bundle}</option>)}
          </select>
        </label>
      </div>
      {found.problem && <Failed problem={found.problem} again={found.again} />}
      {!found.value && found.waiting && <Waiting />}
      {found.value && (
        <>
          <p>
            {words.archive.whole(found.value.count, rows.length, found.value.found)}{" "}
            <code>{found.value.count}:{found.value.head}</code>
          </p>
          {rows.length > 0 && (
            <div class="scroll accesses" tabIndex={0} role="region" aria-label={words.archive.log}>
              <table>
                <thead>
                  <tr>{words.archive.logColumns.map((name) => <th scope="col" key={name}>{name}</th>)}</tr>
                </thead>
                <tbody>
                  {rows.map((one) => (
                    <tr key={one.number}>
                      <td>{moment(one.at)}</td>
                      <td>{one.asker}</td>
                      <td>{words.archive.wanted[one.level as keyof typeof words.archive.wanted] ?? one.level}</td>
                      <td class="what">{one.what}</td>
                      <td><Brief answer={one.answer} cite={one.cite} /></td>
                      <td>{one.by}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </>
  );
}
