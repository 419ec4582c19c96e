import type { MarkdownOptions } from 'vitepress'
import { type ValueName, valueDefinitions } from '../theme/samples/values.ts'

type Transformer = NonNullable<MarkdownOptions['codeTransformers']>[number]
type Children = Parameters<NonNullable<Transformer['span']>>[0]['children']

const examples = Object.entries(valueDefinitions).flatMap(([name, { replaces }]) =>
  replaces.map((text) => ({ name: name as ValueName, text })),
)

/** Marks the examples in samples that the reader can replace. */
export const markValues: Transformer = {
  name: 'mark-values',
  preprocess(code, options) {
    if (!/^(?:sh|js|ts)$/.test(options.lang)) return
    const found = examples.flatMap(({ name, text }) =>
      [...code.matchAll(new RegExp(text.replaceAll('.', '\\.'), 'g'))].map(({ index }) => ({
        start: index,
        end: index + text.length,
        properties: { 'data-value': name },
      })),
    )
    options.decorations = [...(options.decorations ?? []), ...found]
  },
}

/** Lets lines of code break at spaces only, and never inside a word such as `--password-stdin`. */
export const keepWords: Transformer = {
  name: 'keep-words',
  span(element) {
    element.children = element.children.flatMap(
      (child): Children => (child.type === 'text' ? child.value.split(/(\s+)/).map(toWord) : [child]),
    )
  },
}

function toWord(value: string): Children[number] {
  const text = { type: 'text', value } as const
  // Longer ones are no words, and have to fit on a phone.
  if (!/\S[-/?]\S/.test(value) || value.length > 44) return text
  return { type: 'element', tagName: 'span', properties: { class: 'word' }, children: [text] }
}
