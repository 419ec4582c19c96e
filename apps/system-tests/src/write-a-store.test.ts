import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { Store } from '@particle-grants/core'
import { storeContract } from '@particle-grants/store-contract'
import { extractFences } from '@particle-grants/test-kit/samples'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')

interface PostgresStoreModule {
  readonly schema: string
  postgresStore(
    database: { query<Row>(text: string, values: unknown[]): Promise<{ rows: Row[] }> },
    options?: { leaseMs?: number; lockTimeoutMs?: number },
  ): Store
}

/** The store in the guide, and its test, as a reader would write them into two files. */
describe('the PostgreSQL store of the guide', () => {
  // Inside this package, so that both find their dependencies.
  const folder = mkdtempSync(join(root, 'apps/system-tests/node_modules/.guide-'))
  const guide = readFileSync(join(root, 'docs/guides/write-a-store.md'), 'utf8')
  let sample: PostgresStoreModule
  let database: PGlite

  beforeAll(async () => {
    const [store = ''] = extractFences(guide, 'ts')
    const [test = ''] = extractFences(guide, 'mjs')
    writeFileSync(join(folder, 'postgres-store.ts'), store)
    writeFileSync(join(folder, 'test.mjs'), test)
    await build({
      entryPoints: [join(folder, 'test.mjs'), join(folder, 'postgres-store.ts')],
      outdir: join(folder, 'built'),
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@particle-grants/source'],
      external: ['@electric-sql/pglite'],
      logLevel: 'error',
    })
    sample = await import(join(folder, 'built/postgres-store.mjs'))
    database = await PGlite.create()
    await database.exec(sample.schema)
  })
  afterAll(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })
  beforeEach(async () => {
    await database.exec('truncate sessions, session_locks')
  })

  it('passes the contract of all stores, run as the guide shows', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, 'built/test.mjs')], {
      encoding: 'utf8',
      // Vitest's own options are not for this process.
      env: { PATH: process.env.PATH ?? '' },
    })
    const { length } = storeContract(() => ({ open: () => sample.postgresStore(database) }))
    expect({ stderr, status }, stdout).toEqual({ stderr: '', status: 0 })
    expect(stdout).toMatch(new RegExp(`^\\D*pass ${length}$`, 'm'))
    expect(stdout).toMatch(/^\D*fail 0$/m)
  })

  it('takes over the lock of a process that died when its lease ends', async () => {
    const store = sample.postgresStore(database)
    await database.exec("insert into session_locks values ('session-a', 'dead', now() + interval '300 ms')")
    expect(await store.withLock('session-a', async () => 'taken over')).toBe('taken over')
    expect((await database.query('select * from session_locks')).rows).toEqual([])
  })

  it('rejects with lock_timeout if the lock stays taken, and runs no task', async () => {
    const store = sample.postgresStore(database, { lockTimeoutMs: 50 })
    await database.exec("insert into session_locks values ('session-a', 'other', now() + interval '1 hour')")
    const attempt = store.withLock('session-a', () => expect.fail('the task ran'))
    await expect(attempt).rejects.toMatchObject({ code: 'lock_timeout', details: { key: 'session-a' } })
  })

  it('extends its lease while a task runs', async () => {
    const store = sample.postgresStore(database, { leaseMs: 1_000 })
    const readExpiry = async () => {
      const { rows } = await database.query<{ ms: number }>(
        'select extract(epoch from expires_at) * 1000 as ms from session_locks',
      )
      return Number(rows[0]?.ms)
    }
    await store.withLock('session-a', async () => {
      const before = await readExpiry()
      await expect.poll(readExpiry).toBeGreaterThan(before)
    })
  })

  it('aborts the signal of a task that lost its lock, and leaves the lock to its new owner', async () => {
    const store = sample.postgresStore(database, { leaseMs: 300 })
    await store.withLock('session-a', async (signal) => {
      await database.exec("update session_locks set owner = 'other', expires_at = now() + interval '1 hour'")
      await expect.poll(() => signal.aborted).toBe(true)
    })
    const { rows } = await database.query('select owner from session_locks')
    expect(rows).toEqual([{ owner: 'other' }])
  })

  it('reports a failed query without its values', async () => {
    const store = sample.postgresStore({
      query: (_text, values) => Promise.reject(new Error(`duplicate value ${values.join()}`)),
    })
    const thrown: unknown = await store.save('session-a', 'planted-5ecret', null).catch((error) => error)
    expect(thrown).toMatchObject({ code: 'store_unavailable', details: { store: 'postgres' } })
    expect(thrown).not.toHaveProperty('cause')
    expect(String(thrown)).not.toContain('planted')
  })
})
