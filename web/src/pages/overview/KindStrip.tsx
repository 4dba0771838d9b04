import { useSchema } from "../../api/query";
import type { Overview } from "../../api/types";
import { useLang } from "../../state/lang";
import { AppLink, useFormat } from "../../ui";

/** Every kind with its count; kinds without data stay in sight, hollow. */
export function KindStrip({ kinds }: { kinds: Overview["kinds"] }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const schema = useSchema().data?.kinds;
  const color = (kind: string) => schema?.find((each) => each.key === kind)?.color;
  const sorted = [...kinds].sort((a, b) => b.count - a.count);
  return (
    <section className="section">
      <div className="section-head">
        <h2>{t("overview.kinds")}</h2>
        <AppLink to="/coverage">{t("overview.kindsAll")}</AppLink>
      </div>
      <ul className="kinds">
        {sorted.map((kind) => (
          <li key={kind.kind}>
            <AppLink
              className={kind.count ? "kind" : "kind kind-none"}
              to={kind.count ? `/search?kind=${kind.kind}` : `/coverage#${kind.kind}`}
            >
              <span className="kind-count">
                {kind.count ? format.number(kind.count) : t("kind.empty")}
              </span>
              <span className="kind-name">
                <span className="kind-knot" style={{ background: color(kind.kind) }} />
                {pick(kind.label)}
              </span>
            </AppLink>
          </li>
        ))}
      </ul>
    </section>
  );
}
