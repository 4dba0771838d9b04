import { Figure } from "../../evidence";
import { useLang } from "../../state/lang";
import { EntityLink, SourceLink, useEntityName, useFormat } from "../../ui";
import type { Claim } from "./claims";

/** The rows of the chart, newest first. */
export function SeriesTable({ claims, indicator }: { claims: Claim[]; indicator: string }) {
  const { t } = useLang();
  const rows = [...claims].sort(
    (a, b) => (b.to ?? b.at ?? 0) - (a.to ?? a.at ?? 0) || b.number - a.number,
  );
  return (
    <div
      className="indicator-table-box"
      tabIndex={0}
      role="region"
      aria-label={t("indicators.rows")}
    >
      <table className="indicator-table series-table">
        <thead>
          <tr>
            <th scope="col">{t("indicators.who")}</th>
            <th scope="col" className="right">
              {t("indicators.value")}
            </th>
            <th scope="col">{t("indicators.when")}</th>
            <th scope="col">{t("claim.source")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((claim) => (
            <Row key={claim.key} claim={claim} indicator={indicator} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ claim, indicator }: { claim: Claim; indicator: string }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const name = useEntityName();
  const { statement, derived } = claim;
  const valid = statement?.valid ?? derived?.valid;
  const property = statement?.property;
  return (
    <tr className={claim.best ? "series-best" : undefined}>
      <td>
        <EntityLink entity={claim.entity} />
        {property && property.key !== indicator && (
          <span className="quiet small"> {pick(property.label)}</span>
        )}
      </td>
      <td className="right">
        <Figure
          statement={statement ?? undefined}
          derived={derived ?? undefined}
          entity={claim.entity.id}
          size="s"
          label={name(claim.entity)}
        />
      </td>
      <td>
        {(valid && format.valid(valid)) || <span className="quiet">{t("claim.noDate")}</span>}
        {claim.forecast && <span className="tag tag-hollow">{t("claim.forecast")}</span>}
        {claim.conflict !== null && <span className="tag gold">{t("indicators.bracket")}</span>}
      </td>
      <td>
        {statement ? (
          <SourceLink source={statement.source} />
        ) : (
          <span className="quiet">{t("drawer.derived")}</span>
        )}
      </td>
    </tr>
  );
}
