import { statuses } from '@particle-grants/core/machine'
import { findStateArrows } from '@particle-grants/reference'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { drawStates } from './draw-states.ts'

const { document } = parseHTML(`<html><body>${drawStates()}</body></html>`)
const all = (selector: string) => [...document.querySelectorAll(selector)]
const numbers = (element: Element | null, ...names: readonly string[]) =>
  names.map((name) => Number(element?.getAttribute(name)))
const boxes = all('.state rect').map((rect) => {
  const [x = 0, y = 0, width = 0, height = 0] = numbers(rect, 'x', 'y', 'width', 'height')
  return { x, y, right: x + width, bottom: y + height }
})
const changes = findStateArrows().filter(({ from, to }) => from !== to)

describe('the state diagram', () => {
  it('has every state, and every change of state once', () => {
    expect(all('.state').map((state) => state.getAttribute('data-state'))).toEqual([...statuses])
    expect(all('.arrow').map((arrow) => arrow.getAttribute('data-arrow'))).toEqual(
      changes.map(({ from, to }) => `${from} ${to}`),
    )
  })

  it('labels the main path, and nothing else', () => {
    const main = changes.filter(({ isMainPath }) => isMainPath)
    expect(all('.arrow:not(.quiet)')).toHaveLength(main.length)
    expect(all('.events').map((label) => [...label.children].map((line) => line.textContent))).toEqual(
      main.map(({ events }) => [...events]),
    )
  })

  it('has no two states on top of each other, and everything inside its frame', () => {
    const [, , width = 0, height = 0] =
      document.querySelector('svg')?.getAttribute('viewBox')?.split(' ').map(Number) ?? []
    for (const [at, one] of boxes.entries()) {
      expect([one.x >= 0, one.y >= 0, one.right <= width, one.bottom <= height]).toEqual([true, true, true, true])
      for (const other of boxes.slice(at + 1)) {
        const apart = one.right <= other.x || other.right <= one.x || one.bottom <= other.y || other.bottom <= one.y
        expect(apart, JSON.stringify([one, other])).toBe(true)
      }
    }
  })
})
