import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

describe('the library', () => {
  it('bundles for a browser without Node modules, and runs from the bundle', async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [fileURLToPath(new URL('./index.ts', import.meta.url))],
      bundle: true,
      platform: 'browser',
      format: 'esm',
      minify: true,
      metafile: true,
      write: false,
    })
    const inputs = Object.keys(metafile.inputs)
    expect(inputs.filter((path) => /node:|src\/node\/|node-server/.test(path))).toEqual([])
    // esbuild keeps imports and require calls that it cannot resolve for a browser.
    expect(outputFiles[0]?.text.match(/\brequire\(|\bfrom ?"|\bimport ?"/g)).toBeNull()

    const { createSandbox } = await import(
      `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')}`
    )
    const response = await createSandbox().fetch('https://api.particle.io/v1/devices')
    expect((await response.json()).error).toBe('invalid_request')
  })
})
