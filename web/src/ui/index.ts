export { AppLink, AppNavLink, useGo, withAsOf } from "./AppLink";
export { Belt } from "./Belt";
export {
  EntityLink,
  entityPath,
  KindBadge,
  SourceLink,
  sourcePath,
  useEntityName,
  useKindLabel,
} from "./entity";
export { ExportMenu, type ExportQuestion } from "./ExportMenu";
export {
  comparatorWord,
  formatDay,
  formatDigits,
  formatNumber,
  formatTime,
  formatValid,
  formatValue,
  numberParts,
  shortHash,
} from "./format";
export { DayField } from "./DayField";
export { Field } from "./Field";
export { FormError } from "./FormError";
export { OutLink } from "./OutLink";
export { PageHeader } from "./PageHeader";
export { Answer, EmptyState, ErrorState, Loading } from "./states";
export { useHashScroll } from "./useHashScroll";
export { type Format, useFormat } from "./useFormat";
