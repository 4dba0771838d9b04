import { useMemo } from "react";
import { useSchema } from "../../api/query";
import { useLang } from "../../state/lang";
import { useKindLabel } from "../../ui";
import type { MapShow } from "./DistrictMap";
import type { Scene } from "./scene";

interface LayerBoxProps {
  scene: Scene;
  show: MapShow;
  onShow: (show: MapShow) => void;
}

const LAYERS = ["names", "metro", "stations", "belt", "points"] as const;

/** What is drawn: the layers, and of the points each kind by itself. */
export function LayerBox({ scene, show, onShow }: LayerBoxProps) {
  const { t } = useLang();
  const label = useKindLabel();
  const kinds = useSchema().data?.kinds;
  const counts = useMemo(() => {
    const all = new Map<string, number>();
    for (const { kind } of scene.spots) all.set(kind, (all.get(kind) ?? 0) + 1);
    return [...all].sort((a, b) => b[1] - a[1]);
  }, [scene]);
  const toggleKind = (kind: string) => {
    const without = show.without.includes(kind)
      ? show.without.filter((each) => each !== kind)
      : [...show.without, kind];
    onShow({ ...show, without });
  };
  return (
    <details className="map-layers">
      <summary className="button">{t("map.layers")}</summary>
      <div className="map-card">
        {LAYERS.filter((layer) => layer !== "points" || counts.length > 0).map((layer) => (
          <label key={layer} className="check">
            <input
              type="checkbox"
              checked={show[layer]}
              onChange={() => onShow({ ...show, [layer]: !show[layer] })}
            />
            {t(`map.layer.${layer}`)}
          </label>
        ))}
        {show.points &&
          counts.map(([kind, count]) => (
            <label key={kind} className="check map-kind">
              <input
                type="checkbox"
                checked={!show.without.includes(kind)}
                onChange={() => toggleKind(kind)}
              />
              <span
                className="kind-knot"
                style={{ background: kinds?.find((each) => each.key === kind)?.color }}
              />
              {label(kind)} <span className="quiet">{count}</span>
            </label>
          ))}
      </div>
    </details>
  );
}
