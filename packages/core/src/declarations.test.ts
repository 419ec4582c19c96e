import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const entries = ['index', 'token', 'machine/index', 'protocol/index']
const sources = entries.map((name) => fileURLToPath(new URL(`${name}.ts`, import.meta.url)))
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  rewriteRelativeImportExtensions: true,
  types: [],
}

/** The declarations as they are published, by their path. */
function emitDeclarations(outDir: string): Map<string, string> {
  const files = new Map<string, string>()
  const lib = ['lib.es2023.d.ts', 'lib.webworker.d.ts']
  const emit = { ...options, lib, declaration: true, emitDeclarationOnly: true, noCheck: true, outDir }
  ts.createProgram(sources, emit).emit(undefined, (path, text) => files.set(path, text))
  return files
}

describe('the declarations', () => {
  it('compile with the library of ES2022, which has no Symbol.asyncDispose', () => {
    const files = emitDeclarations('/declarations')
    const check = { ...options, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], skipLibCheck: false, noEmit: true }
    const host = ts.createCompilerHost(check)
    const { fileExists, readFile } = host
    host.fileExists = (path) => files.has(path) || fileExists(path)
    host.readFile = (path) => files.get(path) ?? readFile(path)
    host.directoryExists = () => true
    const declarations = entries.map((name) => `/declarations/${name}.d.ts`)
    expect([...files.keys()]).toEqual(expect.arrayContaining(declarations))
    const problems = ts.getPreEmitDiagnostics(ts.createProgram(declarations, check, host))
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([])
  })
})
