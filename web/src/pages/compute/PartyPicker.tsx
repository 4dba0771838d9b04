import { useState } from "react";
import type { Sharing } from "../../api/compute";
import { useLang } from "../../state/lang";
import { EntityPicker } from "../../ui";

interface PartyPickerProps {
  sharing: Sharing;
  /** Whether none may be chosen. */
  optional?: boolean;
  /** Whether groups may be chosen too. */
  groups?: boolean;
  value: string;
  onChange: (key: string) => void;
}

const OTHER = "other";

/** A tenant that is known here, a group, or any other organisation of the atlas. */
export function PartyPicker({ sharing, optional, groups, value, onChange }: PartyPickerProps) {
  const { t, pick } = useLang();
  const [other, setOther] = useState(false);
  const known = sharing.tenants.map((each) => each.tenant);
  return (
    <div className="form-row">
      <label className="form-row">
        <span>{t("sharing.party")}</span>
        <select
          className="field"
          required={!optional}
          value={other ? OTHER : value}
          onChange={(event) => {
            setOther(event.target.value === OTHER);
            onChange(event.target.value === OTHER ? "" : event.target.value);
          }}
        >
          <option value="">—</option>
          {groups &&
            sharing.groups.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          {known.map((each) => (
            <option key={each.key} value={each.key}>
              {pick(each.name)}
            </option>
          ))}
          <option value={OTHER}>{t("sharing.otherFirm")}</option>
        </select>
      </label>
      {other && <EntityPicker label={t("sharing.otherFirm")} value={value} onChange={onChange} />}
    </div>
  );
}

interface WithinSelectProps {
  sharing: Sharing;
  /** A group that cannot stand in itself. */
  not?: string;
  value: string;
  onChange: (group: string) => void;
}

/** The group that something stands in. */
export function WithinSelect({ sharing, not, value, onChange }: WithinSelectProps) {
  const { t } = useLang();
  return (
    <label className="form-row">
      <span>{t("sharing.within")}</span>
      <select className="field" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{t("sharing.top")}</option>
        {sharing.groups
          .filter((each) => each.id !== not)
          .map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
      </select>
    </label>
  );
}
