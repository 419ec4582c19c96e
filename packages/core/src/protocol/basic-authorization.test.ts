import { describe, expect, it } from 'vitest'
import { basicAuthorization } from './basic-authorization.ts'

// Recorded from curl 8 with `-u id:secret`.
const recorded: readonly (readonly [id: string, secret: string, header: string])[] = [
  ['particle', 'particle', 'Basic cGFydGljbGU6cGFydGljbGU='],
  ['my-product-1234', 'a:b', 'Basic bXktcHJvZHVjdC0xMjM0OmE6Yg=='],
  ['my-product-1234', '100%+1/2=', 'Basic bXktcHJvZHVjdC0xMjM0OjEwMCUrMS8yPQ=='],
  ['my-product-1234', 'päß wörd 🔑', 'Basic bXktcHJvZHVjdC0xMjM0OnDDpMOfIHfDtnJkIPCflJE='],
]

describe('basicAuthorization', () => {
  it.each(recorded)('sends %s with %s as curl does', (id, secret, header) => {
    expect(basicAuthorization(id, secret)).toBe(header)
  })

  it('takes secrets of any length', () => {
    const secret = 'x'.repeat(200_000)

    expect(atob(basicAuthorization('id', secret).slice('Basic '.length))).toBe(`id:${secret}`)
  })
})
