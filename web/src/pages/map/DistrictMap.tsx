import {
  type CSSProperties,
  lazy,
  type MouseEvent,
  Suspense,
  useCallback,
  useMemo,
  useRef,
  useState,
} from "react";
import { useLang } from "../../state/lang";
import { useTheme } from "../../state/theme";
import { entityPath, ErrorState, Loading, useFormat, useGo } from "../../ui";
import type { Box } from "./geometry";
import { type Seal, sealsOf } from "./clusters";
import { canGl, glFailed } from "./gl";
import { type Target, targetAt } from "./hit";
import { Overlay, SealList } from "./Overlay";
import { paintAreas, readColours, type Shade, subject } from "./paint";
import type { Scene, Spot } from "./scene";
import { type LayerProps, SvgLayer } from "./SvgLayer";
import { type Camera, useCamera } from "./useCamera";
import { useMapLayers } from "./useMapLayers";
import "./map.css";

const GlLayer = lazy(() => import("./GlLayer"));

export interface MapShow {
  names: boolean;
  metro: boolean;
  stations: boolean;
  belt: boolean;
  points: boolean;
  /** Kinds of points left out. */
  without: readonly string[];
}

export const SHOW_ALL: MapShow = {
  names: true,
  metro: true,
  stations: true,
  belt: true,
  points: true,
  without: [],
};

interface DistrictMapProps {
  /** The small map of the overview: no controls, the page scrolls as it would without it. */
  compact?: boolean;
  /** The height of the frame; by default that of what it stands in. */
  height?: CSSProperties["height"];
  className?: string;
}

/** The district as a picture of its own geometry; a click on a place leads to its page. */
export function DistrictMap({ compact = false, height = "100%", className }: DistrictMapProps) {
  const answer = useMapLayers();
  const go = useGo();
  const open = (target: Target | null) => {
    const id = target && idOf(target);
    if (id) go(entityPath(id));
  };
  return (
    <div className={className} style={{ height }}>
      {answer.scene ? (
        <MapFrame scene={answer.scene} show={SHOW_ALL} compact={compact} onPick={open} />
      ) : answer.error ? (
        <ErrorState error={answer.error} retry={answer.retry} />
      ) : (
        <Loading />
      )}
    </div>
  );
}

export function idOf(target: Target): string {
  if (target.type === "area") return target.area.id;
  return target.type === "line" ? target.line.id : target.spot.id;
}

interface MapFrameProps {
  scene: Scene;
  show: MapShow;
  shade?: Shade | null;
  compact?: boolean;
  marked?: readonly string[];
  onPick: (target: Target | null) => void;
  /** Gives the camera to whoever moves it from outside, such as the list. */
  camera?: (camera: Camera) => void;
}

const NONE: readonly string[] = [];

/** Which painter draws: WebGL where it works, SVG before it is ready, instead of it and small. */
function usePainter(compact: boolean) {
  const [gl, setGl] = useState(() => !compact && canGl());
  const [ready, setReady] = useState(false);
  const onFail = useCallback(() => {
    glFailed();
    setGl(false);
  }, []);
  const onReady = useCallback(() => setReady(true), []);
  return { gl, ready, onFail, onReady };
}

function Painted({
  layer,
  painter,
}: {
  layer: LayerProps;
  painter: ReturnType<typeof usePainter>;
}) {
  const { gl, ready, onFail, onReady } = painter;
  return (
    <>
      {gl && (
        <Suspense fallback={null}>
          <GlLayer {...layer} onFail={onFail} onReady={onReady} />
        </Suspense>
      )}
      {!(gl && ready) && <SvgLayer {...layer} />}
    </>
  );
}

function pixel(event: MouseEvent): [number, number] {
  const box = event.currentTarget.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

export function MapFrame(props: MapFrameProps) {
  const { scene, show, shade = null, compact = false, marked = NONE, onPick } = props;
  const { t } = useLang();
  const { theme } = useTheme();
  const frame = useRef<HTMLDivElement>(null);
  const wide = shade?.level === "districts";
  const camera = useCamera(frame, wide ? scene.cityBox : scene.homeBox, compact);
  const { view } = camera;
  props.camera?.(camera);
  const [hover, setHover] = useState<{ target: Target; x: number; y: number } | null>(null);
  const [seal, setSeal] = useState<Seal | null>(null);
  const painter = usePainter(compact);
  // The colours are read from the page, so they follow the theme.
  const colours = useMemo(readColours, [theme]);
  const paints = useMemo(() => paintAreas(scene, colours, shade), [scene, colours, shade]);
  const spots = useMemo(() => chosen(scene.spots, show), [scene, show]);
  const hovered = hover ? idOf(hover.target) : null;
  const marks = useMemo(() => (hovered ? [...marked, hovered] : marked), [marked, hovered]);
  const find = (event: MouseEvent): Target | null => {
    const still = (event.target as Element).closest("[data-still], button");
    return view && !still ? targetAt(scene, view, pixel(event), show) : null;
  };
  const plain = shade === null;
  const layer = view && { scene, view, colours, paints, show, plain, marked: marks };
  const looks = [compact && "map-compact", hover && "map-over", shade && "map-shaded"];
  return (
    <div
      className={["map-frame", ...looks].filter(Boolean).join(" ")}
      ref={frame}
      tabIndex={compact ? -1 : 0}
      role="application"
      aria-label={t("map.label")}
      aria-describedby={compact ? undefined : "map-keys"}
      onKeyDown={(event) => {
        if (event.target === frame.current && camera.key(event.key)) event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (event.pointerType === "touch") return;
        const target = event.buttons ? null : find(event);
        const [x, y] = pixel(event);
        setHover(target && { target, x, y });
      }}
      onPointerLeave={() => setHover(null)}
      onClick={(event) => {
        if ((event.target as Element).closest("[data-still]")) return;
        setSeal(null);
        onPick(find(event));
      }}
    >
      {layer && <Painted layer={layer} painter={painter} />}
      {view && <Overlay {...{ scene, view, spots, show }} onOpen={setSeal} />}
      {view && seal && (
        <SealList
          seal={seal}
          view={view}
          onClose={() => setSeal(null)}
          onZoom={closer(seal, camera, () => setSeal(null))}
        />
      )}
      {hover && view && <Tip {...hover} scene={scene} shade={shade} width={view.width} />}
      {!compact && <Zoom camera={camera} />}
    </div>
  );
}

function chosen(spots: Spot[], show: MapShow): Spot[] {
  return show.points ? spots.filter((each) => !show.without.includes(each.kind)) : [];
}

/** Moves in on a seal, unless its members all stand on one spot. */
function closer(seal: Seal, camera: Camera, done: () => void): (() => void) | undefined {
  const lons = seal.spots.map((each) => each.at[0]);
  const lats = seal.spots.map((each) => each.at[1]);
  const box: Box = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  const view = camera.view;
  const parts = view && sealsOf(seal.spots, { ...view, zoom: 16 });
  if (!parts || parts.length < 2) return undefined;
  return () => {
    camera.show(box, 120);
    done();
  };
}

interface TipProps {
  target: Target;
  x: number;
  y: number;
  scene: Scene;
  shade: Shade | null;
  width: number;
}

function Tip({ target, x, y, scene, shade, width }: TipProps) {
  const { pick } = useLang();
  const format = useFormat();
  const name = pick(
    target.type === "area"
      ? target.area.name
      : target.type === "line"
        ? target.line.name
        : target.spot.name,
  );
  const figure =
    target.type === "area" && shade
      ? shade.classed.figures.get(subject(scene, target.area, shade.level))
      : undefined;
  const right = x > width - 200;
  const style: CSSProperties = right
    ? { right: width - x + 12, top: y + 12 }
    : { left: x + 14, top: y + 12 };
  return (
    <div className="map-tip" style={style} aria-hidden="true">
      {target.type === "line" && <i style={{ background: target.line.color }} />}
      <span>{name}</span>
      {figure?.value && <strong>{format.value(figure.value)}</strong>}
    </div>
  );
}

function Zoom({ camera }: { camera: Camera }) {
  const { t } = useLang();
  return (
    <div className="map-zoom" data-still>
      <button type="button" aria-label={t("map.zoomIn")} onClick={() => camera.zoom(0.8)}>
        +
      </button>
      <button type="button" aria-label={t("map.zoomOut")} onClick={() => camera.zoom(-0.8)}>
        −
      </button>
      <button type="button" aria-label={t("map.home")} onClick={camera.home}>
        ⌂
      </button>
      <span id="map-keys" className="visually-hidden">
        {t("map.keys")}
      </span>
    </div>
  );
}
