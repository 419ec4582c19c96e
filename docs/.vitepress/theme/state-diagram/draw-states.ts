import type { EventType, Status, Transition } from '@particle-grants/core'
import { type Arrow, arrowsOf } from './arrows.ts'
import {
  type Box,
  type Curve,
  crosses,
  edgeBeside,
  middleOf,
  type Point,
  pathOf,
  written,
} from './geometry.ts'

/** A state as it is drawn. */
export interface DrawnState extends Box {
  readonly status: Status
}

/** The events of an arrow, one a line. */
export interface Label extends Point {
  readonly anchor: 'start' | 'middle' | 'end'
  readonly lines: readonly EventType[]
}

/** An arrow as it is drawn. */
export interface DrawnArrow extends Arrow {
  /** Path data of its line. */
  readonly path: string
  /** None where nothing changes: the list tells those. */
  readonly label: Label | undefined
}

/** Everything that the component puts into its SVG. */
export interface Drawing {
  readonly viewBox: string
  readonly states: readonly DrawnState[]
  readonly arrows: readonly DrawnArrow[]
}

const size = { width: 236, height: 50 }

/** Where each state stands: sign-in from left to right, what comes after it below. A new status does not compile. */
const places: Readonly<Record<Status, Point>> = {
  mfa_required: { x: 490, y: 80 },
  signed_out: { x: 130, y: 280 },
  requesting: { x: 490, y: 280 },
  signed_in: { x: 850, y: 280 },
  reauthentication_required: { x: 490, y: 480 },
  renewing: { x: 850, y: 480 },
}
const statuses = Object.keys(places) as Status[]

/** Half the distance between the arrows there and back. */
const gap = 12
/** Of a label's lines. The component draws with the same. */
export const lineHeight = 17

/** The diagram of a transition table. Pure: the same table gives the same drawing. */
export function drawStates(table: readonly Transition[]): Drawing {
  const arrows = arrowsOf(table)
  const isThere = (from: Status, to: Status) => arrows.some((arrow) => arrow.from === from && arrow.to === to)
  return {
    viewBox: '0 -45 980 690',
    states: statuses.map((status) => ({ status, ...boxOf(status) })),
    arrows: arrows.map((arrow) => (arrow.from === arrow.to ? drawLoop(arrow) : drawArrow(arrow, isThere))),
  }
}

function boxOf(status: Status): Box {
  return { ...places[status], ...size }
}

/** What stays where it is leaves the box at its lower right corner and comes back. */
function drawLoop(arrow: Arrow): DrawnArrow {
  const { x, y, width, height } = boxOf(arrow.from)
  const path = `M ${written({ x: x + width / 2 - 46, y: y + height / 2 })} c 0 26, 34 26, 31 1`
  return { ...arrow, path, label: undefined }
}

/** Straight to the next state, or in an arc around those that stand in the way. */
function drawArrow(arrow: Arrow, isThere: (from: Status, to: Status) => boolean): DrawnArrow {
  const { from, to } = arrow
  const others = statuses.filter((status) => status !== from && status !== to)
  const inTheWay = others.some((status) => crosses(places[from], places[to], boxOf(status)))
  const hasReverse = isThere(to, from)
  const curve = inTheWay ? arcOf(boxOf(from), boxOf(to)) : lineOf(boxOf(from), boxOf(to), hasReverse)
  return { ...arrow, path: pathOf(curve), label: labelOf(arrow, curve) }
}

/** There and back run side by side, each on its left. */
function lineOf(start: Box, end: Box, hasReverse: boolean): Curve {
  const distance = hasReverse ? gap : 0
  const from = edgeBeside(start, end, distance)
  // Seen from its end, the line's left is on the right.
  const to = edgeBeside(end, start, -distance)
  return { from, bends: [from, to], to }
}

/** Over the top of everything, or below it for what begins or ends there. Back runs inside of there. */
function arcOf(start: Box, end: Box): Curve {
  const below = Math.max(start.y, end.y) > 400
  const inside = start.x > end.x
  const side = below ? 1 : -1
  const overTheTop = inside ? -58 : -100
  const height = below ? 645 : overTheTop
  const leave = (box: Box): Point => ({
    x: box.x + (box.x < 490 ? -1 : 1) * (inside ? 45 : 75),
    y: box.y + (side * box.height) / 2,
  })
  const from = leave(start)
  const to = leave(end)
  return {
    from,
    bends: [
      { x: from.x, y: height },
      { x: to.x, y: height },
    ],
    to,
  }
}

function labelOf({ getsOn, refused }: Arrow, curve: Curve): Label {
  const { x, y } = middleOf(curve)
  const lines = getsOn.length > 0 ? getsOn : refused
  const height = (lines.length - 1) * lineHeight
  const goesRight = curve.to.x > curve.from.x
  if (Math.abs(curve.to.x - curve.from.x) < 40) {
    const side = curve.to.y < curve.from.y ? -1 : 1
    return { x: x + side * 8, y: y - height / 2 + 5, anchor: side < 0 ? 'end' : 'start', lines }
  }
  return { x, y: goesRight ? y - height - 7 : y + lineHeight - 1, anchor: 'middle', lines }
}
