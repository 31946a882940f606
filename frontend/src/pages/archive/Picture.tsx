import { useState } from "preact/hooks";
import { useAsked } from "../../asked";
import { Failed, Unknown, Waiting } from "../../shell/parts";
import { moment, number, words } from "../../words";
import { Marks } from "./AccessTable";
import { marksOf } from "./Search";
import { Tiles } from "./Tiles";
import { itemPath, type Item, type Place, type Who } from "./types";

const MEASURED = ["overflight:resolution_m", "overflight:resolution_limit_m", "gsd"] as const;

interface Props {
  who: Who;
  item: Item;
  close: () => void;
}

/** A picture as the State gets it: its pixels, what stands on it, and where it is sealed. */
export function Picture({ who, item, close }: Props) {
  const [closely, setClosely] = useState(false);
  const [broken, setBroken] = useState(false);
  const path = itemPath(who, item);
  const open = Object.keys(item.assets).length > 0;
  const place = useAsked<Place>(`${path}/place`);
  const pictured = Object.values(item.assets).some((asset) => asset.type?.startsWith("image/"));
  return (
    <section class="card picture" aria-label={item.id}>
      <div class="actions">
        <h3><Marks marks={marksOf(item)} /> {item.id}</h3>
        <button type="button" onClick={close}>{words.archive.close}</button>
      </div>
      <div class="two">
        <div>
          {!open && <p class="notice">{words.archive.notOpen}</p>}
          {open && (!pictured || broken) && <p class="notice">{words.archive.noPicture}</p>}
          {open && pictured && !broken && (
            <>
              {closely && item.bbox
                ? <Tiles path={`/api${path}/tiles/WebMercatorQuad/{z}/{x}/{y}.png`} box={item.bbox} label={item.id} />
                : <img src={`/api${path}/preview.jpg`} alt={words.archive.pictureOf(item.id)}
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
            {MEASURED.map((name) => (
              <div key={name}>
                <dt>{words.archive.measured[name]}</dt>
                <dd>{typeof item.properties[name] === "number"
                  ? `${metres(item.properties[name] as number)} m`
                  : <span class="unknown">{words.archive.notMeasured}</span>}</dd>
              </div>
            ))}
          </dl>
          <h3>{words.archive.annotation}</h3>
          <div class="scroll" tabIndex={0} role="region" aria-label={words.archive.annotation}>
            <table>
              <tbody>
                {Object.entries(item.properties)
                  .filter(([name]) => !(MEASURED as readonly string[]).includes(name))
                  .map(([name, value]) => (
                    <tr key={name}><th scope="row">{name}</th><td>{plainly(value)}</td></tr>
                  ))}
              </tbody>
            </table>
          </div>
          <h3>{words.archive.sealed}</h3>
          {place.problem && <Failed problem={place.problem} again={place.again} />}
          {place.waiting && <Waiting />}
          {place.value && <Sealed place={place.value} />}
        </div>
      </div>
    </section>
  );
}

function Sealed({ place }: { place: Place }) {
  const seals = Object.fromEntries(place.seals.map((seal) => [seal.stage, seal]));
  return (
    <>
      <p>{words.archive.bundle} <strong>{place.bundle}</strong></p>
      {!place.files.length && <p>{words.archive.noFiles}</p>}
      <ul class="sealed">
        {place.files.map((file) => {
          const seal = file.stage === null ? undefined : seals[file.stage];
          return (
            <li key={file.path}>
              <code>{file.path}</code>, {words.archive.bytes(file.size)}<br />
              SHA-256 <code>{file.sha256}</code><br />
              {seal
                ? <>{words.archive.stage(seal.stage, moment(seal.sealed_at))} <code>{seal.root}</code></>
                : <Unknown why={words.archive.noStage} />}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function metres(value: number): string {
  return value < 1 ? value.toFixed(3) : number(value);
}

function plainly(value: unknown): string {
  if (value === null || value === undefined) return words.state.unknown;
  if (Array.isArray(value)) return value.map(plainly).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
