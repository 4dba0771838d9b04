import {
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { between, fit, panBy, type View, zoomAt } from "./camera";
import type { Box, Point } from "./geometry";

const GLIDE = 150;
const NUDGE = 60;
const TAP = 5;

export interface Camera {
  view: View | null;
  zoom: (steps: number) => void;
  show: (box: Box, room?: number) => void;
  home: () => void;
  key: (key: string) => boolean;
}

const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Follows the size of the frame and keeps the home box in it until the reader moves. */
function useSize(frame: RefObject<HTMLElement | null>): [number, number] {
  const [size, setSize] = useState<[number, number]>([0, 0]);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const read = () => setSize([element.clientWidth, element.clientHeight]);
    read();
    const watch = new ResizeObserver(read);
    watch.observe(element);
    return () => watch.disconnect();
  }, [frame]);
  return size;
}

/** Ways to change the view: at once under the hand, or gliding to where a button leads. */
function useMoves(now: RefObject<View | null>, setMoved: (view: View | null) => void) {
  const glide = useRef(0);
  const move = useCallback(
    (next: (view: View) => View) => {
      cancelAnimationFrame(glide.current);
      if (!now.current) return;
      const to = next(now.current);
      now.current = to;
      setMoved(to);
    },
    [now, setMoved],
  );

  const glideTo = useCallback(
    (to: View, after: View | null) => {
      cancelAnimationFrame(glide.current);
      const from = now.current;
      if (!from || still()) return setMoved(after);
      const start = performance.now();
      const step = (time: number) => {
        const t = Math.min(1, (time - start) / GLIDE);
        const eased = 1 - (1 - t) ** 3;
        setMoved(t < 1 ? between(from, to, eased) : after);
        if (t < 1) glide.current = requestAnimationFrame(step);
      };
      glide.current = requestAnimationFrame(step);
    },
    [now, setMoved],
  );

  useEffect(() => () => cancelAnimationFrame(glide.current), []);
  return { move, glideTo };
}

/** Pan, wheel, pinch and keys over `frame`; `fixed` leaves scrolling to the page. */
export function useCamera(
  frame: RefObject<HTMLElement | null>,
  homeBox: Box | null,
  fixed: boolean,
): Camera {
  const [width, height] = useSize(frame);
  const [moved, setMoved] = useState<View | null>(null);
  useEffect(() => setMoved(null), [homeBox]);
  const atHome = useMemo(() => {
    const room = Math.max(14, Math.min(width, height) * 0.045);
    return homeBox && width > 0 ? fit(homeBox, width, height, room) : null;
  }, [homeBox, width, height]);
  const view = useMemo(
    () => (moved && width > 0 ? { ...moved, width, height } : atHome),
    [moved, width, height, atHome],
  );
  const now = useRef<View | null>(null);
  now.current = view;

  const { move, glideTo } = useMoves(now, setMoved);
  usePointers(frame, move, fixed);

  const zoom = useCallback(
    (steps: number) => {
      const from = now.current;
      if (!from) return;
      const to = zoomAt(from, steps, [from.width / 2, from.height / 2]);
      glideTo(to, to);
    },
    [glideTo],
  );
  const show = useCallback(
    (box: Box, margin = 60) => {
      if (!now.current) return;
      const to = fit(box, now.current.width, now.current.height, margin);
      const close = { ...to, zoom: Math.min(to.zoom, 14.5) };
      glideTo(close, close);
    },
    [glideTo],
  );
  const home = useCallback(() => {
    if (atHome) glideTo(atHome, null);
  }, [atHome, glideTo]);
  const key = useCallback(
    (pressed: string): boolean => {
      const nudge = NUDGES[pressed];
      if (nudge) move((from) => panBy(from, nudge[0], nudge[1]));
      else if (pressed === "+" || pressed === "=") zoom(0.7);
      else if (pressed === "-") zoom(-0.7);
      else if (pressed === "0") home();
      else return false;
      return true;
    },
    [move, zoom, home],
  );
  return { view, zoom, show, home, key };
}

const NUDGES: Record<string, Point> = {
  ArrowLeft: [NUDGE, 0],
  ArrowRight: [-NUDGE, 0],
  ArrowUp: [0, NUDGE],
  ArrowDown: [0, -NUDGE],
};

type Move = (next: (view: View) => View) => void;

function usePointers(frame: RefObject<HTMLElement | null>, move: Move, fixed: boolean): void {
  useEffect(() => {
    const element = frame.current;
    if (!element || fixed) return undefined;
    const hands = new Hands(element, move);
    const events = ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const;
    for (const name of events) element.addEventListener(name, hands.on);
    element.addEventListener("wheel", hands.wheel, { passive: false });
    element.addEventListener("click", hands.click, true);
    return () => {
      for (const name of events) element.removeEventListener(name, hands.on);
      element.removeEventListener("wheel", hands.wheel);
      element.removeEventListener("click", hands.click, true);
    };
  }, [frame, move, fixed]);
}

/** Fingers and mice on the map; a drag swallows the click that ends it. */
class Hands {
  private readonly down = new Map<number, Point>();
  private travelled = 0;

  constructor(
    private readonly element: HTMLElement,
    private readonly move: Move,
  ) {}

  private at(event: MouseEvent): Point {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  readonly on = (event: PointerEvent): void => {
    if (event.type === "pointerdown") this.press(event);
    else if (event.type === "pointermove") this.drag(event);
    else this.down.delete(event.pointerId);
  };

  private press(event: PointerEvent): void {
    if (event.button !== 0 || (event.target as Element).closest("[data-still]")) return;
    if (this.down.size === 0) this.travelled = 0;
    this.down.set(event.pointerId, this.at(event));
  }

  private drag(event: PointerEvent): void {
    const before = this.down.get(event.pointerId);
    if (!before) return;
    const here = this.at(event);
    const others = [...this.down].filter(([id]) => id !== event.pointerId);
    const other = others[0]?.[1];
    this.travelled += Math.hypot(here[0] - before[0], here[1] - before[1]);
    this.down.set(event.pointerId, here);
    if (other) this.pinch(before, here, other);
    else this.move((view) => panBy(view, here[0] - before[0], here[1] - before[1]));
    if (this.travelled > TAP && !this.element.hasPointerCapture(event.pointerId)) {
      this.element.setPointerCapture(event.pointerId);
    }
  }

  private pinch(before: Point, here: Point, other: Point): void {
    const was = Math.hypot(before[0] - other[0], before[1] - other[1]) || 1;
    const is = Math.hypot(here[0] - other[0], here[1] - other[1]) || 1;
    const middle: Point = [(here[0] + other[0]) / 2, (here[1] + other[1]) / 2];
    const shift: Point = [(here[0] - before[0]) / 2, (here[1] - before[1]) / 2];
    this.move((view) => panBy(zoomAt(view, Math.log2(is / was), middle), shift[0], shift[1]));
  }

  readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const at = this.at(event);
    const lines = event.deltaMode === 1 ? 18 : 1;
    const steps = Math.max(-1, Math.min(1, -event.deltaY * lines * 0.0022));
    this.move((view) => zoomAt(view, steps, at));
  };

  readonly click = (event: MouseEvent): void => {
    if (this.travelled > TAP) event.stopPropagation();
    this.travelled = 0;
  };
}
