import { describe, expect, it } from 'vitest'
import { developerClient, developerClients } from '../clients.ts'
import { encodeTokenRequest } from '../protocol/token-request.ts'
import { tokenEndpointErrors } from '../protocol/token-response.ts'
import { Secret } from '../secret.ts'
import { deepFreeze, grants, grantTypes } from './catalogue.ts'

/** Every object in a table that is not frozen, by its place. */
function findMutable(value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([name, field]) => findMutable(field, `${place}.${name}`))
  return Object.isFrozen(value) ? inside : [place, ...inside]
}

describe('deepFreeze', () => {
  it('freezes everything in a table', () => {
    expect(findMutable({ a: { b: [{}] }, c: null }, 'table')).toEqual(['table', 'table.a', 'table.a.b', 'table.a.b.0'])
    expect(findMutable(deepFreeze({ a: { b: [{}] }, c: null }), 'table')).toEqual([])
  })

  it.each(Object.entries({ grants, grantTypes, developerClients, tokenEndpointErrors }))(
    'has frozen the table %s',
    (name, table) => {
      expect(findMutable(table, name)).toEqual([])
    },
  )

  it('keeps a program from allowing developers to send refresh tokens', () => {
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
