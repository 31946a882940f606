import { moment, words } from "../../words";
import type { View } from "./types";

const WIDE = 900, ROW = 26, LEFT = 150, TOP = 22;

interface Bar {
  sensor: string;
  begun: string;
  completed: string;
  off: boolean;
}

/** When each sensor worked: a bar for each period; those outside of the flight are hatched too. */
export function Timeline({ view }: { view: View }) {
  const bars: Bar[] = view.audit
    ? view.audit.sensors.map((use) => ({ ...use, off: !use.on_flight }))
    : view.sensors.map((one) => ({ ...one, off: false }));
  const away = view.audit?.excursions ?? [];
  const sensors = [...new Set(bars.map((bar) => bar.sensor))];
  const times = [...bars, ...away].flatMap((b) => [Date.parse(b.begun), Date.parse(b.completed)]);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const x = (iso: string) => LEFT + (Date.parse(iso) - first) / Math.max(1, last - first) * (WIDE - LEFT - 10);
  const high = TOP + ROW * (sensors.length + 1);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => new Date(first + part * (last - first)).toISOString());
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label={words.flight.periods}>
        <svg class="periods" viewBox={`0 0 ${WIDE} ${high + 20}`} role="img" aria-label={words.flight.periodsLabel(bars.length)}>
          {ticks.map((tick, i) => (
            <g key={tick}>
              <line class="grid" x1={x(tick)} x2={x(tick)} y1={TOP} y2={high} />
              <text x={x(tick)} y={high + 14} text-anchor={i === 0 ? "start" : i === 4 ? "end" : "middle"}>
                {moment(tick).replace(" UTC", "")}
              </text>
            </g>
          ))}
          <text x="0" y={TOP + 16}>{words.flight.away}</text>
          {away.map((one) => (
            <rect class="away" key={one.begun} x={x(one.begun)} y={TOP + 4} height={ROW - 8}
              width={Math.max(3, x(one.completed) - x(one.begun))}>
              <title>{`${moment(one.begun)} – ${moment(one.completed)}`}</title>
            </rect>
          ))}
          {sensors.map((sensor, i) => (
            <g key={sensor}>
              <text x="0" y={TOP + ROW * (i + 1) + 16}>{sensor}</text>
              {bars.filter((bar) => bar.sensor === sensor).map((bar) => (
                <rect key={bar.begun} class={bar.off ? "use off" : "use"} x={x(bar.begun)}
                  y={TOP + ROW * (i + 1) + 4} height={ROW - 8}
                  width={Math.max(2, x(bar.completed) - x(bar.begun))}>
                  <title>{`${sensor}: ${moment(bar.begun)} – ${moment(bar.completed)}`}</title>
                </rect>
              ))}
            </g>
          ))}
        </svg>
      </div>
      <details>
        <summary>{words.flight.asTable}</summary>
        <div class="scroll" tabIndex={0} role="region" aria-label={words.flight.asTable}>
          <table>
            <thead><tr>{words.flight.columns.map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
            <tbody>
              {bars.map((bar) => (
                <tr key={`${bar.sensor} ${bar.begun}`}>
                  <td>{bar.sensor}</td><td>{moment(bar.begun)}</td><td>{moment(bar.completed)}</td>
                  <td>{view.audit
                    ? bar.off ? <strong class="answer denied">{words.flight.outside}</strong> : words.flight.within
                    : <span class="unknown">{words.flight.notHeld}</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}
