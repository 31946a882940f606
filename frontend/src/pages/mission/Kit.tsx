import { useState } from "preact/hooks";
import type { Problem } from "../../api";
import { send } from "../../api";
import { Failed } from "../../shell/parts";
import { moment, number, words } from "../../words";
import { Findings } from "../plan/Findings";
import type { SiteList } from "../plan/types";
import { problemOf, tell } from "./seat";
import type { Kit as Data } from "./types";

/** For the side that must answer: what the plan shows of its places, what the rules find. */
export function Kit({ seat }: { seat: string }) {
  const [kit, setKit] = useState<Data | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  const look = async (file?: File) => {
    setProblem(undefined);
    try {
      const sites = file ? (await send<SiteList>("POST", "/sites", await file.arrayBuffer())).geojson : null;
      setKit(await tell<Data>(seat, "/kit", { sites }));
    } catch (error) {
      setProblem({ ...problemOf(error), ...(file ? { file: file.name } : {}) });
    }
  };
  return (
    <section class="card">
      <h2>{words.mission.kit}</h2>
      <p>{words.mission.kitHelp}</p>
      <div class="actions">
        <button type="button" onClick={() => void look()}>{words.mission.kitLook}</button>
        <label class="button">
          {words.mission.kitSites}
          <input class="hidden" type="file" onChange={(e) => void look(e.currentTarget.files?.[0])} />
        </label>
      </div>
      {problem && <Failed problem={problem} />}
      {kit && (
        <div aria-live="polite">
          {kit.answer_by && <p><strong>{words.mission.answerBy(moment(kit.answer_by))}</strong> <cite>{kit.answer_cite}</cite></p>}
          {kit.places.length > 0 && (
            <div class="scroll">
              <table>
                <thead><tr>{words.mission.placeColumns.map((t) => <th key={t} scope="col">{t}</th>)}</tr></thead>
                <tbody>
                  {kit.places.map((p) => (
                    <tr key={p.place}>
                      <th scope="row">{p.name || p.place}</th>
                      <td>{p.seen ? words.mission.isSeen : words.mission.notSeen}</td>
                      <td class="number">{number(p.nearest_km)} km</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          <Findings findings={kit.findings.findings} />
          {kit.notes.map((note) => <p key={note} class="hint">{note}</p>)}
        </div>
      )}
    </section>
  );
}
