import { statuses } from '@particle-grants/core/machine'
import { findStateArrows } from '@particle-grants/reference'
import { describe, expect, it } from 'vitest'
import { drawStates } from './draw-states.ts'

const { states, arrows, width, height } = drawStates()

describe('the state diagram', () => {
  it('has every state, and every change of state once', () => {
    expect(states.map(({ status }) => status)).toEqual([...statuses])
    const changes = findStateArrows().filter(({ from, to }) => from !== to)
    expect(arrows.map(({ from, to }) => `${from} ${to}`)).toEqual(changes.map(({ from, to }) => `${from} ${to}`))
  })

  it('labels the main path, and nothing else', () => {
    for (const { isMainPath, label, events } of arrows) {
      expect(label?.lines).toEqual(isMainPath ? events : undefined)
    }
  })

  it('has no two states on top of each other, and everything inside its frame', () => {
    for (const [at, one] of states.entries()) {
      expect(one.x - one.width / 2).toBeGreaterThanOrEqual(0)
      expect(one.x + one.width / 2).toBeLessThanOrEqual(width)
      expect(one.y + one.height / 2).toBeLessThanOrEqual(height)
      for (const other of states.slice(at + 1)) {
        const apart =
          Math.abs(one.x - other.x) >= (one.width + other.width) / 2 ||
          Math.abs(one.y - other.y) >= (one.height + other.height) / 2
        expect(apart, `${one.status} ${other.status}`).toBe(true)
      }
    }
  })
})
