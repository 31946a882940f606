import { useEffect, useRef } from "preact/hooks";
import {
  Map as MapView, NavigationControl, ScaleControl, setWorkerUrl,
  type ExpressionSpecification, type FilterSpecification, type GeoJSONSource, type LayerSpecification, type MapLayerMouseEvent,
  type StyleSpecification,
} from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import { colour, useTheme } from "../shell/theme";
import { words } from "../words";

setWorkerUrl(MAP_WORKER);

export type Box = [west: number, south: number, east: number, north: number];

type Unsourced<T> = T extends { source: unknown } ? Omit<T, "source"> : never;

export interface Overlay {
  id: string;
  data: FeatureCollection | string;
  /** Layers over this data; `source` is filled in, and `--name` in a paint value is a colour of the style sheet. */
  layers: readonly Unsourced<LayerSpecification>[];
}

interface Props {
  /** What a reader of the page hears in the place of the picture. */
  label: string;
  box: Box;
  /** Goes there whenever it changes. */
  view?: Box | undefined;
  cursor?: string | undefined;
  /** Unit code -> name of a colour of the style sheet. */
  fills?: Readonly<Record<string, string>>;
  overlays?: readonly Overlay[];
  onUnit?: (unit: string) => void;
  onReady?: (map: MapView) => void;
}

const BASE = new Set(["borders", "names"]);
const FONT = ["system-ui", "DejaVu Sans", "sans-serif"];

function base(): StyleSpecification {
  return {
    version: 8,
    sources: {
      borders: { type: "geojson", data: BORDERS, promoteId: "unit", tolerance: 0.4 },
      names: { type: "geojson", data: NAMES },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour("sea") } },
      { id: "land", type: "fill", source: "borders", paint: { "fill-color": colour("land") } },
      {
        id: "borders", type: "line", source: "borders",
        paint: { "line-color": colour("border"), "line-width": 0.7 },
      },
      {
        id: "names", type: "symbol", source: "names", minzoom: 1.5,
        filter: [">", ["get", "size"], ["step", ["zoom"], 40, 3, 8, 4, 1, 5, 0]] as FilterSpecification,
        layout: {
          "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-max-width": 7,
        },
        paint: {
          "text-color": colour("label"), "text-halo-color": colour("halo"), "text-halo-width": 1.2,
        },
      },
    ],
  };
}

/** `--name` becomes the colour of that name, at any depth. */
function painted<T>(value: T): T {
  if (typeof value === "string") return (value.startsWith("--") ? colour(value.slice(2)) : value) as T;
  if (Array.isArray(value)) return value.map(painted) as T;
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, painted(v)])) as T;
  }
  return value;
}

export function Map({ label, box, view: wanted, cursor, fills, overlays, onUnit, onReady }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<MapView | null>(null);
  const styled = useRef(false);
  const { dark } = useTheme();
  const latest = useRef({ fills, overlays, onUnit, onReady });
  latest.current = { fills, overlays, onUnit, onReady };

  useEffect(() => {
    if (!place.current) return;
    const map = new MapView({
      container: place.current, style: base(), bounds: box, attributionControl: false,
      renderWorldCopies: true, dragRotate: false, pitchWithRotate: false, fadeDuration: 0,
      locale: { "Map.Title": label, "NavigationControl.ZoomIn": words.map.zoomIn,
        "NavigationControl.ZoomOut": words.map.zoomOut },
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({}), "bottom-left");
    map.on("click", "land", (event: MapLayerMouseEvent) => {
      const unit = event.features?.[0]?.id;
      if (unit !== undefined) latest.current.onUnit?.(String(unit));
    });
    map.on("style.load", () => {
      styled.current = true;
      fill(map, latest.current.fills);
      lay(map, latest.current.overlays);
    });
    map.once("load", () => latest.current.onReady?.(map));
    view.current = map;
    return () => {
      view.current = null;
      map.remove();
    };
  }, []);

  useEffect(() => {
    if (!view.current || !styled.current) return;
    styled.current = false;
    view.current.setStyle(base(), { diff: false });
  }, [dark]);
  useEffect(() => {
    if (view.current && styled.current) fill(view.current, fills);
  }, [fills]);
  useEffect(() => {
    if (view.current && styled.current) lay(view.current, overlays);
  }, [overlays]);

  useEffect(() => {
    if (wanted) view.current?.fitBounds(wanted, { padding: 40, maxZoom: 11, duration: 0 });
  }, [wanted]);
  useEffect(() => {
    if (view.current) view.current.getCanvas().style.cursor = cursor ?? "";
  }, [cursor]);

  return <div class="map" ref={place} role="region" aria-label={label} />;
}

function fill(map: MapView, fills: Props["fills"]): void {
  const rows = Object.entries(fills ?? {}).flatMap(([unit, name]) => [unit, colour(name)]);
  map.setPaintProperty(
    "land", "fill-color",
    rows.length
      ? ["match", ["get", "unit"], ...rows, colour("land")] as unknown as ExpressionSpecification
      : colour("land"),
  );
}

/** Sources are updated in place; only layers that are new are added, so that a dragged fix costs one
 * `setData`. */
function lay(map: MapView, overlays: readonly Overlay[] = []): void {
  for (const { id, data, layers } of overlays) {
    const known = map.getSource(id) as GeoJSONSource | undefined;
    if (known) known.setData(data);
    else map.addSource(id, { type: "geojson", data, promoteId: "id" });
    for (const layer of layers) {
      if (map.getLayer(layer.id)) continue;
      const whole = painted({ ...layer, source: id }) as LayerSpecification;
      if (whole.type === "symbol") {
        whole.layout = { "text-font": FONT, ...whole.layout };
      }
      map.addLayer(whole);
    }
  }
  const wanted = new Set(overlays.map((overlay) => overlay.id));
  for (const layer of map.getStyle().layers ?? []) {
    if ("source" in layer && !BASE.has(layer.source) && !wanted.has(layer.source)) {
      map.removeLayer(layer.id);
    }
  }
  for (const id of Object.keys(map.getStyle().sources)) {
    if (!BASE.has(id) && !wanted.has(id)) map.removeSource(id);
  }
}
