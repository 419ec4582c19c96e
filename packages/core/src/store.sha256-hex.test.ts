import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from './store.ts'

describe('sha256Hex', () => {
  it.each([[[]], [['']], [['a', 'b']], [['jane@example.com', 'Küche', '🔑', '\0']]])(
    'hashes the parts as JSON: %j',
    async (parts) => {
      const expected = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
      expect(await sha256Hex(parts)).toBe(expected)
      expect(expected).toMatch(/^[0-9a-f]{64}$/)
    },
  )

  it('returns another hash if the same characters are divided differently', async () => {
    const hashes = await Promise.all([['ab'], ['a', 'b'], ['a', '', 'b'], ['a,b'], ['a"', '"b']].map(sha256Hex))
    expect(new Set(hashes).size).toBe(5)
  })
})
