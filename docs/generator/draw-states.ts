import { Graph, layout } from '@dagrejs/dagre'
import { statuses } from '@particle-grants/core/machine'
import { findStateArrows, type StateArrow } from '@particle-grants/reference'
import type { GeneratedFile } from './page.ts'

interface Point {
  readonly x: number
  readonly y: number
}

const lineHeight = 16
const letterWidth = 7.6

/** Draws the state diagram as SVG: the main path large and with its events, the rest quiet. One unit is about one pixel. */
export function drawStates(): string {
  const arrows = findStateArrows().filter(({ from, to }) => from !== to)
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', nodesep: 40, ranksep: 40, edgesep: 12, marginx: 12, marginy: 12 })
  for (const status of statuses) graph.setNode(status, { width: status.length * 8.4 + 36, height: 46 })
  for (const { from, to, events, isMainPath } of arrows) {
    const width = isMainPath ? Math.max(...events.map((event) => event.length)) * letterWidth + 16 : 0
    const height = isMainPath ? events.length * lineHeight : 0
    const importance = isMainPath ? { weight: 10, minlen: 1 } : { weight: 1, minlen: 2 }
    graph.setEdge(from, to, { width, height, labelpos: 'c', ...importance })
  }
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  const lines = arrows.map(({ from, to, events, isMainPath }) => {
    const looks = ['arrow', ...(isMainPath ? [] : ['quiet']), ...(events.length > 0 ? [] : ['only-rejected'])]
    const { points } = graph.edge(from, to) as { points: Point[] }
    return `<path class="${looks.join(' ')}" data-arrow="${from} ${to}" d="${toPath(points)}" marker-end="url(#tip)"/>`
  })
  const boxes = statuses.map((status) => {
    const { x, y, width: w, height: h } = graph.node(status)
    return `<g class="state" data-state="${status}"><rect x="${round(x - w / 2)}" y="${round(y - h / 2)}" width="${round(w)}" height="${h}" rx="10"/><text x="${round(x)}" y="${round(y + 4)}">${status}</text></g>`
  })
  const labels = arrows
    .filter(({ isMainPath }) => isMainPath)
    .map(({ from, to, events }) => {
      const { x, y, width: w, height: h } = graph.edge(from, to) as Required<ReturnType<typeof graph.edge>>
      const top = y - ((events.length - 1) * lineHeight) / 2 + 4
      const spans = events.map(
        (event, at) => `<tspan x="${round(x)}" y="${round(top + at * lineHeight)}">${event}</tspan>`,
      )
      return `<rect class="behind" x="${round(x - w / 2)}" y="${round(y - h / 2)}" width="${round(w)}" height="${h}"/><text class="events">${spans.join('')}</text>`
    })
  return [
    `<svg class="states" aria-hidden="true" viewBox="0 0 ${Math.round(width)} ${Math.round(height)}" xmlns="http://www.w3.org/2000/svg">`,
    '<marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M 0 0 L 10 5 L 0 10 z" fill="#6b7280"/></marker>',
    ...[...lines, ...boxes, ...labels],
    '</svg>',
  ].join('\n')
}

/** Describes an arrow as text. */
export function describeArrow({ from, to, events, rejectedEvents }: Omit<StateArrow, 'isMainPath' | 'rows'>): string {
  const rejected = rejectedEvents.length > 0 ? [`rejected: ${rejectedEvents.join(', ')}`] : []
  const text = [...(events.length > 0 ? [events.join(', ')] : []), ...rejected].join('; ')
  return from === to ? `${from} stays: ${text}` : `${from} to ${to}: ${text}`
}

/** The drawing as a file that the site puts into its pages. */
export function stateDrawingFile(): GeneratedFile {
  return { path: '.vitepress/drawings/states.svg', text: `${drawStates()}\n` }
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
