interface ChipsProps {
  label: string;
  all: string[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

/** Names of which any number may be chosen. */
export function Chips({ label, all, chosen, onChange }: ChipsProps) {
  const turned = (name: string) =>
    chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name];
  return (
    <fieldset className="fact">
      <legend>{label}</legend>
      <div className="chips">
        {all.map((name) => (
          <button
            key={name}
            type="button"
            className="chip mono"
            aria-pressed={chosen.includes(name)}
            onClick={() => onChange(turned(name))}
          >
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
