/** JSON on one line where it fits, else one member a line; so on inwards. */
export function formatJson(value: unknown, width: number): string {
  const flat = oneLine(value)
  if (flat.length <= width || typeof value !== 'object' || value === null) return flat
  const inner = width - 2
  if (Array.isArray(value)) {
    return enclose(
      '[',
      value.map((item) => formatJson(item, inner)),
      ']',
    )
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${formatJson(member, inner - name.length - 4)}`,
  )
  return enclose('{', members, '}')
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${oneLine(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

function enclose(open: string, items: readonly string[], close: string): string {
  const inside = items.map((item) => `  ${item.replaceAll('\n', '\n  ')}`).join(',\n')
  return `${open}\n${inside}\n${close}`
}
