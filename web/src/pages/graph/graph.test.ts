import { describe, expect, it } from "vitest";
import type { Graph } from "../../api/types";
import { extended, ladder, radial } from "./layout";
import { grouped, merge } from "./model";

function star(leaves: number, kinds = 2): Graph {
  const name = (id: string) => ({ zh: id });
  const nodes: Graph["nodes"] = [
    { id: "E0", kind: "district", name: name("E0"), degree: leaves, distance: 0 },
  ];
  const edges: Graph["edges"] = [];
  for (let at = 1; at <= leaves; at += 1) {
    const id = `E${at}`;
    nodes.push({ id, kind: `k${at % kinds}`, name: name(id), degree: 1, distance: 1 });
    const relation = { key: "in", label: {}, value_type: "entity", indicator: false };
    edges.push({
      id: `R${at}`,
      source: id,
      target: "E0",
      relation,
      from: null,
      to: null,
      statement: `S${at}`,
    });
  }
  return { nodes, edges, truncated: false };
}

describe("grouped", () => {
  it("leaves a small graph alone", () => {
    const model = merge("E0", [star(20)], []);
    expect(grouped(model, new Set(), new Set()).nodes.size).toBe(21);
  });

  it("groups by kind until few enough are left, and counts every one", () => {
    const model = merge("E0", [star(400, 4)], []);
    const drawn = grouped(model, new Set(["E0"]), new Set());
    expect(drawn.nodes.size).toBeLessThanOrEqual(64 + 100);
    const shown = [...drawn.nodes.values()].reduce(
      (all, each) => all + (each.group?.count ?? 1),
      0,
    );
    expect(shown).toBe(401);
  });

  it("keeps what is kept and what has been opened", () => {
    const model = merge("E0", [star(300, 1)], []);
    const closed = grouped(model, new Set(["E7"]), new Set());
    expect(closed.nodes.has("E7")).toBe(true);
    expect(closed.nodes.size).toBe(3);
    const opened = grouped(model, new Set(), new Set(["group:E0:k0"]));
    expect(opened.nodes.size).toBe(301);
  });
});

describe("layout", () => {
  it("is the same whatever the order of the answer", () => {
    const one = star(30);
    const other = { ...one, nodes: [...one.nodes].reverse(), edges: [...one.edges].reverse() };
    const places = (graph: Graph) =>
      [...radial(merge("E0", [graph], []), "E0")].sort((a, b) => (a[0] < b[0] ? -1 : 1));
    expect(places(one)).toEqual(places(other));
  });

  it("moves nothing when it grows", () => {
    const small = merge("E0", [star(10)], []);
    const first = radial(small, "E0");
    const second = extended(merge("E0", [star(30)], []), "E0", first);
    for (const [id, spot] of first) expect(second.get(id)).toEqual(spot);
    expect(second.size).toBe(31);
  });

  it("puts no two new nodes on one spot", () => {
    const known = new Map([["E0", { x: 0, y: 0 }]]);
    const spots = extended(merge("E0", [star(40)], []), "E0", known);
    const seen = new Set(
      [...spots.values()].map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`),
    );
    expect(seen.size).toBe(41);
  });

  it("draws ways from left to right with the shortest straight", () => {
    const spots = ladder([
      { nodes: [{ id: "a" }, { id: "b" }, { id: "z" }] },
      { nodes: [{ id: "a" }, { id: "c" }, { id: "d" }, { id: "z" }] },
    ]);
    expect(spots.get("b")?.y).toBe(0);
    expect(spots.get("c")?.y).not.toBe(0);
    const xs = ["a", "c", "d", "z"].map((id) => spots.get(id)?.x ?? 0);
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
  });
});
