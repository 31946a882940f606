import { words } from "../../words";
import type { Point } from "./types";

const STEP = 1 / 60;
const WAYS: Record<string, Point> = {
  ArrowUp: [0, STEP], ArrowDown: [0, -STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0],
};

/** The fixes for the keyboard: what the mouse does on the map, arrow keys do here. */
export function Fixes(
  { stages, move, drop, insert }: {
    stages: Point[][];
    move: (stage: number, fix: number, to: Point) => void;
    drop: (stage: number, fix: number) => void;
    insert: (stage: number, fix: number) => void;
  },
) {
  let count = 0;
  return (
    <>
      <p id="fix-help">{words.plan.fixHelp}</p>
      <ol class="fixes" aria-describedby="fix-help">
        {stages.flatMap((stage, s) => stage.map((point, f) => {
          count += 1;
          const name = words.plan.fix(count);
          return (
            <li key={`${s}-${f}`}>
              <button
                type="button"
                aria-label={`${name}: ${degrees(point)}`}
                onKeyDown={(event) => {
                  if (event.key === "Delete") drop(s, f);
                  if (event.key === "Insert") insert(s, f);
                  const way = WAYS[event.key];
                  if (!way) return;
                  event.preventDefault();
                  move(s, f, [round(point[0] + way[0]), round(point[1] + way[1])]);
                }}
              >
                {degrees(point)}
              </button>
              <button type="button" class="small" aria-label={words.plan.insertAfter(count)}
                title={words.plan.insertAfter(count)} onClick={() => insert(s, f)}>+</button>
              <button type="button" class="small" aria-label={words.plan.takeOut(count)}
                title={words.plan.takeOut(count)} onClick={() => drop(s, f)}>×</button>
            </li>
          );
        }))}
      </ol>
    </>
  );
}

function round(value: number): number {
  return Math.round(value * 60) / 60;
}

function degrees([lon, lat]: Point): string {
  return `${part(lat, "N", "S", 2)} ${part(lon, "E", "W", 3)}`;
}

function part(value: number, plus: string, minus: string, digits: number): string {
  const minutes = Math.round(Math.abs(value) * 60);
  const whole = String(Math.floor(minutes / 60)).padStart(digits, "0");
  return `${value < 0 ? minus : plus}${whole}-${String(minutes % 60).padStart(2, "0")}`;
}
