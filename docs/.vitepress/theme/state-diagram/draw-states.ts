import type { EventType, Status } from '@particle-grants/core/machine'
import { findStateArrows, type StateArrow, type TransitionRow } from '@particle-grants/reference'
import { type Box, type Line, lineBetween, type Point, pathOf, written } from './geometry.ts'
import { boxes, type Route, routes, viewBox } from './layout.ts'

/** A state as it is drawn. */
export interface DrawnState extends Box {
  readonly status: Status
}

/** The events of an arrow, one per line. The point is on the first line's baseline. */
export interface Label extends Point {
  readonly anchor: 'start' | 'middle' | 'end'
  readonly lines: readonly EventType[]
}

/** An arrow as it is drawn. */
export interface DrawnArrow extends StateArrow {
  /** The path data of its line. */
  readonly path: string
  /** `undefined` where the state does not change: the list names those. */
  readonly label: Label | undefined
}

/** Everything that the component draws. */
export interface Drawing {
  readonly viewBox: string
  readonly states: readonly DrawnState[]
  readonly arrows: readonly DrawnArrow[]
}

const statuses = Object.keys(boxes) as Status[]

/** Half the distance between two opposite arrows. */
const gap = 12
/** The height of a label's line. The component uses it too. */
export const lineHeight = 16
/** The height of small letters. */
const letters = 9
const margin = 7

/** Draws the diagram of a transition table. Pure: the same table returns the same drawing. */
export function drawStates(table: readonly TransitionRow[]): Drawing {
  const arrows = findStateArrows(table)
  const isThere = (from: Status, to: Status) => arrows.some((arrow) => arrow.from === from && arrow.to === to)
  return {
    viewBox,
    states: statuses.map((status) => ({ status, ...boxes[status] })),
    arrows: arrows.map((arrow) =>
      arrow.from === arrow.to ? drawLoop(arrow) : drawArrow(arrow, isThere(arrow.to, arrow.from)),
    ),
  }
}

/** Draws an arrow from a state to itself, near a corner: at the top of tall boxes, below others. */
function drawLoop(arrow: StateArrow): DrawnArrow {
  const { x, y, width, height } = boxes[arrow.from]
  const isTall = height > width
  const start = {
    x: x - width / 2 + (isTall ? 36 : 12),
    y: isTall ? y - height / 2 : y + height / 2,
  }
  const bend = isTall ? -22 : 22
  return {
    ...arrow,
    path: `M ${written(start)} c 0 ${bend}, 28 ${bend}, 28 ${Math.sign(bend)}`,
    label: undefined,
  }
}

/** Draws an arrow along its route, or straight. */
function drawArrow(arrow: StateArrow, hasReverse: boolean): DrawnArrow {
  const { from, to } = arrow
  const route = routes[`${from} ${to}`] ?? straight(boxes[from], boxes[to], hasReverse)
  return { ...arrow, path: pathOf(route.line), label: labelOf(arrow, route) }
}

function straight(start: Box, end: Box, hasReverse: boolean): Route {
  const line = lineBetween(start, end, hasReverse ? gap : 0)
  if (Math.abs(end.x - start.x) < Math.abs(end.y - start.y)) {
    return { line, side: end.y < start.y ? 'left' : 'right' }
  }
  return { line, side: end.x > start.x ? 'above' : 'below' }
}

function labelOf({ events, rejectedEvents }: StateArrow, { line, side }: Route): Label {
  const lines = events.length > 0 ? events : rejectedEvents
  const { x, y } = middleOfLongest(line, side === 'above' || side === 'below')
  const height = (lines.length - 1) * lineHeight
  if (side === 'above') return { x, y: y - height - margin, anchor: 'middle', lines }
  if (side === 'below') return { x, y: y + letters + margin, anchor: 'middle', lines }
  const first = y - height / 2 + letters / 2
  return side === 'left'
    ? { x: x - margin, y: first, anchor: 'end', lines }
    : { x: x + margin, y: first, anchor: 'start', lines }
}

/** Returns the middle of the longest horizontal or vertical part. */
function middleOfLongest(line: Line, sideways: boolean): Point {
  const parts = line.slice(1).map((to, index) => ({ from: line[index] ?? to, to }))
  const extent = ({ from, to }: { from: Point; to: Point }) =>
    sideways ? Math.abs(to.x - from.x) : Math.abs(to.y - from.y)
  const [longest] = parts.toSorted((one, other) => extent(other) - extent(one))
  const { from, to } = longest ?? { from: { x: 0, y: 0 }, to: { x: 0, y: 0 } }
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
}
