import type { MarkdownOptions } from 'vitepress'
import { type ValueName, valueDefinitions } from '../theme/samples/values.ts'

type Transformer = NonNullable<MarkdownOptions['codeTransformers']>[number]

const examples = Object.entries(valueDefinitions).flatMap(([name, { replaces }]) =>
  replaces.map((text) => ({ name: name as ValueName, text })),
)

/** Marks the examples in samples that the reader can replace. */
export const markValues: Transformer = {
  name: 'mark-values',
  preprocess(code, options) {
    if (!/^(?:sh|js|ts)$/.test(options.lang)) return
    options.decorations = [
      ...(options.decorations ?? []),
      ...examples.flatMap(({ name, text }) =>
        [...code.matchAll(new RegExp(text.replaceAll('.', '\\.'), 'g'))].map(({ index }) => ({
          start: index,
          end: index + text.length,
          properties: { 'data-value': name },
        })),
      ),
    ]
  },
}

/** Lets lines of code break at spaces only, and never inside a word such as `--password-stdin`. */
export const keepWords: Transformer = {
  name: 'keep-words',
  span(element) {
    element.children = element.children.flatMap((child) =>
      child.type !== 'text'
        ? [child]
        : child.value
            .split(/(\s+)/)
            .filter((part) => part !== '')
            .map((value) =>
              !/\S[-/?]\S|--/.test(value)
                ? ({ type: 'text', value } as const)
                : ({
                    type: 'element',
                    tagName: 'span',
                    properties: { class: 'word' },
                    children: [{ type: 'text', value }],
                  } as const),
            ),
    )
  },
}
