import { useLang } from "../../state/lang";
import { ErrorState, ExportMenu, Loading, PageHeader } from "../../ui";
import { useAddress } from "./address";
import { Atlas } from "./Atlas";
import type { Level } from "./scene";
import { useMapLayers } from "./useMapLayers";
import "./map.css";

/** The map page: the district's own geometry, one indicator at a time, and everything as a list. */
export default function MapPage() {
  const { t } = useLang();
  const answer = useMapLayers();
  const [search] = useAddress();
  const indicator = search.get("indicator") ?? "";
  const level: Level = search.get("level") === "districts" ? "districts" : "streets";
  const params = { indicator, level };
  return (
    <div className="map-page">
      <PageHeader
        title={t("nav.map")}
        lead={t("map.lead")}
        actions={
          indicator ? (
            <ExportMenu question="choropleth" params={params} />
          ) : (
            <ExportMenu question="map" params={{ layer: level }} />
          )
        }
      />
      {answer.scene ? (
        <Atlas scene={answer.scene} indicator={indicator} level={level} />
      ) : answer.error ? (
        <ErrorState error={answer.error} retry={answer.retry} height={480} />
      ) : (
        <Loading height={640} />
      )}
    </div>
  );
}
