import { useMemo } from "react";
import { useSchema } from "../../api/query";
import { useLang } from "../../state/lang";
import { useEntityName, useKindLabel } from "../../ui";
import type { Spot } from "./layout";
import { type DrawnEdge, type DrawnNode, sizeOf } from "./looks";
import type { Model } from "./model";
import { useEdgeText } from "./Paths";

const LONG = 26;

const shortened = (name: string): string => {
  const limit = /[\u2e80-\uffef]/.test(name) ? LONG / 1.6 : LONG;
  return name.length > limit ? `${name.slice(0, limit - 1)}…` : name;
};

/** The model as marks: places, sizes, colours and words in the reader's language. */
export function useDrawn(
  model: Model,
  focus: string,
  spots: Map<string, Spot>,
  pinned: Map<string, Spot>,
): { nodes: DrawnNode[]; edges: DrawnEdge[] } {
  const { lang } = useLang();
  const name = useEntityName();
  const kindLabel = useKindLabel();
  const edgeText = useEdgeText();
  const kinds = useSchema().data?.kinds;
  // The naming functions are new each time; what they say depends on the language and the schema.
  const nodes = useMemo(() => {
    const colour = new Map(kinds?.map((each) => [each.key, each.color]));
    return [...model.nodes.values()].map((node): DrawnNode => {
      const { x, y } = pinned.get(node.id) ?? spots.get(node.id) ?? { x: 0, y: 0 };
      const { id, group } = node;
      const label = group ? `${kindLabel(group.kind)} × ${group.count}` : shortened(name(node));
      const color = colour.get(node.kind) ?? "#8a8a8a";
      const marks = { group: Boolean(group), pinned: pinned.has(id), focus: id === focus };
      return { id, x, y, size: sizeOf(node, focus), color, label, ...marks };
    });
  }, [model, spots, pinned, kinds, focus, lang]);
  const edges = useMemo(
    () =>
      [...model.edges.values()].map((edge): DrawnEdge => {
        const { id, source, target, count } = edge;
        const width = count > 1 ? Math.min(5, 1 + Math.log2(count) * 0.6) : 1;
        return { id, source, target, label: edgeText(edge), width };
      }),
    [model, kinds, lang],
  );
  return { nodes, edges };
}
