import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hash } from './hash.ts'

describe('a hash', () => {
  it.each([[[]], [['']], [['a', 'b']], [['jane@example.com', 'Küche', '🔑', '\0']]])(
    'is SHA-256 of the parts as JSON: %j',
    async (parts) => {
      const expected = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
      expect(await hash(parts)).toBe(expected)
      expect(expected).toMatch(/^[0-9a-f]{64}$/)
    },
  )

  it('is another one where the same letters are parted otherwise', async () => {
    const hashes = await Promise.all([['ab'], ['a', 'b'], ['a', '', 'b'], ['a,b'], ['a"', '"b']].map(hash))
    expect(new Set(hashes).size).toBe(5)
  })
})
