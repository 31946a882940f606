import { useState } from "preact/hooks";
import { useAsked } from "../../asked";
import { Failed, Waiting } from "../../shell/parts";
import { moment, number, words } from "../../words";
import { Marks } from "../archive/AccessTable";
import { Tiles } from "../archive/Tiles";
import type { FrameView } from "./types";

const MEASURED = ["overflight:resolution_m", "overflight:resolution_limit_m", "gsd"] as const;

/** A picture: its pixels, its annotation, its measured resolution, its place in the sealed bundle. */
export function Frame({ under, name, close }: { under: string; name: string; close: () => void }) {
  const path = `${under}/frames/${encodeURIComponent(name)}`;
  const found = useAsked<FrameView>(path);
  const [closely, setClosely] = useState(false);
  const [broken, setBroken] = useState(false);
  const item = found.value?.item;
  const said = item?.properties ?? {};
  const marks = Array.isArray(said["overflight:marks"]) ? said["overflight:marks"].map(String) : [];
  const pictured = Object.values(item?.assets ?? {}).some((a) => a.type?.startsWith("image/tiff"));
  const stamped = said["overflight:annotation"];
  const rows = Object.entries(said)
    .filter(([key]) => !(MEASURED as readonly string[]).includes(key) && typeof said[key] !== "object");
  return (
    <section class="card picture" aria-label={name}>
      <div class="actions">
        <h3><Marks marks={marks} /> {name}</h3>
        <button type="button" onClick={close}>{words.archive.close}</button>
      </div>
      {found.problem && <Failed problem={found.problem} again={found.again} />}
      {found.waiting && <Waiting />}
      {item && found.value && (
        <div class="two">
          <div>
            {(!pictured || broken) && <p class="notice">{words.flight.noPicture}</p>}
            {pictured && !broken && (
              <>
                {closely && item.bbox
                  ? <Tiles path={`/api${path}/tiles/{z}/{x}/{y}.png`} box={item.bbox} label={name} />
                  : <img src={`/api${path}/preview.jpg`} alt={words.archive.pictureOf(name)}
                      onError={() => setBroken(true)} />}
                {item.bbox && (
                  <button type="button" aria-pressed={closely} onClick={() => setClosely(!closely)}>
                    {closely ? words.archive.small : words.archive.closely}
                  </button>
                )}
              </>
            )}
          </div>
          <div>
            <dl class="figures">
              {MEASURED.map((key) => (
                <div key={key}>
                  <dt>{words.archive.measured[key]}</dt>
                  <dd>{typeof said[key] === "number"
                    ? `${(said[key] as number) < 1 ? (said[key] as number).toFixed(3) : number(said[key] as number)} m`
                    : <span class="unknown">{words.archive.notMeasured}</span>}</dd>
                </div>
              ))}
            </dl>
            <h3>{words.flight.annotation}</h3>
            {stamped && typeof stamped === "object"
              ? <Rows label={words.flight.annotation} rows={Object.entries(stamped)} />
              : <p class="unknown">{words.flight.noAnnotation}</p>}
            <details>
              <summary>{words.archive.annotation}</summary>
              <Rows label={words.archive.annotation} rows={rows} />
            </details>
            <h3>{words.archive.sealed}</h3>
            {!found.value.sealed.length && <p>{words.flight.notSealed}</p>}
            <ul class="sealed">
              {found.value.sealed.map((one) => (
                <li key={one.path}>
                  {words.archive.bundle} <strong>{one.bundle}</strong>: <code>{one.path}</code><br />
                  SHA-256 <code>{one.sha256}</code><br />
                  {words.archive.stage(one.stage, moment(one.sealed_at))} <code>{one.root}</code>
                </li>
              ))}
            </ul>
            {Object.entries(found.value.whole).filter(([, whole]) => !whole).map(([asset]) => (
              <p class="failed" role="alert" key={asset}>{words.flight.changed(asset)}</p>
            ))}
          </div>
        </div>
      )}
    </section>
  );
}

function Rows({ label, rows }: { label: string; rows: [string, unknown][] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <tbody>
          {rows.map(([key, value]) => (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td>{value === null || value === undefined
                ? <span class="unknown">{words.archive.notMeasured}</span> : String(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
