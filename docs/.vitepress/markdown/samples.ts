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

/** The colours that code has most often, as Shiki writes them to each of its words. */
const colours = [
  '#0E1116 #F0F3F6',
  '#A0111F #FF9492',
  '#032563 #ADDCFF',
  '#023B95 #91CBFF',
  '#622CBC #DBB7FF',
  '#024C1A #72F088',
  '#702C00 #FFB757',
  '#66707B #BDC4CC',
].map((pair) => `--shiki-light:${pair.replace(' ', ';--shiki-dark:')};`)

/** The styles of the classes of `colourClasses`. The first colour is that of code without a class. */
export const colourStyles = colours.map((style, at) => `${at === 0 ? '.vp-code' : `.c${at}`}{${style}}`).join('')

/** Replaces the usual colours by classes: in style attributes they are a quarter of a grant page. */
export const colourClasses: Transformer = {
  name: 'colour-classes',
  pre(element) {
    element.properties.class = 'vp-code'
  },
  span(element) {
    const { style, ...others } = element.properties
    const at = colours.indexOf(`${style};`)
    if (at >= 0) element.properties = { ...others, ...(at > 0 && { class: `c${at}` }) }
  },
  line(line) {
    line.children = line.children.flatMap((child): Children => {
      const isPlain = child.type === 'element' && Object.keys(child.properties).length === 0
      return isPlain ? child.children : [child]
    })
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
