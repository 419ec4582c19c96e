import { join } from 'node:path'
import ts from 'typescript'

/**
 * What TypeScript says about modules that lie in a folder in memory only, checked by the folder's `tsconfig.json`, and by
 * other options where they are given; each is named in front of what is wrong with it. Names end in `.ts` or `.mjs`.
 */
export function typeErrors(
  modules: Readonly<Record<string, string>>,
  folder: string,
  others: ts.CompilerOptions = {},
): string[] {
  const texts = new Map(Object.entries(modules).map(([name, text]) => [join(folder, name), text]))
  const options = { ...optionsOf(folder), noUnusedLocals: false, ...others }
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
    const problems = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    const name = file.slice(folder.length).replace(/^[\\/]/, '')
    return problems.map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
  })
}

/** The module as plain JavaScript. */
export function withoutTypes(text: string): string {
  const { ESNext } = ts.ModuleKind
  const compilerOptions = { module: ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true }
  return ts.transpileModule(text, { compilerOptions }).outputText
}

function optionsOf(folder: string): ts.CompilerOptions {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(folder, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'))
      },
    },
  )
  return config?.options ?? {}
}
