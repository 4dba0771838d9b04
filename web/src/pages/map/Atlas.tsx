import { useMemo, useRef, useState } from "react";
import { useApi } from "../../api/query";
import type { Choropleth, IndicatorSummary } from "../../api/types";
import { useEvidence } from "../../evidence";
import { useLang } from "../../state/lang";
import { EntityLink } from "../../ui";
import { useAddress } from "./address";
import { classify } from "./classes";
import { idOf, MapFrame, type MapShow, SHOW_ALL } from "./DistrictMap";
import type { Target } from "./hit";
import { IndicatorSelect } from "./IndicatorSelect";
import { LayerBox } from "./LayerBox";
import { Legend } from "./Legend";
import { type Shade, subject } from "./paint";
import { PlaceList, type Tab } from "./PlaceList";
import type { Level, Scene } from "./scene";
import type { Camera } from "./useCamera";

interface AtlasProps {
  scene: Scene;
  indicator: string;
  level: Level;
}

/** The figures of the indicator, sorted into classes, and what the legend is narrowed to. */
function useShade(indicator: string, level: Level) {
  const [search] = useAddress();
  const only = search.get("class");
  const asked = { indicator, level };
  const figures = useApi<Choropleth>("/map/choropleth", asked, { enabled: indicator !== "" });
  const shade = useMemo<Shade | null>(() => {
    if (!indicator || !figures.data) return null;
    return { classed: classify(figures.data), level, only: only === null ? null : Number(only) };
  }, [indicator, figures.data, level, only]);
  return { shade, error: figures.error };
}

/** What a click on the map does: it opens the figure there, or else marks the place. */
function usePick(scene: Scene, shade: Shade | null) {
  const evidence = useEvidence();
  const [, change] = useAddress();
  return (target: Target | null) => {
    const area = shade && target?.type === "area" ? target.area : null;
    const figure =
      shade && area ? shade.classed.figures.get(subject(scene, area, shade.level)) : undefined;
    if (figure?.statement) evidence.open({ statement: figure.statement });
    else if (figure?.derived) {
      evidence.open({ derived: figure.derived, entity: figure.entity.id });
    } else change({ place: target && idOf(target) });
  };
}

/** The map with its tools, its legend and the list that says the same. */
export function Atlas({ scene, indicator, level }: AtlasProps) {
  const [search, change] = useAddress();
  const [show, setShow] = useState<MapShow>(SHOW_ALL);
  const [tab, setTab] = useState<Tab>(level);
  const [hint, setHint] = useState<string | null>(null);
  const camera = useRef<Camera | null>(null);
  const { shade, error } = useShade(indicator, level);
  const pick = usePick(scene, shade);
  const place = search.get("place");
  const setLevel = (next: Level) => {
    setTab(next);
    if (next !== level) change({ level: next === "streets" ? null : next, class: null });
  };
  const marked = useMemo(
    () => [place, hint].filter((each): each is string => each !== null),
    [place, hint],
  );
  return (
    <div className="map-layout">
      <div className="map-tools">
        <ShadeTools indicator={indicator} level={level} onLevel={setLevel} />
        <LayerBox scene={scene} show={show} onShow={setShow} />
      </div>
      <div className="map-stage">
        <MapFrame
          scene={scene}
          show={show}
          shade={shade}
          marked={marked}
          onPick={pick}
          camera={(now) => (camera.current = now)}
        />
        {place && <PlaceCard scene={scene} id={place} onClose={() => change({ place: null })} />}
      </div>
      {indicator && (
        <LegendCard shade={shade} level={level} onLevel={setLevel} failed={error !== null} />
      )}
      <PlaceList
        scene={scene}
        shade={shade}
        tab={tab}
        onTab={setTab}
        marked={place}
        onMark={setHint}
        onShow={(id, box) => {
          change({ place: id });
          camera.current?.show(box);
        }}
      />
    </div>
  );
}

interface ShadeToolsProps {
  indicator: string;
  level: Level;
  onLevel: (level: Level) => void;
}

/** Which indicator colours the map, and at which level. */
function ShadeTools({ indicator, level, onLevel }: ShadeToolsProps) {
  const { t } = useLang();
  const [, change] = useAddress();
  const indicators = useApi<{ items: IndicatorSummary[] }>("/indicators");
  return (
    <>
      <IndicatorSelect
        items={indicators.data?.items ?? []}
        value={indicator}
        onChange={(next) => {
          onLevel(level);
          change({ indicator: next || null, class: null });
        }}
      />
      {indicator && (
        <div className="map-tabs" role="group" aria-label={t("map.level")}>
          {(["streets", "districts"] as const).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={level === each}
              onClick={() => onLevel(each)}
            >
              {t(`map.tab.${each}`)}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

interface LegendCardProps {
  shade: Shade | null;
  level: Level;
  onLevel: (level: Level) => void;
  failed: boolean;
}

function LegendCard({ shade, level, onLevel, failed }: LegendCardProps) {
  const { t } = useLang();
  const other = level === "streets" ? "districts" : "streets";
  const [, change] = useAddress();
  const onOnly = (step: number | null) => change({ class: step === null ? null : String(step) });
  return (
    <div className="map-card map-legend-card" data-still>
      {failed ? (
        <p className="cinnabar small">{t("map.figuresFailed")}</p>
      ) : !shade ? (
        <p className="quiet small">{t("state.loading")}</p>
      ) : shade.classed.classes.length ? (
        <Legend classed={shade.classed} only={shade.only} onOnly={onOnly} />
      ) : (
        <>
          <p className="quiet small">{t(`map.none.${level}`)}</p>
          <button type="button" className="button button-small" onClick={() => onLevel(other)}>
            {t(`map.tab.${other}`)}
          </button>
        </>
      )}
    </div>
  );
}

function PlaceCard({ scene, id, onClose }: { scene: Scene; id: string; onClose: () => void }) {
  const { t } = useLang();
  const groups = [scene.areas, scene.lines, scene.stations, scene.spots];
  const found = groups.flat().find((each) => each.id === id);
  if (!found) return null;
  return (
    <div className="map-card map-place" data-still>
      <EntityLink entity={found} badge />
      <button type="button" className="map-x" aria-label={t("action.close")} onClick={onClose}>
        ×
      </button>
    </div>
  );
}
