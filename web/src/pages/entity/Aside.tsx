import type { ReactNode } from "react";
import { useSchema } from "../../api/query";
import type { EntityPage } from "../../api/types";
import { Figure } from "../../evidence";
import { useLang } from "../../state/lang";
import { AppLink, EntityLink, OutLink, SourceLink, useFormat, useKindLabel } from "../../ui";
import { Merged } from "./Merged";

/** Beside the statements: other names, identifiers, who points here, which sources. */
export function Aside({ page }: { page: EntityPage }) {
  const { t } = useLang();
  return (
    <aside className="entity-aside" aria-label={t("entity.sources")}>
      <Merged members={page.merged ?? []} />
      {page.aliases.length > 0 && (
        <Block title={t("entity.aliases")}>
          {page.aliases.slice(0, 12).map((alias) => (
            <li key={alias.statement + alias.text}>
              <Figure open={{ statement: alias.statement }} size="s" className="plain-figure">
                {alias.text}
              </Figure>
            </li>
          ))}
        </Block>
      )}
      {page.identifiers.length > 0 && (
        <Block title={t("entity.identifiers")}>
          {distinct(page.identifiers).map((each) => (
            <li key={each.scheme + each.value} className="aside-pair">
              <span className="quiet">
                <SchemeName scheme={each.scheme} />
              </span>
              <Identifier {...each} />
            </li>
          ))}
        </Block>
      )}
      <Incoming items={page.incoming} entity={page.entity.id} />
      {page.sources.length > 0 && <Sources sources={page.sources} />}
    </aside>
  );
}

/** Each identifier once, however many sources give it. */
function distinct(all: EntityPage["identifiers"]): EntityPage["identifiers"] {
  return [...new Map(all.map((each) => [`${each.scheme} ${each.value}`, each])).values()];
}

/** The identifier's own name in the reader's language. */
function SchemeName({ scheme }: { scheme: string }) {
  const { pick } = useLang();
  const found = useSchema().data?.properties.find((property) => property.key === scheme);
  return <>{found ? pick(found.label) : scheme}</>;
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="aside-block">
      <h2>{title}</h2>
      <ul>{children}</ul>
    </section>
  );
}

function Identifier({ value, url, statement }: EntityPage["identifiers"][number]) {
  if (url) {
    return (
      <OutLink href={url} className="mono">
        {value}
      </OutLink>
    );
  }
  return (
    <Figure open={{ statement }} size="s" className="plain-figure mono">
      {value}
    </Figure>
  );
}

function Incoming({ items, entity }: { items: EntityPage["incoming"]; entity: string }) {
  const { t, pick } = useLang();
  const kindLabel = useKindLabel();
  const format = useFormat();
  if (items.length === 0) return null;
  return (
    <Block title={t("entity.incoming")}>
      {items.map((each) => (
        <li key={each.property.key + each.kind}>
          <p className="aside-pair">
            <span>
              {kindLabel(each.kind)} <span className="quiet">{pick(each.property.label)}</span>
            </span>
            <AppLink
              className="figure figure-m"
              to={`/graph?focus=${entity}&kind=${each.kind}`}
              aria-label={`${kindLabel(each.kind)} ${each.count}`}
            >
              {format.number(each.count)}
            </AppLink>
          </p>
          <p className="aside-sample">
            {each.sample.slice(0, 4).map((sample) => (
              <EntityLink key={sample.id} entity={sample} />
            ))}
          </p>
        </li>
      ))}
    </Block>
  );
}

function Sources({ sources }: { sources: EntityPage["sources"] }) {
  const { t } = useLang();
  const format = useFormat();
  return (
    <Block title={t("entity.sources")}>
      {sources.map((source) => (
        <li key={source.key} className="aside-pair">
          <SourceLink source={source} />
          <span className="quiet nowrap">{format.number(source.count)}</span>
        </li>
      ))}
    </Block>
  );
}
