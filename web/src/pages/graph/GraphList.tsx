import { useState } from "react";
import { useEvidence } from "../../evidence";
import { useLang } from "../../state/lang";
import { EntityLink, useEntityName } from "../../ui";
import type { Edge, Model, Node } from "./model";
import { useEdgeText } from "./Paths";

const PAGE = 100;

/** Every edge of the graph as a row: from, relation and dates, to. */
export function GraphList({ model, onPick }: { model: Model; onPick: (id: string) => void }) {
  const { t } = useLang();
  const name = useEntityName();
  const text = useEdgeText();
  const [wanted, setWanted] = useState("");
  const [count, setCount] = useState(PAGE);
  const all = [...model.edges.values()].flatMap((edge) => {
    const source = model.nodes.get(edge.source);
    const target = model.nodes.get(edge.target);
    return source && target ? [{ edge, source, target }] : [];
  });
  const rows = all.filter(({ edge, source, target }) =>
    `${name(source)} ${text(edge)} ${name(target)}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  return (
    <div className="graph-list">
      <input
        className="field"
        type="search"
        value={wanted}
        placeholder={t("map.filter")}
        aria-label={t("map.filter")}
        onChange={(event) => setWanted(event.target.value)}
      />
      <div className="graph-table-box" tabIndex={0} role="region" aria-label={t("graph.list")}>
        <table className="graph-table">
          <thead>
            <tr>
              <th scope="col">{t("graph.from")}</th>
              <th scope="col">{t("graph.relation")}</th>
              <th scope="col">{t("graph.to")}</th>
              <th scope="col">{t("graph.steps.head")}</th>
              <th scope="col">
                <span className="visually-hidden">{t("graph.expand")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, count).map((row) => (
              <EdgeRow key={row.edge.id} {...row} onPick={onPick} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > count && (
        <button type="button" className="button" onClick={() => setCount(count + PAGE)}>
          {t("map.andMore", { count: rows.length - count })}
        </button>
      )}
    </div>
  );
}

interface EdgeRowProps {
  edge: Edge;
  source: Node;
  target: Node;
  onPick: (id: string) => void;
}

function EdgeRow({ edge, source, target, onPick }: EdgeRowProps) {
  const { t } = useLang();
  const evidence = useEvidence();
  const name = useEntityName();
  const text = useEdgeText();
  const far = source.distance > target.distance ? source : target;
  return (
    <tr>
      <td>
        <EntityLink entity={source} />
      </td>
      <td>
        <button
          type="button"
          className="graph-relation"
          onClick={() => evidence.open({ statement: edge.statement })}
        >
          {text(edge)}
        </button>
      </td>
      <td>
        <EntityLink entity={target} />
      </td>
      <td className="right">{far.distance}</td>
      <td className="right">
        <button
          type="button"
          className="button button-small"
          aria-label={t("graph.expandNamed", { name: name(far) })}
          onClick={() => onPick(far.id)}
        >
          {t("graph.expand")}
        </button>
      </td>
    </tr>
  );
}
