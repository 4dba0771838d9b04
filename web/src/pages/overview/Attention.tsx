import type { Overview } from "../../api/types";
import { useLang } from "../../state/lang";
import { AppLink, useFormat } from "../../ui";

/** What waits for a person, with the page where it is done. */
export function Attention({ items }: { items: Overview["attention"] }) {
  const { t, pick } = useLang();
  const format = useFormat();
  return (
    <section className="side-block side-attention">
      <h2>{t("overview.attention")}</h2>
      <ul className="side-list">
        {items.map((item) => (
          <li key={item.code} className="attention">
            <AppLink to={item.link} className="side-title">
              {pick(item.label)}
            </AppLink>
            <span className="attention-count">{format.number(item.count)}</span>
          </li>
        ))}
        {items.length === 0 && <li className="quiet">{t("overview.noAttention")}</li>}
      </ul>
    </section>
  );
}
