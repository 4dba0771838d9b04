import { useMemo } from "react";
import { useApi } from "../../api/query";
import type { MapCollection, MapLayer } from "../../api/types";
import { type Scene, sceneOf } from "./scene";

const HOUR = 3_600_000;

const useLayer = (layer: MapLayer, enabled = true) =>
  useApi<MapCollection>(`/map/${layer}`, {}, { staleTime: HOUR, enabled });

export interface MapAnswer {
  scene: Scene | null;
  error: unknown;
  retry: () => void;
}

/** The layers of the map as one scene; areas are needed, the rest is drawn as it comes. */
export function useMapLayers(): MapAnswer {
  const districts = useLayer("districts");
  const streets = useLayer("streets");
  const lines = useLayer("metro_lines");
  const stations = useLayer("metro_stations");
  const entities = useLayer("entities");
  const scene = useMemo(() => {
    if (!districts.data || !streets.data) return null;
    return sceneOf({
      districts: districts.data,
      streets: streets.data,
      metro_lines: lines.data,
      metro_stations: stations.data,
      entities: entities.data,
    });
  }, [districts.data, streets.data, lines.data, stations.data, entities.data]);
  const retry = () => {
    void districts.refetch();
    void streets.refetch();
  };
  return { scene, error: districts.error ?? streets.error, retry };
}
