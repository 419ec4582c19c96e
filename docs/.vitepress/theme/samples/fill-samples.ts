import { toSampleText, type ValueName } from './values.ts'

const marked = '[data-value]'

/** Puts the reader's values into the samples of the page, as text. Without a value a sample shows its example. */
export function fillSamples(): void {
  for (const element of document.querySelectorAll<HTMLElement>(marked)) {
    element.dataset.example ??= element.textContent ?? ''
    const language = element.closest('[class*="language-"]')?.classList.contains('language-sh') ? 'sh' : 'js'
    const text = toSampleText(element.dataset.value as ValueName, language)
    element.textContent = text ?? element.dataset.example
    element.classList.toggle('filled', text !== undefined)
    // Only a collapsed sample has a customer.
    const part = element.dataset.value === 'customer' && text !== undefined && element.closest('details')
    if (part) part.open = true
  }
}

/** Returns the names of the values in the samples of the page. */
export function findValueNames(): readonly ValueName[] {
  const elements = [...document.querySelectorAll<HTMLElement>(marked)]
  return [...new Set(elements.map(({ dataset }) => dataset.value as ValueName))]
}
