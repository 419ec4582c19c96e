import { statuses } from '@particle-grants/core/machine'
import { type TransitionRow, transitions } from '@particle-grants/reference'
import { expect, it } from 'vitest'
import { describeArrow } from './describe-arrow.ts'
import { type DrawnArrow, type DrawnState, drawStates, type Label, lineHeight } from './draw-states.ts'
import { routes } from './layout.ts'

const drawing = drawStates(transitions)

interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const shown = drawing.arrows.filter(({ from, to }) => from !== to)

const areaOf = ({ x, y, width, height }: DrawnState): Area => ({
  left: x - width / 2,
  right: x + width / 2,
  top: y - height / 2,
  bottom: y + height / 2,
})

/** The area of a label: a letter is 7.3 wide, in a font of 12. */
function areaOfLabel({ x, y, anchor, lines }: Label): Area {
  const width = Math.max(...lines.map((line) => line.length)) * 7.3
  const left = x - { start: 0, middle: width / 2, end: width }[anchor]
  return { left, right: left + width, top: y - 9, bottom: y + (lines.length - 1) * lineHeight + 2 }
}

/** The straight parts of an arrow. They are horizontal or vertical, so each is an area without width or height. */
function partsOf({ path }: DrawnArrow): readonly Area[] {
  const numbers = [...path.matchAll(/-?[\d.]+/g)].map(([number]) => Number(number))
  const points = numbers.flatMap((x, index) => (index % 2 === 0 ? [{ x, y: numbers[index + 1] ?? 0 }] : []))
  return points.slice(1).map((to, index) => {
    const from = points[index] ?? to
    return {
      left: Math.min(from.x, to.x),
      right: Math.max(from.x, to.x),
      top: Math.min(from.y, to.y),
      bottom: Math.max(from.y, to.y),
    }
  })
}

const overlap = (one: Area, other: Area) =>
  one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top

/** A row and one of its next states. */
const nameRow = ({ from, on, when }: TransitionRow, to: string) => `${from} ${on} ${when} ${to}`

it('draws every state once', () => {
  expect(drawing.states.map(({ status }) => status).sort()).toEqual([...statuses].sort())
})

it('has every row of the table on exactly one arrow to each of its next states', () => {
  const expected = transitions.flatMap((row) => [...new Set(row.to)].map((to) => nameRow(row, to)))
  const drawn = drawing.arrows.flatMap(({ rows, to }) => rows.map((row) => nameRow(row, to)))
  expect(drawn.sort()).toEqual(expected.sort())
  const pairs = drawing.arrows.map(({ from, to }) => `${from} ${to}`)
  expect(new Set(pairs).size).toBe(pairs.length)
})

it('draws another table differently', () => {
  const extra: TransitionRow = { from: 'signed_out', on: 'login', when: [], to: ['renewing'], effects: [] }
  const changed = drawStates([...transitions, extra])
  expect(changed.arrows).toHaveLength(drawing.arrows.length + 1)
  expect(changed.arrows.at(-1)).toMatchObject({ from: 'signed_out', to: 'renewing', events: ['login'] })
  const fewer = drawStates(transitions.filter(({ on }) => on !== 'set_token'))
  expect(fewer.arrows.flatMap(({ events }) => events)).not.toContain('set_token')
})

it('has a route for every arrow', () => {
  expect(shown.filter(({ from, to }) => routes[`${from} ${to}`] === undefined)).toEqual([])
})

it('draws no arrow through a state, another arrow or a label', () => {
  for (const arrow of shown) {
    const others = shown.filter((other) => other !== arrow)
    const inTheWay = partsOf(arrow).flatMap((part) => [
      ...drawing.states.filter((state) => overlap(part, areaOf(state))).map(({ status }) => status),
      ...others.filter((other) => partsOf(other).some((theirs) => overlap(part, theirs))),
      ...shown.filter(({ label }) => label && overlap(part, areaOfLabel(label))),
    ])
    expect(inTheWay, `${arrow.from} to ${arrow.to}`).toEqual([])
  }
})

it('draws labels inside the picture, apart from each other and from states', () => {
  const [left = 0, top = 0, width = 0, height = 0] = drawing.viewBox.split(' ').map(Number)
  const areas = shown.flatMap(({ label }) => (label ? [areaOfLabel(label)] : []))
  for (const [index, area] of areas.entries()) {
    const others = [...areas.filter((_, at) => at !== index), ...drawing.states.map(areaOf)]
    expect(others.filter((other) => overlap(area, other))).toEqual([])
    expect(area.left).toBeGreaterThan(left)
    expect(area.right).toBeLessThan(left + width)
    expect(area.top).toBeGreaterThan(top)
    expect(area.bottom).toBeLessThan(top + height)
  }
})

it('describes an arrow as text', () => {
  const arrow = drawing.arrows.find(({ from, to }) => from === 'signed_out' && to === 'requesting')
  expect(arrow && describeArrow(arrow)).toBe(
    'signed_out to requesting: login, request_client_token, create_customer',
  )
})
