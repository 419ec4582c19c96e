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

/** A cubic curve, in the order of its points. A straight line has its bends on it. */
export interface Curve {
  readonly from: Point
  readonly bends: readonly [Point, Point]
  readonly to: Point
}

/** The middle of a curve. */
export function middleOf({ from, bends: [first, second], to }: Curve): Point {
  return {
    x: (from.x + 3 * first.x + 3 * second.x + to.x) / 8,
    y: (from.y + 3 * first.y + 3 * second.y + to.y) / 8,
  }
}

/** A curve as SVG's path data has it. */
export function pathOf({ from, bends: [first, second], to }: Curve): string {
  return `M ${written(from)} C ${written(first)}, ${written(second)}, ${written(to)}`
}

/** Where a line leaves a box when it is to run beside the way to `target`, on its left-hand side. */
export function edgeBeside(box: Box, target: Point, distance: number): Point {
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

const clearance = 40

/** Whether a straight way between two points goes through a box or too close by. Sampled: boxes are large, ways are short. */
export function crosses(start: Point, end: Point, box: Box): boolean {
  const samples = Array.from({ length: 41 }, (_, index) => index / 40)
  return samples.some((part) => {
    const x = start.x + (end.x - start.x) * part
    const y = start.y + (end.y - start.y) * part
    return Math.abs(x - box.x) < box.width / 2 + clearance && Math.abs(y - box.y) < box.height / 2 + clearance
  })
}

/** A point as SVG's path data has it. */
export function written({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`
}
