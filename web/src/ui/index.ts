export { AppLink, AppNavLink, useGo, withAsOf } from "./AppLink";
export { Belt } from "./Belt";
export {
  documentPath,
  EntityLink,
  entityPath,
  isDocument,
  KindBadge,
  SourceLink,
  sourcePath,
  useEntityName,
  useKindLabel,
} from "./entity";
export { EntityPicker } from "./EntityPicker";
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
export { CredentialsForm, PasswordField } from "./Credentials";
export { DayField } from "./DayField";
export { Field } from "./Field";
export { FileDrop } from "./FileDrop";
export { FormError, ProblemPlace } from "./FormError";
export { Keys, type KeyHelp } from "./Keys";
export { OutLink } from "./OutLink";
export { PageHeader } from "./PageHeader";
export { SignedIn } from "./SignedIn";
export { Answer, EmptyState, ErrorState, Loading, SignInState } from "./states";
export { useHashScroll } from "./useHashScroll";
export { type Format, useFormat } from "./useFormat";
export { useKeys } from "./useKeys";
export { useSteady } from "./useSteady";
