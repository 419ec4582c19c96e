import { expect, it } from 'vitest'
import { tokenEndpointErrors } from '../protocol/token-endpoint-errors.ts'
import { remedies } from './remedies.ts'

it('has a remedy, in whole sentences, for each error of the token endpoint', () => {
  expect(Object.keys(remedies).sort()).toEqual(Object.keys(tokenEndpointErrors).sort())
  for (const remedy of Object.values(remedies)) expect(remedy).toMatch(/^[A-Z].*[.]$/)
})
