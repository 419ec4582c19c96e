import { Graph, layout } from '@dagrejs/dagre'
import { type Status, statuses } from '@particle-grants/core/machine'
import { findStateArrows, type StateArrow } from '@particle-grants/reference'
import type { GeneratedFile } from './page.ts'

/** An arrow of the diagram. One unit is about one pixel. */
export interface DrawnArrow {
  readonly from: Status
  readonly to: Status
  readonly events: readonly string[]
  /** What it says: for the text alternative and the list below the diagram. */
  readonly text: string
  readonly isMainPath: boolean
  /** SVG path data. */
  readonly path: string
  /** The events of the main path. The list below the diagram has all of them. */
  readonly label?: { readonly x: number; readonly y: number; readonly lines: readonly string[] }
}

/** The state diagram, ready to be shown. */
export interface StateDrawing {
  readonly width: number
  readonly height: number
  readonly states: readonly {
    readonly status: Status
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }[]
  readonly arrows: readonly DrawnArrow[]
}

interface Point {
  readonly x: number
  readonly y: number
}

const lineHeight = 16
const letterWidth = 7.6

/** Lays the diagram out while the site is generated, so that no page loads what does it. */
export function drawStates(): StateDrawing {
  const arrows = findStateArrows().filter(({ from, to }) => from !== to)
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', nodesep: 60, ranksep: 50, edgesep: 24, marginx: 12, marginy: 12 })
  for (const status of statuses) graph.setNode(status, { width: status.length * 8.4 + 36, height: 46 })
  for (const { from, to, events, isMainPath } of arrows) {
    const label = isMainPath
      ? {
          width: Math.max(...events.map((event) => event.length)) * letterWidth + 16,
          height: events.length * lineHeight,
        }
      : { width: 0, height: 0 }
    graph.setEdge(from, to, {
      ...label,
      weight: isMainPath ? 10 : 1,
      labelpos: 'r',
      minlen: isMainPath ? 1 : 2,
    })
  }
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return {
    width: Math.round(width),
    height: Math.round(height),
    states: statuses.map((status) => {
      const node = graph.node(status)
      return { status, x: round(node.x), y: round(node.y), width: round(node.width), height: node.height }
    }),
    arrows: arrows.map(({ from, to, events, rejectedEvents, isMainPath }) => {
      const { points, x, y } = graph.edge(from, to) as { points: Point[]; x: number; y: number }
      const top = y - ((events.length - 1) * lineHeight) / 2 + 4
      return {
        ...{ from, to, events, isMainPath, path: toPath(points) },
        text: describeArrow({ from, to, events, rejectedEvents }),
        ...(isMainPath && { label: { x: round(x), y: round(top), lines: events } }),
      }
    }),
  }
}

/** Describes an arrow as text. */
export function describeArrow({ from, to, events, rejectedEvents }: Omit<StateArrow, 'isMainPath' | 'rows'>): string {
  const rejected = rejectedEvents.length > 0 ? [`rejected: ${rejectedEvents.join(', ')}`] : []
  const text = [...(events.length > 0 ? [events.join(', ')] : []), ...rejected].join('; ')
  return from === to ? `${from} stays: ${text}` : `${from} to ${to}: ${text}`
}

/** The drawing as a file of the theme. */
export function stateDrawingFile(): GeneratedFile {
  return {
    path: '.vitepress/theme/state-diagram/drawing.json',
    text: `${JSON.stringify(drawStates(), undefined, 2)}\n`,
  }
}

/** Returns a curve through the middles of a line's parts, with the line's corners as its control points. */
function toPath(points: readonly Point[]): string {
  const corners = points.slice(1, -1)
  const last = points.at(-1) as Point
  const curves = corners.map((corner, at) => {
    const next = corners[at + 1]
    const end = next === undefined ? last : { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 }
    return `Q ${write(corner)} ${write(end)}`
  })
  return [`M ${write(points[0] as Point)}`, ...(curves.length > 0 ? curves : [`L ${write(last)}`])].join(' ')
}

const round = (value: number): number => Math.round(value * 10) / 10
const write = ({ x, y }: Point): string => `${round(x)} ${round(y)}`
