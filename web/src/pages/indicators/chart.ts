import { CustomChart, type CustomSeriesOption } from "echarts/charts";
import { GridComponent, type GridComponentOption, TooltipComponent } from "echarts/components";
import { type ComposeOption, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { token } from "../../state/theme";
import type { Claim } from "./claims";

use([CustomChart, GridComponent, TooltipComponent, SVGRenderer]);

export type ChartOption = ComposeOption<CustomSeriesOption | GridComponentOption>;

export interface ChartWords {
  number: (value: number) => string;
  tip: (claim: Claim) => string;
  name: (claim: Claim) => string;
  conflict: string;
  asOf: string;
}

export interface ChartInput {
  claims: Claim[];
  /** Ids of the entities in the order of their colours. */
  entities: string[];
  byEntity: boolean;
  log: boolean;
  /** The page's day in milliseconds, when it is not today. */
  asOf: number | null;
  words: ChartWords;
  narrow: boolean;
}

interface Inks {
  ink: string;
  quiet: string;
  line: string;
  sheet: string;
  gold: string;
  sans: string;
  series: string[];
}

export function readInks(): Inks {
  return {
    ink: token("ink"),
    quiet: token("ink-3"),
    line: token("line"),
    sheet: token("sheet"),
    gold: token("gold-thread"),
    sans: token("sans"),
    series: Array.from({ length: 8 }, (_, at) => token(`c${at + 1}`)),
  };
}

export const SHAPES = ["circle", "square", "up", "diamond"] as const;
type Shape = (typeof SHAPES)[number];

/** The colour and shape of the entity at this place in the legend. */
export function lookOf(at: number): { colour: string; shape: Shape } {
  const shape = SHAPES[Math.floor(at / 8) % SHAPES.length] ?? "circle";
  return { colour: `var(--c${(at % 8) + 1})`, shape };
}

type Element = Record<string, unknown>;
type Way = [number, number];

const RADIUS = 5.5;
const TICK = 17;
/** Pixels between claims of one entity when they are drawn by entity. */
export const STACK = 13;
const MONTH = 30 * 86_400_000;

function outline(shape: Shape, [x, y]: Way, r: number): Element {
  if (shape === "circle") return { type: "circle", shape: { cx: x, cy: y, r } };
  const points: Record<Exclude<Shape, "circle">, Way[]> = {
    square: [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ],
    up: [
      [0, -1.25],
      [1.15, 0.9],
      [-1.15, 0.9],
    ],
    diamond: [
      [0, -1.3],
      [1.3, 0],
      [0, 1.3],
      [-1.3, 0],
    ],
  };
  const at = points[shape].map(([dx, dy]) => [x + dx * r * 0.92, y + dy * r * 0.92]);
  return { type: "polygon", shape: { points: at } };
}

function stroke(from: Way, to: Way, colour: string, width: number, dashed = false): Element {
  return {
    type: "line",
    silent: true,
    shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
    style: { stroke: colour, lineWidth: width, lineDash: dashed ? [4, 3] : undefined },
  };
}

interface Place {
  at: Way;
  high: Way | null;
  /** The ends of the time it is said to hold; null when drawn by entity. */
  span: [Way, Way] | null;
  /** The direction in which values grow on the screen. */
  up: Way;
}

/** A claim as strokes: its time, its comparator, its dot. */
function glyph(claim: Claim, place: Place, colour: string, shape: Shape, inks: Inks): Element[] {
  const { at, high, span, up } = place;
  const side: Way = [-up[1], up[0]];
  const parts: Element[] = [];
  const away = (by: number, across = 0): Way => [
    at[0] + up[0] * by + side[0] * across,
    at[1] + up[1] * by + side[1] * across,
  ];
  if (span)
    parts.push({
      ...stroke(span[0], span[1], colour, 2, claim.forecast),
      style: faint(colour, claim),
    });
  const { comparator } = "comparator" in claim.value ? claim.value : { comparator: "=" as const };
  if (comparator === "~") {
    parts.push({
      ...outline("circle", at, RADIUS * 2.1),
      silent: true,
      style: { fill: colour, opacity: 0.2 },
    });
  }
  if (comparator === ">" || comparator === ">=") parts.push(...arrow(away, TICK, colour));
  if (comparator === "<" || comparator === "<=") parts.push(...arrow(away, -TICK, colour));
  if (high) {
    parts.push({
      ...stroke(at, high, colour, 7),
      style: { stroke: colour, lineWidth: 7, opacity: 0.35 },
    });
    const cap: Way = [high[0] - side[0] * 6, high[1] - side[1] * 6];
    parts.push(stroke(cap, [high[0] + side[0] * 6, high[1] + side[1] * 6], colour, 2));
  }
  const hollow = claim.derived !== null || claim.forecast;
  parts.push({
    ...outline(claim.derived ? "circle" : shape, at, claim.best ? RADIUS + 1.2 : RADIUS),
    style: {
      fill: hollow ? inks.sheet : colour,
      stroke: hollow ? colour : claim.best ? inks.ink : inks.sheet,
      lineWidth: hollow ? 2 : claim.best ? 1.6 : 1.2,
      lineDash: claim.forecast ? [3, 2] : undefined,
    },
  });
  return parts;
}

const faint = (colour: string, claim: Claim) => ({
  stroke: colour,
  lineWidth: 2,
  opacity: 0.45,
  lineDash: claim.forecast ? [4, 3] : undefined,
});

function arrow(away: (by: number, across?: number) => Way, by: number, colour: string): Element[] {
  const back = by - Math.sign(by) * 5;
  return [
    stroke(away(0), away(by), colour, 2),
    stroke(away(by), away(back, 4), colour, 2),
    stroke(away(by), away(back, -4), colour, 2),
  ];
}

/** Pixels a bracket stands off and how long its feet are. */
const OFF = 14;
const FOOT = 6;

function bracket(from: Way, to: Way, side: Way, inks: Inks, text: string): Element[] {
  const move = ([x, y]: Way, by: number): Way => [x + side[0] * by, y + side[1] * by];
  const [a, b] = [move(from, OFF), move(to, OFF)];
  const middle = move([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2], OFF + 5);
  const flat = side[1] !== 0;
  return [
    stroke(move(from, OFF - FOOT), a, inks.gold, 2),
    stroke(a, b, inks.gold, 2),
    stroke(b, move(to, OFF - FOOT), inks.gold, 2),
    {
      type: "text",
      silent: true,
      style: {
        text,
        x: middle[0],
        y: middle[1],
        fill: inks.ink,
        fontSize: 12,
        fontFamily: inks.sans,
        textAlign: flat ? "center" : "left",
        textVerticalAlign: flat ? "top" : "middle",
      },
    },
  ];
}

function timeRange(claims: Claim[], asOf: number | null): [number, number] {
  const all = claims.flatMap((each) => [each.from, each.to, each.at]);
  const known = [...all, asOf].filter((each): each is number => each !== null);
  if (!known.length) return [Date.now() - 12 * MONTH, Date.now()];
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const room = Math.max(3 * MONTH, (most - least) * 0.06);
  return [least - room, most + room];
}

/** Everything ECharts needs to draw the claims. */
export function chartOption(input: ChartInput): ChartOption {
  const { claims, byEntity, log, words, narrow } = input;
  const inks = readInks();
  const font = { color: inks.quiet, fontSize: 12 };
  const value = {
    type: log ? ("log" as const) : ("value" as const),
    scale: !byEntity,
    minInterval: claims.every((each) => Number.isInteger(each.number)) ? 1 : 0,
    axisLabel: { ...font, formatter: (number: number) => words.number(number), hideOverlap: true },
    splitLine: { lineStyle: { color: inks.line } },
    axisLine: { show: false },
    axisTick: { show: false },
  };
  const [least, most] = timeRange(claims, input.asOf);
  const time = {
    type: "time" as const,
    min: least,
    max: most,
    axisLabel: { ...font, hideOverlap: true },
    axisLine: { lineStyle: { color: inks.line } },
    axisTick: { lineStyle: { color: inks.line } },
    splitLine: { show: false },
  };
  const rows = [...input.entities].reverse();
  const nameOf = new Map(claims.map((each) => [each.entity.id, words.name(each)]));
  const category = {
    type: "category" as const,
    data: rows,
    axisLabel: {
      ...font,
      color: inks.ink,
      width: narrow ? 84 : 180,
      overflow: "truncate" as const,
      formatter: (id: string) => nameOf.get(id) ?? id,
    },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: inks.line } },
  };
  return {
    animation: false,
    textStyle: { fontFamily: token("sans") },
    grid: {
      left: 12,
      right: byEntity ? 32 : claims.some((each) => each.conflict !== null) ? 76 : 24,
      top: 28,
      bottom: 12,
      outerBoundsMode: "same",
    },
    tooltip: {
      confine: true,
      backgroundColor: inks.sheet,
      borderColor: inks.line,
      textStyle: { color: inks.ink, fontSize: 13 },
      extraCssText: "max-width:320px;white-space:normal",
    },
    xAxis: byEntity ? value : time,
    yAxis: byEntity ? category : value,
    series: [conflictSeries(input, inks), claimSeries(input, inks), asOfSeries(input, inks)],
  } as ChartOption;
}

type Drawn = ReturnType<NonNullable<CustomSeriesOption["renderItem"]>>;
type Api = Parameters<NonNullable<CustomSeriesOption["renderItem"]>>[1];

function point(api: Api, claim: Claim, number: number, byEntity: boolean): Way {
  const at = byEntity ? [number, claim.entity.id] : [claim.at ?? 0, number];
  const [x = 0, y = 0] = api.coord(at as number[]);
  return byEntity ? [x, y + claim.nudge * STACK] : [x + claim.nudge * 13, y];
}

/** ECharts' own type of an element is too deep to build up step by step. */
const groupOf = (children: Element[]): Drawn => ({ type: "group", children }) as unknown as Drawn;

function drawable(input: ChartInput): Claim[] {
  return input.claims.filter((each) => input.byEntity || each.at !== null);
}

/** One column of data is enough: renderItem finds everything by its index. */
function dataOf(claims: Claim[], byEntity: boolean) {
  return claims.map((each) =>
    byEntity ? [each.number, each.entity.id] : [each.at ?? 0, each.number],
  );
}

function claimSeries(input: ChartInput, inks: Inks): CustomSeriesOption {
  const { byEntity, entities, words } = input;
  const claims = drawable(input);
  const highs = claims.map((each) => each.high ?? each.number);
  return {
    type: "custom",
    id: "claims",
    z: 5,
    cursor: "pointer",
    data: dataOf(claims, byEntity).map((each, at) => [...each, highs[at]]),
    encode: byEntity ? { x: [0, 2], y: 1 } : { x: 0, y: [1, 2] },
    tooltip: {
      formatter: (params) => {
        const { dataIndex } = params as { dataIndex: number };
        const claim = claims[dataIndex];
        return claim ? words.tip(claim) : "";
      },
    },
    renderItem: (params, api) => {
      const claim = claims[params.dataIndex];
      if (!claim) return null;
      const order = Math.max(0, entities.indexOf(claim.entity.id));
      const colour = byEntity ? inks.series[0] : inks.series[order % 8];
      const shape = byEntity ? "circle" : lookOf(order).shape;
      const at = point(api, claim, claim.number, byEntity);
      const end = (day: number): Way => [api.coord([day, claim.number])[0] ?? 0, at[1]];
      const { from, to } = claim;
      const span: [Way, Way] | null =
        !byEntity && from !== null ? [end(from), end(to ?? Number(input.asOf ?? from))] : null;
      const high = claim.high === null ? null : point(api, claim, claim.high, byEntity);
      const up: Way = byEntity ? [1, 0] : [0, -1];
      const children = glyph(claim, { at, high, span, up }, colour ?? inks.ink, shape, inks);
      return groupOf(children);
    },
  };
}

interface Torn {
  low: Claim;
  high: Claim;
  last: Claim;
}

function tornPairs(claims: Claim[]): Torn[] {
  const sets = new Map<string, Claim[]>();
  for (const claim of claims) {
    if (claim.conflict === null) continue;
    const key = `${claim.entity.id}|${claim.conflict}`;
    sets.set(key, [...(sets.get(key) ?? []), claim]);
  }
  return [...sets.values()]
    .filter((set) => set.length > 1)
    .map((set) => {
      const byNumber = [...set].sort((a, b) => a.number - b.number);
      const byTime = [...set].sort((a, b) => (a.to ?? a.at ?? 0) - (b.to ?? b.at ?? 0));
      const [low, high] = [byNumber[0], byNumber.at(-1)] as [Claim, Claim];
      return { low, high, last: byTime.at(-1) as Claim };
    });
}

function conflictSeries(input: ChartInput, inks: Inks): CustomSeriesOption {
  const { byEntity, words } = input;
  const pairs = tornPairs(drawable(input));
  return {
    type: "custom",
    id: "conflicts",
    silent: true,
    z: 3,
    data: dataOf(
      pairs.map((each) => each.low),
      byEntity,
    ),
    renderItem: (params, api) => {
      const pair = pairs[params.dataIndex];
      if (!pair) return null;
      const low = point(api, { ...pair.low, nudge: 0 }, pair.low.number, byEntity);
      const high = point(api, { ...pair.high, nudge: 0 }, pair.high.number, byEntity);
      let children: Element[];
      if (byEntity) children = bracket(low, high, [0, 1], inks, "");
      else {
        const end = pair.last.to ?? pair.last.at ?? 0;
        const x = api.coord([end, pair.low.number])[0] ?? 0;
        children = bracket([x, low[1]], [x, high[1]], [1, 0], inks, words.conflict);
      }
      return groupOf(children);
    },
  };
}

/** A line where the page's own time stands. */
function asOfSeries({ asOf, byEntity, words }: ChartInput, inks: Inks): CustomSeriesOption {
  return {
    type: "custom",
    id: "as-of",
    silent: true,
    z: 1,
    data: asOf !== null && !byEntity ? [[asOf, 0]] : [],
    encode: { x: 0 },
    renderItem: (params, api) => {
      const area = params.coordSys as unknown as { y: number; height: number };
      const x = api.coord([api.value(0), 0])[0] ?? 0;
      const line = stroke([x, area.y], [x, area.y + area.height], inks.gold, 1.5, true);
      const text = {
        type: "text",
        style: {
          text: words.asOf,
          x: x + 4,
          y: area.y,
          fill: inks.quiet,
          fontSize: 12,
          fontFamily: inks.sans,
        },
      };
      return groupOf([line, text]);
    },
  };
}
