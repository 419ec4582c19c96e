import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { World } from '../test/cli.ts'

const { results } = JSON.parse(readFileSync(new URL('../schemas/results.json', import.meta.url), 'utf8')) as {
  results: Readonly<Record<string, object>>
}

/** What is wrong with a document, by the schema of its command. */
function faultsOf(command: string, document: unknown) {
  const ajv = new Ajv({ allErrors: true, formats: { 'date-time': true } })
  const validate = ajv.compile(results[command] ?? false)
  return validate(document) ? [] : validate.errors
}

describe('the documents of --json', () => {
  it.each([
    ['grants', []],
    ['grants', ['password']],
    ['grants', ['mfa-token']],
    ['explain', ['invalid_grant']],
    ['explain', [], '{"error":"mfa_required","mfa_token":"x"}'],
  ])('of %s %j match the schema, offline', async (command, args, stdin = '') => {
    const world = await World.open()
    const { code, document } = await world.json([...command.split(':'), ...args], { stdin })

    expect([code, faultsOf(command, document)]).toEqual([0, []])
  })

  it('of api and auth mfa match the schema', async () => {
    const world = await World.open()
    await world.signIn()
    for (const [command, args] of [
      ['api', ['/v1/user']],
      ['api', ['/v1/user', '--include']],
      ['api', ['/v1/user', '--paginate']],
      ['auth:mfa:status', []],
      ['auth:mfa:disable', []],
    ] as const) {
      const { code, document } = await world.json([...command.split(':'), ...args])
      expect([command, code, faultsOf(command, document)]).toEqual([command, 0, []])
    }
  })
})
