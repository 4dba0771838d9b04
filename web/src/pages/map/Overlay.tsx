import { useEffect, useMemo, useRef, useState } from "react";
import { useSchema } from "../../api/query";
import { useLang } from "../../state/lang";
import { EntityLink, useEntityName } from "../../ui";
import { toScreen, type View } from "./camera";
import { type Seal, sealsOf } from "./clusters";
import { districtPoints, place, wishesOf } from "./labels";
import type { Scene, Spot } from "./scene";

/** A value that follows another one only when it has rested. */
function useSettled<T>(value: T, rest: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), rest);
    return () => window.clearTimeout(timer);
  }, [value, rest]);
  return settled;
}

interface OverlayProps {
  scene: Scene;
  view: View;
  spots: Spot[];
  show: { names: boolean; stations: boolean };
  onOpen: (seal: Seal) => void;
}

/** Names and seals above the drawing; the list beside the map says the same to those who listen. */
export function Overlay({ scene, view, spots, show, onOpen }: OverlayProps) {
  const { t, pick } = useLang();
  const kinds = useSchema().data?.kinds;
  const settled = useSettled(view, 140);
  const districts = useMemo(() => districtPoints(scene, settled), [scene, settled]);
  const step = Math.round(view.zoom * 2) / 2;
  // The lattice depends on the half step of zoom alone.
  const seals = useMemo(() => sealsOf(spots, view), [spots, step]);
  const colour = (kind: string) =>
    kinds?.find((each) => each.key === kind)?.color ?? "var(--ink-3)";
  const shown = seals
    .map((seal) => ({ seal, at: toScreen(view, seal.at) }))
    .filter(({ at: [x, y] }) => x > 6 && y > 6 && x < view.width - 6 && y < view.height - 6);
  const taken = shown
    .filter(({ seal }) => seal.spots.length > 1)
    .map(({ at: [x, y] }) => [x - 13, y - 11, x + 13, y + 11] as [number, number, number, number]);
  const options = { pick, river: t("map.river"), stations: show.stations, districts };
  const labels = show.names ? place(wishesOf(scene, view, options), taken, view) : [];
  return (
    <div className="map-overlay" aria-hidden="true">
      {labels.map(({ key, text, className, x, y }) => (
        <span key={key} className={className} style={{ transform: translate(x, y) }}>
          {text}
        </span>
      ))}
      {shown.map(({ seal, at: [x, y] }) => (
        <SealMark key={seal.key} seal={seal} x={x} y={y} colour={colour} onOpen={onOpen} />
      ))}
    </div>
  );
}

const translate = (x: number, y: number): string =>
  `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;

interface SealProps {
  seal: Seal;
  x: number;
  y: number;
  colour: (kind: string) => string;
  onOpen: (seal: Seal) => void;
}

function SealMark({ seal, x, y, colour, onOpen }: SealProps) {
  const name = useEntityName();
  const one = seal.spots.length === 1 ? seal.spots[0] : undefined;
  const kind = one?.kind ?? commonKind(seal.spots);
  return (
    <button
      type="button"
      tabIndex={-1}
      className={one ? "map-dot" : "map-seal"}
      style={{ transform: translate(x, y), ["--kind" as string]: colour(kind) }}
      title={one ? name(one) : undefined}
      onClick={(event) => {
        event.stopPropagation();
        onOpen(seal);
      }}
    >
      {one ? null : seal.spots.length}
    </button>
  );
}

function commonKind(spots: Spot[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of spots) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

const LISTED = 60;

interface SealListProps {
  seal: Seal;
  view: View;
  onClose: () => void;
  onZoom?: () => void;
}

/** What a seal holds, by name. */
export function SealList({ seal, view, onClose, onZoom }: SealListProps) {
  const { t } = useLang();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [seal]);
  const [x, y] = toScreen(view, seal.at);
  const left = Math.max(8, Math.min(view.width - 288, x + 14));
  const top = Math.max(8, Math.min(view.height - 320, y - 20));
  return (
    <div
      className="map-card map-seal-list"
      style={{ left, top }}
      ref={box}
      tabIndex={-1}
      data-still
      role="dialog"
      aria-label={t("map.sealTitle", { count: seal.spots.length })}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div className="map-card-head">
        <strong>{t("map.sealTitle", { count: seal.spots.length })}</strong>
        {onZoom && (
          <button type="button" className="map-link" onClick={onZoom}>
            {t("map.closer")}
          </button>
        )}
        <button type="button" className="map-x" aria-label={t("action.close")} onClick={onClose}>
          ×
        </button>
      </div>
      <ul>
        {seal.spots.slice(0, LISTED).map((spot) => (
          <li key={spot.id}>
            <EntityLink entity={spot} badge />
          </li>
        ))}
      </ul>
      {seal.spots.length > LISTED && (
        <p className="quiet small">{t("map.andMore", { count: seal.spots.length - LISTED })}</p>
      )}
    </div>
  );
}
