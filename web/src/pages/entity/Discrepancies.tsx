import type { Discrepancy } from "../../api/types";
import { useEvidence } from "../../evidence";
import { useLang } from "../../state/lang";
import { SourceLink } from "../../ui";

/** Contradictions a person has looked at: both claims as written, and the note. */
export function Discrepancies({ items }: { items: Discrepancy[] }) {
  const { t } = useLang();
  if (items.length === 0) return null;
  return (
    <section className="entity-section">
      <h2>{t("entity.discrepancies")}</h2>
      <p className="section-lead">{t("entity.discrepanciesLead")}</p>
      <ul className="discrepancies">
        {items.map((item) => (
          <Item key={item.id} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Item({ item }: { item: Discrepancy }) {
  const { t } = useLang();
  const evidence = useEvidence();
  return (
    <li className="discrepancy">
      <h3>{item.topic}</h3>
      <div className="versus">
        <p>
          <span className="versus-name">{t("entity.claimA")}</span>
          {item.claim_a}
        </p>
        <p>
          <span className="versus-name">{t("entity.claimB")}</span>
          {item.claim_b}
        </p>
      </div>
      {item.note && (
        <p className="discrepancy-note">
          <span className="quiet">{t("entity.note")}</span> {item.note}
        </p>
      )}
      <p className="mini-line">
        <SourceLink source={item.source} />
        {item.statements.length > 0 && (
          <button
            type="button"
            className="button-text"
            onClick={() => evidence.open({ statements: item.statements, title: item.topic })}
          >
            {t("drawer.behind", { count: item.statements.length })}
          </button>
        )}
      </p>
    </li>
  );
}
