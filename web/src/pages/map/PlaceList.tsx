import { useMemo, useState } from "react";
import type { EntityRef } from "../../api/types";
import { Figure } from "../../evidence";
import { useLang } from "../../state/lang";
import { EntityLink, KindBadge, useEntityName } from "../../ui";
import type { Box } from "./geometry";
import type { Figure as PlaceFigure } from "./classes";
import type { Shade } from "./paint";
import type { Level, Scene } from "./scene";

export type Tab = Level | "spots" | "stations";

interface Row extends EntityRef {
  box: Box;
  figure?: PlaceFigure;
}

interface PlaceListProps {
  scene: Scene;
  shade: Shade | null;
  tab: Tab;
  onTab: (tab: Tab) => void;
  onMark: (id: string | null) => void;
  onShow: (id: string, box: Box) => void;
  marked: string | null;
}

const TABS: Tab[] = ["streets", "districts", "spots", "stations"];
const PAGE = 60;

function rowsOf(scene: Scene, shade: Shade | null, tab: Tab): Row[] {
  if (tab === "streets" || tab === "districts") {
    const areas = scene.areas.filter((each) => each.level === tab);
    const figures = shade?.level === tab ? shade.classed.figures : null;
    return areas.map(({ id, kind, name, box }) => {
      return { id, kind, name, box, figure: figures?.get(id) };
    });
  }
  const spots = tab === "spots" ? scene.spots : scene.stations;
  return spots.map(({ id, kind, name, at: [lon, lat] }) => {
    const box: Box = [lon - 0.004, lat - 0.004, lon + 0.004, lat + 0.004];
    return { id, kind, name, box };
  });
}

/** Everything on the map as a list: the same names, figures and links, for keys and for ears. */
export function PlaceList(props: PlaceListProps) {
  const { scene, shade, tab, onTab } = props;
  const { t, lang } = useLang();
  const name = useEntityName();
  const [text, setText] = useState("");
  const [count, setCount] = useState(PAGE);
  const all = useMemo(() => rowsOf(scene, shade, tab), [scene, shade, tab]);
  const only = shade?.level === tab ? shade.only : null;
  const wanted = text.trim().toLowerCase();
  const rows = all
    .filter((row) => only === null || (row.figure?.step ?? -1) === only)
    .filter(({ name: { zh = "", en = "" } }) => `${zh} ${en}`.toLowerCase().includes(wanted))
    .sort(
      (a, b) =>
        (b.figure?.number ?? -Infinity) - (a.figure?.number ?? -Infinity) ||
        name(a).localeCompare(name(b), lang),
    );
  const most = Math.max(...rows.map((row) => row.figure?.number ?? 0), 0);
  return (
    <section className="map-list" aria-label={t("map.list")}>
      <div className="map-tabs" role="group" aria-label={t("map.list")}>
        {TABS.filter((each) => each !== "spots" || scene.spots.length > 0).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={tab === each}
            onClick={() => {
              setCount(PAGE);
              onTab(each);
            }}
          >
            {t(`map.tab.${each}`)}
          </button>
        ))}
      </div>
      <input
        className="field map-filter"
        type="search"
        value={text}
        placeholder={t("map.filter")}
        aria-label={t("map.filter")}
        onChange={(event) => setText(event.target.value)}
      />
      <ul className="map-rows">
        {rows.slice(0, count).map((row) => (
          <PlaceRow key={row.id} row={row} most={most} badge={tab === "spots"} {...props} />
        ))}
      </ul>
      {rows.length > count && (
        <button type="button" className="button button-small" onClick={() => setCount(count + 200)}>
          {t("map.andMore", { count: rows.length - count })}
        </button>
      )}
      {rows.length === 0 && <p className="quiet small">{t("map.noMatch")}</p>}
    </section>
  );
}

type RowProps = Pick<PlaceListProps, "onMark" | "onShow" | "marked"> & {
  row: Row;
  most: number;
  badge: boolean;
};

function PlaceRow({ row, most, badge, onMark, onShow, marked }: RowProps) {
  const { t } = useLang();
  const name = useEntityName();
  const { figure } = row;
  const share = figure?.number && most > 0 ? figure.number / most : 0;
  return (
    <li
      className={`map-row${marked === row.id ? " map-row-on" : ""}`}
      onPointerEnter={() => onMark(row.id)}
      onPointerLeave={() => onMark(null)}
      onFocus={() => onMark(row.id)}
      onBlur={() => onMark(null)}
    >
      <span className="map-row-name">
        <EntityLink entity={row} />
        {badge && <KindBadge kind={row.kind} />}
      </span>
      {figure?.value ? (
        <Figure
          statement={figure.statement ?? undefined}
          derived={figure.statement ? undefined : (figure.derived ?? undefined)}
          entity={row.id}
          size="s"
          label={name(row)}
        />
      ) : figure ? (
        <span className="quiet small">{t("map.noFigure")}</span>
      ) : null}
      <button
        type="button"
        className="map-find"
        aria-label={t("map.find", { name: name(row) })}
        title={t("map.find", { name: name(row) })}
        onClick={() => onShow(row.id, row.box)}
      >
        <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" fill="none">
          <circle cx="9" cy="9" r="4.5" stroke="currentColor" strokeWidth="1.5" />
          <path d="M9 1v4M9 13v4M1 9h4M13 9h4" stroke="currentColor" strokeWidth="1.5" />
        </svg>
      </button>
      {share > 0 && <span className="map-bar" style={{ width: `${share * 100}%` }} />}
    </li>
  );
}
