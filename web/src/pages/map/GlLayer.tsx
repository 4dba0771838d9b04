import type { FeatureCollection, Geometry } from "geojson";
import { type GeoJSONSource, Map as GlMap, type StyleSpecification } from "maplibre-gl";
import { useEffect, useRef } from "react";
import { unmercator } from "./geometry";
import { type Colours, lineColour } from "./paint";
import { RIVER_WIDTH, THREAD } from "./scene";
import type { LayerProps } from "./SvgLayer";

/** Milliseconds the painter may take to come up before the plain drawing replaces it. */
const PATIENCE = 5000;

const SOURCES = ["areas", "outline", "river", "metro", "stations", "belt", "marks"] as const;
type SourceName = (typeof SOURCES)[number];
type Expression = NonNullable<maplibregl.LineLayerSpecification["paint"]>["line-width"];

const nothing: FeatureCollection = { type: "FeatureCollection", features: [] };

/** A width in metres on the ground, as pixels at any zoom. */
function metres(width: number): Expression {
  const at = (zoom: number): number => (width * 512 * 2 ** zoom) / (40_075_017 * 0.8557);
  return ["interpolate", ["exponential", 2], ["zoom"], 6, at(6), 20, at(20)];
}

function byZoom(far: number, near: number): Expression {
  return ["interpolate", ["linear"], ["zoom"], 10.5, far, 12.5, near];
}

type Layers = StyleSpecification["layers"];

const ROUND = { "line-cap": "round" as const, "line-join": "round" as const };

function groundLayers(colours: Colours): Layers {
  return [
    { id: "ground", type: "background", paint: { "background-color": colours.ground } },
    { id: "areas", type: "fill", source: "areas", paint: { "fill-color": ["get", "fill"] } },
    {
      id: "borders",
      type: "line",
      source: "areas",
      paint: { "line-color": ["get", "edge"], "line-width": 0.9 },
    },
    {
      id: "outline",
      type: "line",
      source: "outline",
      layout: ROUND,
      paint: { "line-color": colours.outline, "line-width": 1.3 },
    },
    {
      id: "river",
      type: "line",
      source: "river",
      layout: ROUND,
      paint: { "line-color": colours.water, "line-width": metres(RIVER_WIDTH) },
    },
  ];
}

function metroLayers(colours: Colours): Layers {
  return [
    {
      id: "metro-beyond",
      type: "line",
      source: "metro",
      filter: ["!", ["get", "within"]],
      layout: ROUND,
      paint: {
        "line-color": ["get", "color"],
        "line-width": 1.3,
        "line-opacity": ["case", ["get", "marked"], 0.9, 0.32],
      },
    },
    {
      id: "metro-halo",
      type: "line",
      source: "metro",
      filter: ["get", "within"],
      layout: ROUND,
      paint: { "line-color": colours.halo, "line-width": byZoom(3.4, 4.4), "line-opacity": 0.7 },
    },
    {
      id: "metro",
      type: "line",
      source: "metro",
      filter: ["get", "within"],
      layout: ROUND,
      paint: { "line-color": ["get", "color"], "line-width": ["case", ["get", "marked"], 4, 2] },
    },
  ];
}

function beltLayers(colours: Colours): Layers {
  return [
    {
      id: "belt-under",
      type: "line",
      source: "belt",
      filter: ["!", ["get", "over"]],
      layout: ROUND,
      paint: { "line-color": ["get", "color"], "line-width": metres(THREAD) },
    },
    {
      id: "belt-gap",
      type: "line",
      source: "belt",
      filter: ["get", "over"],
      paint: {
        "line-color": colours.street,
        "line-width": metres(THREAD * 1.8),
        "line-opacity": ["case", ["get", "plain"], 1, 0],
      },
    },
    {
      id: "belt-over",
      type: "line",
      source: "belt",
      filter: ["get", "over"],
      layout: ROUND,
      paint: { "line-color": ["get", "color"], "line-width": metres(THREAD) },
    },
  ];
}

function topLayers(colours: Colours): Layers {
  return [
    {
      id: "stations",
      type: "circle",
      source: "stations",
      paint: {
        "circle-color": ["case", ["get", "within"], colours.halo, colours.border],
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 1, 12, 2, 15, 4],
        "circle-stroke-color": colours.outline,
        "circle-stroke-width": ["case", ["get", "within"], 1.2, 0],
      },
    },
    {
      id: "marks",
      type: "line",
      source: "marks",
      layout: ROUND,
      paint: { "line-color": colours.mark, "line-width": 2.4 },
    },
  ];
}

function styleOf(colours: Colours): StyleSpecification {
  const sources = Object.fromEntries(
    SOURCES.map((name) => [name, { type: "geojson" as const, data: nothing, tolerance: 0.15 }]),
  );
  const layers = [groundLayers, metroLayers, beltLayers, topLayers].flatMap((of) => of(colours));
  return { version: 8, sources, layers };
}

const feature = (geometry: Geometry, properties: Record<string, unknown> = {}) => ({
  type: "Feature" as const,
  geometry,
  properties,
});

interface Content {
  /** The content is made anew only when one of these is another. */
  of: readonly unknown[];
  make: () => FeatureCollection["features"];
}

function contentOf({ scene, colours, paints, show, plain, marked }: LayerProps) {
  const river: Geometry = { type: "LineString", coordinates: scene.river };
  const content: Record<SourceName, Content> = {
    areas: {
      of: [scene, paints, colours],
      make: () =>
        scene.areas.map((area) =>
          feature(area.geometry, {
            fill: paints.get(area.id)?.fill,
            edge: area.level === "streets" ? colours.border : colours.line,
          }),
        ),
    },
    outline: { of: [scene], make: () => [feature(scene.outline)] },
    river: { of: [scene], make: () => (scene.river.length > 1 ? [feature(river)] : []) },
    metro: {
      of: [scene, show.metro, marked, colours],
      make: () =>
        (show.metro ? scene.lines : []).flatMap((line) => {
          const looks = {
            color: lineColour(line.color, colours),
            marked: marked.includes(line.id),
          };
          return [
            feature(line.within, { ...looks, within: true }),
            feature(line.beyond, { ...looks, within: false }),
          ];
        }),
    },
    stations: {
      of: [scene, show.stations],
      make: () =>
        (show.stations ? scene.stations : []).map((each) =>
          feature({ type: "Point", coordinates: each.at }, { within: each.within }),
        ),
    },
    belt: {
      of: [scene, show.belt, colours, plain],
      make: () =>
        (show.belt ? scene.belt : []).map((piece) =>
          feature(piece.geometry, {
            over: piece.over,
            plain,
            color: colours.strands[piece.strand],
          }),
        ),
    },
    marks: {
      of: [scene, marked],
      make: () =>
        scene.areas
          .filter((each) => marked.includes(each.id))
          .map((each) => feature(each.geometry)),
    },
  };
  return content;
}

interface GlLayerProps extends LayerProps {
  onFail: () => void;
  /** Called once the first whole picture stands. */
  onReady: () => void;
}

/** The map by WebGL. It takes no input; when it cannot come up it says so and SVG takes over. */
export default function GlLayer(props: GlLayerProps) {
  const { scene, view, colours, paints, show, plain, marked, onFail, onReady } = props;
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<GlMap | null>(null);
  const sent = useRef<Partial<Record<SourceName, readonly unknown[]>>>({});
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (!box.current) return undefined;
    let up = false;
    const fail = window.setTimeout(() => !up && onFail(), PATIENCE);
    let made: GlMap;
    try {
      made = new GlMap({
        container: box.current,
        style: styleOf(colours),
        interactive: false,
        attributionControl: false,
        fadeDuration: 0,
        center: unmercator(latest.current.view.middle),
        zoom: latest.current.view.zoom,
      });
    } catch {
      window.clearTimeout(fail);
      onFail();
      return undefined;
    }
    map.current = made;
    sent.current = {};
    made.on("load", () => {
      up = true;
      made.once("idle", onReady);
      send(made, latest.current, sent.current);
    });
    made.on("webglcontextlost", onFail);
    return () => {
      window.clearTimeout(fail);
      map.current = null;
      made.remove();
    };
  }, [colours, onFail, onReady]);

  useEffect(() => {
    map.current?.jumpTo({ center: unmercator(view.middle), zoom: view.zoom });
  }, [view]);

  useEffect(() => {
    if (map.current?.isStyleLoaded() || sent.current.areas) {
      if (map.current) send(map.current, latest.current, sent.current);
    }
  }, [scene, paints, show, plain, marked]);

  return <div className="map-canvas" ref={box} aria-hidden="true" />;
}

/** Sends what has changed since the last time, and nothing else. */
function send(
  map: GlMap,
  props: LayerProps,
  sent: Partial<Record<SourceName, readonly unknown[]>>,
): void {
  const content = contentOf(props);
  for (const name of SOURCES) {
    const { of, make } = content[name];
    const before = sent[name];
    if (before && of.every((each, at) => each === before[at])) continue;
    sent[name] = of;
    const data: FeatureCollection = { type: "FeatureCollection", features: make() };
    map.getSource<GeoJSONSource>(name)?.setData(data);
  }
}
