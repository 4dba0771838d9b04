import { useState } from "react";
import type { Sharing } from "../../api/compute";
import { useLang } from "../../state/lang";
import { EntityPicker, Field } from "../../ui";

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

/** Where a party stands: the group, empty for the top, and the weight as typed. */
export interface Place {
  within: string;
  weight: string;
}

/** A place as it is sent. */
export function sentPlace(place: Place) {
  return { within: place.within || null, weight: Number(place.weight) };
}

interface PlaceFieldsProps {
  sharing: Sharing;
  /** A group that cannot stand in itself. */
  not?: string;
  place: Place;
  onChange: (place: Place) => void;
}

/** Fields for the group that something stands in, and its weight there. */
export function PlaceFields({ sharing, not, place, onChange }: PlaceFieldsProps) {
  const { t } = useLang();
  return (
    <>
      <label className="form-row">
        <span>{t("sharing.within")}</span>
        <select
          className="field"
          value={place.within}
          onChange={(event) => onChange({ ...place, within: event.target.value })}
        >
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
      <Field
        label={t("sharing.weight")}
        type="number"
        required
        min={1}
        max={1_000}
        value={place.weight}
        onChange={(event) => onChange({ ...place, weight: event.target.value })}
      />
    </>
  );
}
