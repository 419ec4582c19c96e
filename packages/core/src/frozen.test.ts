import { describe, expect, it } from 'vitest'
import { developerClient, developerClients } from './clients.ts'
import { grants, grantTypes } from './grants/catalogue.ts'
import { transitions } from './machine/transitions.ts'
import { encodeTokenRequest } from './protocol/encode-token-request.ts'
import { tokenEndpointErrors } from './protocol/token-endpoint-errors.ts'
import { Secret } from './secret.ts'

/** Every object in a table that could be changed, by its place. */
function changeable(value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([name, field]) => changeable(field, `${place}.${name}`))
  return Object.isFrozen(value) ? inside : [place, ...inside]
}

describe('the tables that the package runs on', () => {
  it.each(Object.entries({ grants, grantTypes, transitions, developerClients, tokenEndpointErrors }))(
    'can’t be changed at run time: %s',
    (name, table) => {
      expect(changeable(table, name)).toEqual([])
    },
  )

  it('keep a developer’s refresh token at home, whatever somebody tries', () => {
    const { refresh_token } = grants as unknown as { refresh_token: { clients: string[] } }
    expect(() => {
      refresh_token.clients = ['developer']
    }).toThrow(TypeError)
    expect(() => refresh_token.clients.push('developer')).toThrow(TypeError)
    const request = { grant_type: 'refresh_token', refresh_token: new Secret('r') } as const
    expect(() => encodeTokenRequest(request, developerClient())).toThrow(
      expect.objectContaining({ code: 'grant_not_allowed' }),
    )
  })
})
