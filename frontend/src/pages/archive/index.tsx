import { useState } from "preact/hooks";
import { useAsked } from "../../asked";
import { Failed, Waiting } from "../../shell/parts";
import { remember, usePlace } from "../../shell/route";
import { day, words } from "../../words";
import type { View } from "../regime/types";
import { AccessTable } from "./AccessTable";
import { Log } from "./Log";
import { AskForm, RequestList } from "./Requests";
import { Search } from "./Search";
import type { ArchivePage, Mission } from "./types";

const GROUPS = ["states_parties", "leaving", "suspended", "departed", "signed_not_ratified"] as const;

/** The keeper's own view of an archive: what a State would find, get, and be refused. */
export default function Archive() {
  const known = useAsked<ArchivePage>("/archive");
  if (known.problem) return <Title><Failed problem={known.problem} again={known.again} /></Title>;
  if (!known.value) return <Title><Waiting /></Title>;
  if (known.value.archive === null) return <Title><None /></Title>;
  return <Kept page={known.value} />;
}

function Title({ children }: { children: preact.ComponentChildren }) {
  return <><h1>{words.archive.title}</h1>{children}</>;
}

function None() {
  return (
    <div class="card">
      <p>{words.archive.none}</p>
      <ol>
        <li><code>overflight archive init ARCHIVE --holder CODE --keys RING</code></li>
        <li><code>overflight archive ingest ARCHIVE BUNDLE</code></li>
      </ol>
      <p>{words.archive.noneThen} <code>overflight serve --archive ARCHIVE</code></p>
    </div>
  );
}

function Kept({ page }: { page: ArchivePage }) {
  const { query } = usePlace();
  const own = page.holder === "common" ? "" : page.holder;
  const [asker, setAsker] = useState(query.get("as") ?? own);
  const [on, setOn] = useState(query.get("on") ?? page.today);
  const [turn, setTurn] = useState(0);
  const [asking, setAsking] = useState<Mission | undefined>();
  const regime = useAsked<View>(page.treaties[0] ? `/regimes/${page.treaties[0].id}` : undefined, {
    on, section: ["parties"],
  });
  const states = new Map<string, string>();
  for (const group of GROUPS) {
    for (const row of regime.value?.[group] ?? []) states.set(row.code, row.name);
  }
  if (asker && !states.has(asker)) states.set(asker, asker);
  const rows = [...states].sort((a, b) => a[1].localeCompare(b[1]));
  const whose = states.get(page.holder) ?? page.holder;
  const who = { asker, on };
  const acted = () => setTurn((n) => n + 1);
  return (
    <>
      <h1>{words.archive.of(page.archive ?? "", page.holder === "common" ? "" : whose)}</h1>
      <p>{words.archive.lead}</p>
      <div class="fields">
        <label>
          {words.archive.as}
          <select value={asker} onChange={(e) => {
            setAsker(e.currentTarget.value);
            setAsking(undefined);
            remember({ as: e.currentTarget.value, on });
          }}>
            {!asker && <option value="">{words.archive.choose}</option>}
            {rows.map(([code, name]) => <option key={code} value={code}>{name}</option>)}
          </select>
        </label>
        <label>
          {words.archive.on}
          <input type="date" value={on} onChange={(e) => {
            if (!e.currentTarget.value) return;
            setOn(e.currentTarget.value);
            remember({ as: asker, on: e.currentTarget.value });
          }} />
        </label>
      </div>
      {regime.problem && <Failed problem={regime.problem} again={regime.again} />}
      {asker
        ? (
          <>
            <h2>{words.archive.may(states.get(asker) ?? asker, day(on))}</h2>
            <AccessTable key={`access ${asker} ${on}`} who={who} turn={turn} ask={(bundle) => {
              setAsking(page.missions.find((m) => m.collection === bundle));
            }} />
            {asking && (
              <AskForm key={`${asker} ${on} ${asking.collection}`} page={page} who={who}
                name={states.get(asker) ?? asker} mission={asking} acted={acted}
                close={() => setAsking(undefined)} />
            )}
            <h2>{words.archive.search}</h2>
            <Search key={`search ${asker} ${on}`} page={page} who={who} acted={acted} />
          </>
        )
        : <p class="notice">{words.archive.chooseFirst}</p>}
      <h2>{words.archive.requests}</h2>
      <RequestList turn={turn} acted={acted} />
      <h2>{words.archive.log}</h2>
      <Log turn={turn} states={states} page={page} />
    </>
  );
}
