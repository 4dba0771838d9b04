import { token } from "../../state/theme";
import type { Classed } from "./classes";
import { luminance, mix } from "./colour";
import type { Area, Level, Scene } from "./scene";

/** The colours of the map now, as #rrggbb, from the tokens of the theme. */
export interface Colours {
  ground: string;
  district: string;
  street: string;
  line: string;
  border: string;
  outline: string;
  water: string;
  strands: string[];
  halo: string;
  ink: string;
  mark: string;
  ramp: string[];
  night: boolean;
}

const BY_DAY = [0.07, 0.19, 0.33, 0.49, 0.68];
const BY_NIGHT = [0.14, 0.26, 0.39, 0.53, 0.7];

export function readColours(): Colours {
  const sheet = token("sheet");
  const night = luminance(sheet) < 0.2;
  return {
    ground: token("paper"),
    district: token("paper-2"),
    street: night ? mix(sheet, token("river"), 0.07) : sheet,
    line: token("line"),
    border: token("line-2"),
    outline: mix(token("line-2"), token("ink"), 0.45),
    water: token("water"),
    strands: [token("gold-thread"), token("river"), token("jade")],
    halo: sheet,
    ink: token("ink"),
    mark: token("gold-thread"),
    night,
    ramp: (night ? BY_NIGHT : BY_DAY).map((share) => mix(sheet, token("river"), share)),
  };
}

/** The ramp for a given number of classes, palest first, never too alike. */
export function rampOf(colours: Colours, classes: number): string[] {
  const last = colours.ramp.length - 1;
  return Array.from({ length: classes }, (_, at) => {
    const share = classes < 2 ? 0.6 : at / (classes - 1);
    return colours.ramp[Math.round(share * last)] as string;
  });
}

/** A line's own colour, lightened by night where it would sink into the ground. */
export function lineColour(colour: string, { night }: Colours): string {
  return night && luminance(colour) < 0.12 ? mix(colour, "#ffffff", 0.35) : colour;
}

export interface Shade {
  classed: Classed;
  level: Level;
  /** The class the legend has been narrowed to. */
  only: number | null;
}

export interface Paint {
  fill: string;
  /** Whether the area's figure is in the class chosen on the legend. */
  quiet: boolean;
}

/** The fill of every area, by id. */
export function paintAreas(
  scene: Scene,
  colours: Colours,
  shade: Shade | null,
): Map<string, Paint> {
  const ramp = rampOf(colours, shade?.classed.classes.length ?? 0);
  const paints = new Map<string, Paint>();
  for (const area of scene.areas) {
    const figure = shade ? shade.classed.figures.get(subject(scene, area, shade.level)) : undefined;
    const step = figure?.step ?? -1;
    const quiet = shade !== null && shade.only !== null && step !== shade.only;
    const plain = area.level === "streets" ? colours.street : colours.district;
    paints.set(area.id, { fill: step < 0 || quiet ? plain : (ramp[step] ?? plain), quiet });
  }
  return paints;
}

/** Whose figure an area shows: by district, the streets show their district's. */
export function subject(scene: Scene, area: Area, level: Level): string {
  if (level === "districts" && area.level === "streets") return scene.home?.id ?? area.id;
  return area.id;
}
