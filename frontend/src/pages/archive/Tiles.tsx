import { useEffect, useRef } from "preact/hooks";
import { Map as MapView, NavigationControl, ScaleControl } from "maplibre-gl";
import { colour } from "../../shell/theme";
import { words } from "../../words";

/** A picture on its ground, closer and closer, by the tiles that the program makes of it. */
export function Tiles({ path, box, label }: { path: string; box: readonly number[]; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const half = box.length / 2;
    const bounds: [number, number, number, number] = [box[0] ?? -180, box[1] ?? -85,
      box[half] ?? 180, box[half + 1] ?? 85];
    const map = new MapView({
      container: place.current, bounds, attributionControl: false, dragRotate: false,
      fitBoundsOptions: { padding: 12 }, fadeDuration: 0, maxZoom: 24, renderWorldCopies: false,
      locale: { "Map.Title": label, "NavigationControl.ZoomIn": words.map.zoomIn,
        "NavigationControl.ZoomOut": words.map.zoomOut },
      style: {
        version: 8,
        sources: { picture: {
          type: "raster", tiles: [location.origin + path], tileSize: 256, bounds, maxzoom: 24,
        } },
        layers: [
          { id: "ground", type: "background", paint: { "background-color": colour("raised") } },
          { id: "picture", type: "raster", source: "picture", paint: { "raster-fade-duration": 0 } },
        ],
      },
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({}), "bottom-left");
    return () => map.remove();
  }, [path]);
  return <div class="map" ref={place} role="region" aria-label={label} />;
}
