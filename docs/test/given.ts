/** Names that samples use without defining them, each with the code that defines it. Each may use those above it. */
export type Given = Readonly<Record<string, string>>

/** Returns the names that a piece of code declares or imports. */
function declaredIn(code: string): ReadonlySet<string> {
  const direct = [...code.matchAll(/\b(?:const|let|var|function\*?|class)\s+(\w+)/g)].map(([, name]) => name)
  const bound = [...code.matchAll(/\b(?:const|let|import)\s+\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) =>
      name
        .split(/:|\sas\s/)
        .at(-1)
        ?.trim(),
    ),
  )
  const imported = [...code.matchAll(/\bimport\s+(\w+)\s+from/g)].map(([, name]) => name)
  return new Set([...direct, ...bound, ...imported].filter((name) => name !== undefined))
}

/** Returns a sample as a module, after the definitions of the names that it uses and does not define. */
export function withGiven(sample: string, given: Given): string {
  const own = declaredIn(sample)
  let needed: string[] = []
  let text = sample
  for (const [name, code] of Object.entries(given).toReversed()) {
    if (own.has(name) || !new RegExp(`\\b${name}\\b`).test(text)) continue
    needed = [code, ...needed]
    text = `${code}\n${text}`
  }
  const imports = sample.match(/^import [\s\S]*?from '[^']+'$/gm) ?? []
  const rest = imports.reduce((left, one) => left.replace(one, ''), sample)
  return [...imports, ...needed, rest, 'export {}'].join('\n')
}
