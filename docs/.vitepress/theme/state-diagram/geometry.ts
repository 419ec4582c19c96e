/** A point of a drawing, in its own units. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A box around a centre. */
export interface Box extends Point {
  readonly width: number
  readonly height: number
}

/** A line of straight parts. */
export type Line = readonly Point[]

/** A line as SVG's path data has it. */
export function pathOf(line: Line): string {
  return `M ${line.map(written).join(' L ')}`
}

/** Straight from one box to another, a distance to its left: there and back run side by side. */
export function lineBetween(start: Box, end: Box, distance: number): Line {
  const from = edgeBeside(start, end, distance)
  // Seen from its end, the line's left is on the right.
  const to = edgeBeside(end, start, -distance)
  return [from, to]
}

/** Where a line leaves a box when it is to run beside the way to `target`, on its left-hand side. */
function edgeBeside(box: Box, target: Point, distance: number): Point {
  const dx = target.x - box.x
  const dy = target.y - box.y
  const length = Math.hypot(dx, dy)
  const edge = edgeTowards(box, target)
  const isSide = Math.abs(Math.abs(edge.x - box.x) - box.width / 2) < 1
  return isSide
    ? { x: edge.x, y: edge.y - (distance * length) / dx }
    : { x: edge.x + (distance * length) / dy, y: edge.y }
}

/** Where the way from a box's centre towards a point leaves the box. */
function edgeTowards({ x, y, width, height }: Box, target: Point): Point {
  const dx = target.x - x
  const dy = target.y - y
  const scale = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : width / 2 / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : height / 2 / Math.abs(dy),
  )
  return { x: x + dx * scale, y: y + dy * scale }
}

/** A point as SVG's path data has it. */
export function written({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`
}
