export { EvidenceProvider, useEvidence } from "./EvidenceProvider";
export { Figure, ValueText } from "./Figure";
export { StatementCard } from "./StatementCard";
export type { EvidenceTarget } from "./target";
