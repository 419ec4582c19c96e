import { statuses, type Transition, transitions } from '@particle-grants/core'
import { expect, it } from 'vitest'
import { describeArrow } from './arrows.ts'
import { drawStates } from './draw-states.ts'

const drawing = drawStates(transitions)

/** One coordinate of a cubic curve, a part of the way along it. */
function along([a = 0, b = 0, c = 0, d = 0]: readonly number[], part: number): number {
  const rest = 1 - part
  return a * rest ** 3 + 3 * b * part * rest ** 2 + 3 * c * part ** 2 * rest + d * part ** 3
}

/** A row and one of the states that it leads to. */
const way = ({ from, on, do: reducer }: Transition, to: string) => `${from} ${on} ${reducer} ${to}`

it('every state of the machine is drawn once', () => {
  expect(drawing.states.map(({ status }) => status).sort()).toEqual([...statuses].sort())
})

it('every transition of the table is on exactly one arrow to each state that it leads to', () => {
  const ofTheTable = transitions.flatMap((row) => [...new Set(row.to)].map((to) => way(row, to)))
  const drawn = drawing.arrows.flatMap(({ rows, to }) => rows.map((row) => way(row, to)))
  expect(drawn.sort()).toEqual(ofTheTable.sort())
  const pairs = drawing.arrows.map(({ from, to }) => `${from} ${to}`)
  expect(new Set(pairs).size).toBe(pairs.length)
})

it('a change of the table changes the drawing', () => {
  const extra: Transition = {
    from: 'signed_out',
    on: 'login',
    when: [],
    do: 'stay',
    to: ['renewing'],
    effects: [],
  }
  const changed = drawStates([...transitions, extra])
  expect(changed.arrows).toHaveLength(drawing.arrows.length + 1)
  expect(changed.arrows.at(-1)).toMatchObject({ from: 'signed_out', to: 'renewing', getsOn: ['login'] })
  const fewer = drawStates(transitions.filter(({ on }) => on !== 'adopt'))
  expect(fewer.arrows.flatMap(({ getsOn }) => getsOn)).not.toContain('adopt')
})

it('no line runs through a state that it does not belong to', () => {
  for (const { from, to, path } of drawing.arrows.filter((arrow) => arrow.from !== arrow.to)) {
    const numbers = [...path.matchAll(/-?[\d.]+/g)].map(([number]) => Number(number))
    const others = drawing.states.filter(({ status }) => status !== from && status !== to)
    for (let part = 0; part <= 1; part += 0.02) {
      const [x, y] = [0, 1].map((axis) =>
        along(
          numbers.filter((_, index) => index % 2 === axis),
          part,
        ),
      )
      const hit = others.find(
        (box) => Math.abs((x ?? 0) - box.x) < box.width / 2 && Math.abs((y ?? 0) - box.y) < box.height / 2,
      )
      expect(hit?.status, `${from} to ${to}`).toBeUndefined()
    }
  }
})

it('everything lies inside the picture', () => {
  const [left = 0, top = 0, width = 0, height = 0] = drawing.viewBox.split(' ').map(Number)
  for (const { x, y } of drawing.arrows.flatMap(({ label }) => label ?? [])) {
    expect(x).toBeGreaterThan(left)
    expect(x).toBeLessThan(left + width)
    expect(y).toBeGreaterThan(top + 10)
    expect(y).toBeLessThan(top + height)
  }
})

it('an arrow is told in words', () => {
  const arrow = drawing.arrows.find(({ from, to }) => from === 'signed_out' && to === 'requesting')
  expect(arrow && describeArrow(arrow)).toBe('signed_out to requesting: login, authorize')
})
