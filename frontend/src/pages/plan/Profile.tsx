import { number, words } from "../../words";
import type { Profile as Data } from "./types";

const W = 800, H = 220, LEFT = 56, RIGHT = 56, TOP = 14, BOTTOM = 34;

/** Altitude leg by leg against the ground where that is known, and what is resolved from where. */
export function Profile({ profile }: { profile: Data }) {
  const tops = profile.legs.map((leg) => leg.altitude_m ?? leg.height_agl_m ?? 0);
  const limits = profile.sensors.map((s) => s.h_min_m ?? 0);
  const highest = Math.max(1000, ...tops, ...limits) * 1.1;
  const known = profile.observations.filter((o) => o.ground_resolution_m !== null);
  const coarsest = Math.max(0.1, ...known.map((o) => o.ground_resolution_m ?? 0)) * 1.15;
  const x = (km: number) => LEFT + ((W - LEFT - RIGHT) * km) / Math.max(1, profile.km);
  const y = (m: number) => H - BOTTOM - ((H - TOP - BOTTOM) * m) / highest;
  const r = (m: number) => H - BOTTOM - ((H - TOP - BOTTOM) * m) / coarsest;
  const ground = profile.legs.some((leg) => leg.terrain_max_m !== null);
  return (
    <figure class="profile">
      <div class="scroll">
        <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={words.plan.profileLabel}>
          {ticks(profile.km).map((km) => (
            <g key={`x${km}`}>
              <line class="grid" x1={x(km)} x2={x(km)} y1={TOP} y2={H - BOTTOM} />
              <text x={x(km)} y={H - BOTTOM + 14} text-anchor="middle">{number(km)}</text>
            </g>
          ))}
          {ticks(highest).map((m) => (
            <g key={`y${m}`}>
              <line class="grid" x1={LEFT} x2={W - RIGHT} y1={y(m)} y2={y(m)} />
              <text x={LEFT - 6} y={y(m) + 4} text-anchor="end">{number(m)}</text>
            </g>
          ))}
          {known.length > 0 && ticks(coarsest).map((m) => (
            <text key={`r${m}`} class="second" x={W - RIGHT + 6} y={r(m) + 4}>{m}</text>
          ))}
          {profile.legs.map((leg, i) => {
            if (leg.terrain_max_m === null) return null;
            const top = y(leg.terrain_max_m);
            return (
              <rect key={`t${i}`} class="terrain" x={x(leg.from_km)} y={top}
                width={x(leg.to_km) - x(leg.from_km)} height={H - BOTTOM - top} />
            );
          })}
          <path class="altitude" d={profile.legs.map((leg, i) => {
            const m = leg.altitude_m ?? leg.height_agl_m;
            return m === null ? "" : `${i ? "L" : "M"}${x(leg.from_km)},${y(m)}L${x(leg.to_km)},${y(m)}`;
          }).join("")} />
          {profile.sensors.map((s) => s.h_min_m !== null && (
            <g key={s.sensor}>
              <line class="limit" x1={LEFT} x2={W - RIGHT} y1={y(s.h_min_m)} y2={y(s.h_min_m)} />
            </g>
          ))}
          {known.map((o, i) => (
            <circle key={i} class="resolved" cx={x(o.km)} cy={r(o.ground_resolution_m ?? 0)} r="2" />
          ))}
          <text x={(LEFT + W - RIGHT) / 2} y={H - 4} text-anchor="middle">{words.plan.alongKm}</text>
          <text x="4" y={TOP - 3}>{ground ? words.plan.altitude : words.plan.aboveGround}</text>
          {known.length > 0 && (
            <text class="second" x={W - 4} y={TOP - 3} text-anchor="end">{words.plan.resolution}</text>
          )}
        </svg>
      </div>
      <figcaption>{words.plan.profileCaption}</figcaption>
    </figure>
  );
}

function ticks(most: number): number[] {
  const rough = most / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((f) => f * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => Number((i * step).toFixed(6)));
}
