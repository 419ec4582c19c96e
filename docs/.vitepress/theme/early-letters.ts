const box = () => document.querySelector<HTMLInputElement>('#localsearch-input')

/**
 * Keeps what is typed between the key that opens the search and the moment when its box is there: the box is loaded first,
 * and letters would be lost meanwhile.
 */
export function keepEarlyLetters(): void {
  let typed: string | undefined
  const arrival = new MutationObserver(() => {
    const input = box()
    if (input === null) return
    arrival.disconnect()
    if (typed) put(input, typed)
    typed = undefined
  })
  const take = (event: KeyboardEvent) => {
    if (typed === undefined) {
      if (!opensSearch(event) || box() !== null) return
      typed = ''
      arrival.observe(document.body, { childList: true, subtree: true })
    } else if (event.key === 'Escape') {
      typed = undefined
      arrival.disconnect()
    } else {
      typed = after(typed, event)
    }
  }
  addEventListener('keydown', take, { capture: true })
}

/** The text after a key; keys that write nothing leave it. */
function after(text: string, { key, ctrlKey, metaKey, altKey }: KeyboardEvent): string {
  if (ctrlKey || metaKey || altKey) return text
  if (key === 'Backspace') return text.slice(0, -1)
  return key.length === 1 ? text + key : text
}

/** As if it had been typed into the box, in place of what was searched for the last time. */
function put(input: HTMLInputElement, text: string): void {
  input.value = text
  input.setSelectionRange(text.length, text.length)
  input.dispatchEvent(new Event('input', { bubbles: true }))
}

/** The keys that VitePress opens the search by. */
function opensSearch({ key, ctrlKey, metaKey, target }: KeyboardEvent): boolean {
  if (key.toLowerCase() === 'k' && (ctrlKey || metaKey)) return true
  const writing =
    target instanceof HTMLElement && target.closest('input, select, textarea, [contenteditable]')
  return key === '/' && !writing
}
