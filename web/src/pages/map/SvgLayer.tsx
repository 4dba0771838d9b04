import { memo, useMemo } from "react";
import type { Position } from "geojson";
import { type View, worldSize } from "./camera";
import { mercator, metre, pathOf, type Point } from "./geometry";
import { type Colours, lineColour, type Paint } from "./paint";
import { RIVER_WIDTH, type Scene, THREAD } from "./scene";

/** What both painters draw; they take no input, the frame above them does. */
export interface LayerProps {
  scene: Scene;
  view: View;
  colours: Colours;
  paints: Map<string, Paint>;
  show: { metro: boolean; stations: boolean; belt: boolean };
  /** Whether the ground under the belt is plain, so that its crossings can be parted. */
  plain: boolean;
  /** Ids of the areas or lines drawn with a heavier edge. */
  marked: readonly string[];
}

/** Units of the drawing to one unit of the Mercator square; keeps two decimals exact enough. */
const UNIT = 1e6;

function useProject(scene: Scene): (at: Position) => Point {
  return useMemo(() => {
    const box = scene.homeBox ?? [121.4, 31.1, 121.5, 31.2];
    const [ox, oy] = mercator([box[0], box[3]]);
    return (at) => {
      const [x, y] = mercator(at);
      return [(x - ox) * UNIT, (y - oy) * UNIT];
    };
  }, [scene]);
}

/** The map as SVG: drawn once in its own units, then only moved and scaled. */
export function SvgLayer({ scene, view, ...rest }: LayerProps) {
  const project = useProject(scene);
  const [x, y] = mercator(scene.homeBox ? [scene.homeBox[0], scene.homeBox[3]] : [121.4, 31.2]);
  const size = worldSize(view);
  const scale = size / UNIT;
  const dx = (x - view.middle[0]) * size + view.width / 2;
  const dy = (y - view.middle[1]) * size + view.height / 2;
  return (
    <svg className="map-canvas" width={view.width} height={view.height} aria-hidden="true">
      <g transform={`translate(${dx.toFixed(2)} ${dy.toFixed(2)}) scale(${scale})`}>
        <Drawing scene={scene} project={project} near={view.zoom >= 11.2} {...rest} />
      </g>
    </svg>
  );
}

type DrawingProps = Omit<LayerProps, "view"> & {
  project: (at: Position) => Point;
  near: boolean;
};

const Drawing = memo(function Drawing({
  scene,
  project,
  colours,
  paints,
  show,
  plain,
  marked,
  near,
}: DrawingProps) {
  const unit = metre(31.16) * UNIT;
  const marks = scene.areas.filter((each) => marked.includes(each.id));
  return (
    <g fill="none" strokeLinejoin="round" strokeLinecap="round">
      {scene.areas.map((area) => (
        <path
          key={area.id}
          d={pathOf(area.geometry, project)}
          fill={paints.get(area.id)?.fill}
          stroke={area.level === "streets" ? colours.border : colours.line}
          strokeWidth={area.level === "streets" ? 0.8 : 1}
          vectorEffect="non-scaling-stroke"
        />
      ))}
      <path
        d={pathOf(scene.outline, project)}
        stroke={colours.outline}
        strokeWidth={1.3}
        vectorEffect="non-scaling-stroke"
      />
      <path
        d={pathOf({ type: "LineString", coordinates: scene.river }, project)}
        stroke={colours.water}
        strokeWidth={RIVER_WIDTH * unit}
      />
      {show.metro && <Metro {...{ scene, project, colours, marked, near }} />}
      {show.belt &&
        scene.belt.map((piece, at) => (
          <g key={at}>
            {piece.over && plain && (
              <path
                d={pathOf(piece.geometry, project)}
                stroke={colours.street}
                strokeWidth={THREAD * unit * 1.8}
                strokeLinecap="butt"
              />
            )}
            <path
              d={pathOf(piece.geometry, project)}
              stroke={colours.strands[piece.strand]}
              strokeWidth={THREAD * unit}
            />
          </g>
        ))}
      {show.stations && <Stations {...{ scene, project, colours, near }} />}
      {marks.map((area) => (
        <path
          key={area.id}
          d={pathOf(area.geometry, project)}
          stroke={colours.mark}
          strokeWidth={2.4}
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </g>
  );
});

type Part = Pick<DrawingProps, "scene" | "project" | "colours" | "near">;

function Metro({ scene, project, marked, near, colours }: Part & { marked: readonly string[] }) {
  const width = near ? 2 : 1.4;
  return (
    <>
      {scene.lines.map((line) => (
        <path
          key={line.id}
          d={pathOf(line.beyond, project)}
          stroke={lineColour(line.color, colours)}
          strokeOpacity={marked.includes(line.id) ? 0.9 : 0.32}
          strokeWidth={1.3}
          vectorEffect="non-scaling-stroke"
        />
      ))}
      {scene.lines.map((line) => (
        <g key={line.id}>
          <path
            d={pathOf(line.within, project)}
            stroke={colours.halo}
            strokeWidth={width + 2}
            strokeOpacity={0.7}
            vectorEffect="non-scaling-stroke"
          />
          <path
            d={pathOf(line.within, project)}
            stroke={lineColour(line.color, colours)}
            strokeWidth={marked.includes(line.id) ? width + 2 : width}
            vectorEffect="non-scaling-stroke"
          />
        </g>
      ))}
    </>
  );
}

/** Dots of a constant size: lines of no length with round ends. */
function Stations({ scene, project, colours, near }: Part) {
  const dots = (within: boolean): string =>
    scene.stations
      .filter((each) => each.within === within)
      .map((each) => {
        const [x, y] = project(each.at);
        return `M${x.toFixed(2)} ${y.toFixed(2)}h0`;
      })
      .join("");
  const dot = (d: string, stroke: string, width: number) => (
    <path d={d} stroke={stroke} strokeWidth={width} vectorEffect="non-scaling-stroke" />
  );
  return (
    <>
      {near && dot(dots(false), colours.border, 3.4)}
      {dot(dots(true), colours.outline, near ? 6.4 : 4)}
      {dot(dots(true), colours.halo, near ? 3.8 : 2.2)}
    </>
  );
}
