// For drawing only: points along the great circle, so that a long leg looks as it is flown. Lengths
// and findings come from the program, which reckons on the ellipsoid.
import type { Point } from "./types";

const RAD = Math.PI / 180;
const STEP = 1 * RAD;

export function along(path: readonly Point[]): Point[] {
  const out: Point[] = [];
  for (let i = 0; i + 1 < path.length; i++) {
    const a = path[i] as Point, b = path[i + 1] as Point;
    const [u, v] = [vector(a), vector(b)];
    const angle = Math.acos(Math.min(1, Math.max(-1, u[0] * v[0] + u[1] * v[1] + u[2] * v[2])));
    const pieces = Math.max(1, Math.ceil(angle / STEP));
    for (let k = 0; k < pieces; k++) {
      const t = k / pieces;
      const [s, e] = angle < 1e-9
        ? [1 - t, t]
        : [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
      out.push(k === 0 ? a : point(u.map((x, n) => s * x + e * (v[n] as number)), a[0]));
    }
  }
  const last = path[path.length - 1];
  if (last) out.push(last);
  return out;
}

function vector([lon, lat]: Point): [number, number, number] {
  const c = Math.cos(lat * RAD);
  return [c * Math.cos(lon * RAD), c * Math.sin(lon * RAD), Math.sin(lat * RAD)];
}

function point(v: readonly number[], near: number): Point {
  const [x, y, z] = v as [number, number, number];
  let lon = Math.atan2(y, x) / RAD;
  while (lon - near > 180) lon -= 360;
  while (near - lon > 180) lon += 360;
  return [lon, Math.atan2(z, Math.hypot(x, y)) / RAD];
}
