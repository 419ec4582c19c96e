import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '@oclif/core'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { developer, jane, product, World, withMfa } from '../test/cli.ts'
import { commands } from './commands.ts'

interface Schemas {
  readonly results: Readonly<Record<string, object>>
  readonly error: object
}

const schemas: Schemas = JSON.parse(readFileSync(new URL('../schemas/results.json', import.meta.url), 'utf8'))
const ajv = new Ajv({ allErrors: true })
formats.default(ajv)
const results = new Map(Object.entries(schemas.results).map(([id, schema]) => [id, ajv.compile(schema)]))
const error = ajv.compile(schemas.error)

function expectValid(validate: ValidateFunction | undefined, document: unknown): void {
  expect(validate?.(document) ? [] : (validate?.errors ?? 'no schema')).toEqual([])
}

const ours = Object.keys(commands)

describe('the contract with scripts', () => {
  it('has these commands, arguments and flags', async () => {
    const listed = ours.map((id) => {
      const { args = {}, flags = {}, baseFlags = {}, enableJsonFlag } = commands[id] as Command.Class
      const all = Object.entries({ ...baseFlags, ...flags }).map(([name, flag]) => {
        const { char, options, type } = flag as { char?: string; options?: readonly string[]; type: string }
        return [`--${name}`, char && `-${char}`, type, options?.join('|')].filter(Boolean).join(' ')
      })
      const named = Object.keys(args).map((name) => name.toUpperCase())
      const sorted = [...all, ...(enableJsonFlag ? ['--json boolean'] : [])].sort()
      return [[...id.split(':'), ...named].join(' '), ...sorted.map((flag) => `  ${flag}`), ''].join('\n')
    })
    await expect(listed.sort().join('\n')).toMatchFileSnapshot('../schemas/commands.txt')
  })

  it('has a summary, an example and --json for every command', () => {
    for (const id of ours) {
      const { summary, examples, enableJsonFlag, flags } = commands[id] as Command.Class
      const hasJson = enableJsonFlag || Object.hasOwn(flags, 'json')
      expect([id, Boolean(summary), (examples ?? []).length > 0, hasJson]).toEqual([id, true, true, true])
    }
  })

  it('prints documents that match the schema', async () => {
    const world = await World.open()
    const check = async (id: string, args: readonly string[] = [], stdin = '') => {
      const { code, document } = await world.json([...id.split(':'), ...args], { stdin })
      expect([id, code]).toEqual([id, 0])
      expectValid(results.get(id), document)
    }
    await check('auth:list')
    await check('auth:login', ['-u', developer.username, '--password-stdin'], developer.password)
    await check('auth:login', ['-p', 'shop', '--client-id', product.id, '--client-secret-stdin'], product.secret)
    await check('auth:list')
    await check('auth:status', ['--check'])
    await check('auth:token')
    await check('auth:whoami')
    await check('auth:refresh')
    await check('auth:switch', ['default'])
    await check('auth:unlock')
    await check('auth:logout')
    expectValid(results.get('auth:status'), (await world.json(['auth', 'status'])).document)
    const env = { PARTICLE_AUTH: 'a'.repeat(40) }
    expectValid(results.get('auth:status'), (await world.json(['auth', 'status'], { env })).document)
  })

  it('prints documents of management commands that match the schema', async () => {
    const world = await World.open()
    const owner = ['-u', 'owner@example.com', '--password-stdin']
    await world.run(['auth', 'login', ...owner], { stdin: 'owner of products' })
    const check = async (id: string, args: readonly string[] = []) => {
      const { code, document } = await world.json([...id.split(':'), ...args])
      expect([id, code]).toEqual([id, 0])
      expectValid(results.get(id), document)
      return document
    }
    const team = ['--product', '1234']
    const { username } = await check('api-users:create', [...team, '--name', 'CI', '--scope', 'devices:list'])
    const rotation = await check('api-users:rotate', [username, ...team, '--output', join(world.home, 'token.txt')])
    await check('api-users:list', team)
    for (const one of [rotation.replaces, rotation.username]) await check('api-users:delete', [one, ...team, '--yes'])
    const { id } = await check('clients:create', [...team, '--name', 'Backend'])
    await check('clients:list', team)
    await check('clients:delete', [id, ...team, '--yes'])
    await check('customers:list', team)
    await check('customers:delete', [jane.username, ...team, '--yes'])
    await check('tokens:show')
    await check('tokens:revoke', ['--yes'])
  })

  it('prints errors that match the schema, and nothing else on stderr', async () => {
    const world = await World.open()
    const failing: readonly (readonly [readonly string[], number, string?])[] = [
      [['auth', 'token'], 3],
      [['auth', 'token', '--nonsense'], 2],
      [['auth', 'tokn'], 2],
      [['nosuch'], 2],
      [['nosuch', '--help'], 2],
      [['sandbox', '--port', 'abc'], 2],
      [['completion'], 2],
      [['auth', 'login'], 2],
      [['auth', 'login', '-u', developer.username, '--password-stdin'], 1, 'wrong'],
      [['auth', 'login', '--with-token'], 3, 'a'.repeat(40)],
      [['auth', 'switch', 'nowhere'], 3],
      [['auth', 'login', '-u', withMfa.username, '--password-stdin'], 4, withMfa.password],
    ]
    for (const [args, expected, stdin = ''] of failing) {
      const { code, stdout, stderr } = await world.run([...args, '--json'], { stdin })
      const rest = stderr.replace(/^Signing in to .*\n/, '')
      expect([args, code, rest]).toEqual([args, expected, ''])
      expectValid(error, JSON.parse(stdout))
    }
  })
})
