import type { Derived } from "../../api/types";
import { Figure } from "../../evidence";
import { derivedName } from "../../evidence/target";
import { useLang } from "../../state/lang";
import { useFormat } from "../../ui";

/** Computed values, hollow, each with its formula in sight. */
export function DerivedList({ items, entity }: { items: Derived[]; entity: string }) {
  const { t, pick } = useLang();
  const format = useFormat();
  if (items.length === 0) return null;
  return (
    <section className="entity-section">
      <h2>{t("entity.derived")}</h2>
      <p className="section-lead">{t("entity.derivedLead")}</p>
      <dl className="groups">
        {items.map((derived) => (
          <div className="group" key={derivedName(derived)}>
            <dt>{pick(derived.label)}</dt>
            <dd>
              <Figure derived={derived} entity={entity} size="l" />
              <p className="mini-line">
                <code>{derived.formula}</code>
                <span>{format.valid(derived.valid)}</span>
              </p>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
