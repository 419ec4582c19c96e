// What must not end up in a browser's bundle: core's reference (texts for people) where nobody asked for it, and
// anything of Node in the library entries of core and sandbox (esbuild refuses Node built-ins for browsers).
import { join } from 'node:path'
import { build } from 'esbuild'
import { finish, root } from './workspace.mjs'

const entries = [
  { name: '@particle-grants/core', file: 'packages/core/dist/index.js', never: /core\/dist\/reference\// },
  {
    name: '@particle-grants/axios',
    file: 'packages/axios/dist/index.js',
    never: /core\/dist\/reference\/|axios\/lib\/adapters\/http\.js/,
  },
  {
    name: '@particle-grants/sandbox',
    file: 'packages/sandbox/dist/index.js',
    never: /sandbox\/dist\/node\/|@hono\/node-server/,
  },
]

const problems = []
for (const { name, file, never } of entries) {
  try {
    const { metafile } = await build({
      entryPoints: [join(root, file)],
      absWorkingDir: root,
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      write: false,
      metafile: true,
      logLevel: 'silent',
    })
    for (const input of Object.keys(metafile.inputs)) {
      if (never.test(input)) problems.push(`${name}: ${input} is reached from the library entry.`)
    }
  } catch (error) {
    for (const { text, location } of error.errors ?? [{ text: String(error) }]) {
      problems.push(`${name}: does not bundle for a browser: ${text} (${location?.file ?? file})`)
    }
  }
}
finish(
  problems,
  `${entries.map(({ name }) => name).join(' and ')} bundle for a browser, with nothing in them that should stay out.`,
)
