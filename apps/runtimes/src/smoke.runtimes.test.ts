import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { launchChromium } from '@particle-grants/test-kit/chromium'
import { runCommand } from '@particle-grants/test-kit/samples'
import { build } from 'esbuild'
import { describe, expect, it, onTestFinished } from 'vitest'

const passed = ['sandbox', 'core', 'axios']
const programs = fileURLToPath(new URL('../programs/', import.meta.url))

/** Runs a command of an npm package. npx installs the package into npm's cache first. */
async function run(packageName: string, command: readonly string[], cwd = programs): Promise<string> {
  const args = ['--yes', '--package', packageName, '--', ...command]
  const { code, stdout, stderr } = await runCommand('npx', args, { cwd, env: { DENO_NO_UPDATE_CHECK: '1' } })
  expect(code, `${stdout}\n${stderr}`).toBe(0)
  return stdout
}

/** Bundles a program from the built packages, as an application does. */
async function bundle(name: string, format: 'esm' | 'iife', conditions: string[]): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(programs, name)],
    bundle: true,
    write: false,
    format,
    conditions,
    platform: 'browser',
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

async function startSandbox() {
  const server = await listen(createSandbox())
  onTestFinished(() => server.close())
  return server
}

describe('the smoke tests of sandbox, core and axios pass', { timeout: 600_000 }, () => {
  it.each([
    ['node', '20.19.6', ['node']],
    ['node', '22.23.3', ['node']],
    ['node', '24.21.0', ['node']],
    ['node', '26.10.0', ['node']],
    ['bun', '1.4.5', ['bun']],
    ['deno', '2.9.6', ['deno', 'run', '--allow-all', '--node-modules-dir=manual']],
  ])('on %s %s', async (name, version, command) => {
    const output = await run(`${name}@${version}`, [...command, 'server-side.mjs'])
    expect(JSON.parse(output)).toEqual({ runtime: `${name} ${version}`, passed })
  })

  it('on workerd', async () => {
    const { url } = await startSandbox()
    const folder = mkdtempSync(join(tmpdir(), 'particle-grants-workerd-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'worker.js'), await bundle('worker.mjs', 'esm', ['workerd', 'worker', 'browser']))
    writeFileSync(
      join(folder, 'config.capnp'),
      `using Workerd = import "/workerd/workerd.capnp";
      const config :Workerd.Config = (services = [
        (name = "smoke", worker = (
          modules = [(name = "worker.js", esModule = embed "worker.js")],
          bindings = [(name = "SANDBOX_URL", text = "${url}")],
          compatibilityDate = "2026-11-01",
          globalOutbound = "loopback",
        )),
        (name = "loopback", network = (allow = ["private"])),
      ]);`,
    )
    const output = await run('workerd@1.20261117.1', ['workerd', 'test', 'config.capnp'], folder)
    expect(JSON.parse(output)).toEqual({ runtime: 'Cloudflare-Workers', passed })
  })

  it('in Chromium', async () => {
    const { url } = await startSandbox()
    const browser = await launchChromium('smoke tests in Chromium')
    if (browser === undefined) expect.fail('Chromium does not start')
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    // The page of the sandbox itself permits no requests to other origins.
    await page.goto(`${url.replace('127.0.0.1', 'localhost')}/__sandbox/`)
    await page.evaluate(await bundle('page.mjs', 'iife', ['browser']))
    expect(await page.evaluate(`testInPage(${JSON.stringify(url)})`)).toEqual(passed)
  })
})
