import { useMemo, useState } from "react";
import type { ClusterNode, DevicePart } from "../../api/compute";
import { useLang } from "../../state/lang";
import { EmptyState, useFormat, useGo } from "../../ui";
import { useComputeWords } from "./words";

const WAYS = ["tenant", "free"] as const;
type Way = (typeof WAYS)[number];
const COLORS = 8;

/** Every node with its devices; what runs on a device fills as much of it as it holds. */
export function ClusterMap({ nodes }: { nodes: ClusterNode[] }) {
  const { t } = useLang();
  const [way, setWay] = useState<Way>("tenant");
  const tenants = useMemo(() => tenantsOf(nodes), [nodes]);
  return (
    <section aria-label={t("compute.map")}>
      <div className="compute-head">
        <h2>{t("compute.map")}</h2>
        <fieldset className="compute-ways" aria-label={t("compute.colorBy")}>
          {WAYS.map((each) => (
            <button
              key={each}
              type="button"
              className="chip"
              aria-pressed={way === each}
              onClick={() => setWay(each)}
            >
              {t(`compute.by.${each}`)}
            </button>
          ))}
        </fieldset>
      </div>
      {nodes.length === 0 ? (
        <EmptyState title={t("compute.noNodes")} why={t("compute.noNodesWhy")} height={200} />
      ) : (
        <div className="compute-nodes">
          {nodes.map((node) => (
            <Node key={node.name} node={node} way={way} tenants={tenants} />
          ))}
        </div>
      )}
      <Legend way={way} tenants={tenants} />
    </section>
  );
}

/** Tenants by key, with their colour, in the order in which they are first seen. */
function tenantsOf(nodes: ClusterNode[]): Map<string, { color: number; part: DevicePart }> {
  const found = new Map<string, { color: number; part: DevicePart }>();
  for (const node of nodes) {
    for (const part of node.devices.flatMap((device) => device.parts)) {
      const key = part.tenant?.key ?? "";
      if (!found.has(key)) found.set(key, { color: (found.size % COLORS) + 1, part });
    }
  }
  return found;
}

interface NodeProps {
  node: ClusterNode;
  way: Way;
  tenants: Map<string, { color: number; part: DevicePart }>;
}

function Node({ node, way, tenants }: NodeProps) {
  const { t, pick } = useLang();
  const go = useGo();
  const words = useComputeWords();
  const who = (part: DevicePart) => (part.tenant ? pick(part.tenant.name) : t("compute.other"));
  const about = t("compute.node", {
    kind: words.kind(node.kind),
    cpu: String(Math.round(node.cpu_free / 100) / 10),
    memory: String(Math.round(node.memory_free / 102.4) / 10),
  });
  return (
    <div
      className={`compute-node${node.lost ? " compute-lost" : ""}${node.reserved ? " compute-reserved" : ""}`}
    >
      <div className="compute-node-name" title={about}>
        <span className="mono">{node.name}</span>
        <span className="quiet small">{node.lost ? t("compute.lost") : words.kind(node.kind)}</span>
      </div>
      {node.reserved && <Reserved of={node.reserved} />}
      <div className="compute-devices">
        {node.devices.map((device, at) => {
          const told = [
            t("compute.device", { at: String(at + 1), free: String(device.free / 10) }),
            ...device.parts.map((part) =>
              t("compute.part", { share: String(part.milli / 10), who: who(part) }),
            ),
          ].join("; ");
          return (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: a device is its place
              key={at}
              className="compute-device"
              role="img"
              aria-label={told}
              title={told}
            >
              {device.parts.map((part, index) => (
                <button
                  // biome-ignore lint/suspicious/noArrayIndexKey: parts stand in their order
                  key={index}
                  type="button"
                  tabIndex={-1}
                  aria-hidden="true"
                  className="compute-part"
                  disabled={!part.job}
                  style={{
                    height: `${part.milli / 10}%`,
                    background:
                      way === "free"
                        ? "var(--ink-3)"
                        : `var(--c${tenants.get(part.tenant?.key ?? "")?.color ?? 1})`,
                  }}
                  onClick={() => part.job && go(`/compute/${part.job}`)}
                />
              ))}
              {way === "free" && (
                <span className="compute-room" style={{ height: `${device.free / 10}%` }} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** For whom a node is reserved. */
function Reserved({ of }: { of: NonNullable<ClusterNode["reserved"]> }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const who = of.holder ? pick(of.holder.name) : t("sharing.someone");
  const soon = Date.parse(of.from) > Date.now();
  return (
    <p className="compute-reserved-for small">
      {soon
        ? t("compute.reservedSoon", { who, from: format.time(of.from) })
        : t("compute.reserved", { who, until: format.time(of.until) })}
    </p>
  );
}

function Legend({ way, tenants }: Pick<NodeProps, "way" | "tenants">) {
  const { t, pick } = useLang();
  return (
    <ul className="compute-legend small">
      {way === "tenant" &&
        [...tenants].map(([key, { color, part }]) => (
          <li key={key}>
            <span className="compute-swatch" style={{ background: `var(--c${color})` }} />
            {part.tenant ? pick(part.tenant.name) : t("compute.other")}
          </li>
        ))}
      <li>
        <span className={`compute-swatch ${way === "free" ? "compute-swatch-room" : ""}`} />
        {t("compute.free")}
      </li>
    </ul>
  );
}
