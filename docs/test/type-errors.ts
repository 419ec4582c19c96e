import { join, relative } from 'node:path'
import ts from 'typescript'

/** Modules that exist only in memory: the path from the folder, which ends in `.ts` or `.mjs`, and the text. */
export type Modules = Readonly<Record<string, string>>

/** Whether TypeScript misses a type. JavaScript has none. */
const isImplicitAny = ({ code }: ts.Diagnostic) => code >= 7000 && code < 7100

/**
 * Returns what TypeScript reports about modules, by the folder's `tsconfig.json` and the given options. Each message
 * begins with the name of its module. All modules are one program: check them in one call, since each call takes seconds.
 */
export function findTypeErrors(modules: Modules, folder: string, overrides: ts.CompilerOptions = {}): string[] {
  const texts = new Map(Object.entries(modules).map(([name, text]) => [join(folder, name), text]))
  const options = { ...readOptions(folder), noUnusedLocals: false, ...overrides }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (name) => texts.has(name) || fileExists(name)
  host.readFile = (name) => texts.get(name) ?? readFile(name)
  host.getSourceFile = (name, target, ...rest) => {
    const text = texts.get(name)
    return text === undefined ? getSourceFile(name, target, ...rest) : ts.createSourceFile(name, text, target)
  }
  const program = ts.createProgram([...texts.keys()], options, host)
  return [...texts.keys()].flatMap((file) => {
    const source = program.getSourceFile(file)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    const problems = file.endsWith('.mjs') ? found.filter((one) => !isImplicitAny(one)) : found
    const name = relative(folder, file)
    return problems.map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
  })
}

function readOptions(folder: string): ts.CompilerOptions {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(folder, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      // Only the options are needed: listing the folder's files takes time.
      readDirectory: () => [],
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'))
      },
    },
  )
  return config?.options ?? {}
}
