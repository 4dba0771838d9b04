import { useParams } from "react-router";
import { IndicatorList } from "./IndicatorList";
import { SeriesPage } from "./SeriesPage";
import "./indicators.css";

/** /indicators lists every indicator; /indicators/:key draws one of them. */
export default function Indicators() {
  const { key } = useParams();
  return key ? <SeriesPage key={key} indicator={key} /> : <IndicatorList />;
}
