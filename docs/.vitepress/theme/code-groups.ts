const key = 'particle-grants:tab'
const inputs = '.vp-code-group .tabs input'

/** Selects the tab that the reader clicks in every group that has it, on this page and the next ones. */
export function rememberTabs(): void {
  addEventListener('click', ({ target }) => {
    if (!(target instanceof HTMLInputElement && target.matches(inputs))) return
    const label = labelOf(target)
    if (/^\d{3}/.test(label)) return // a response, not a tool
    storage()?.setItem(key, label)
    // Groups above may change their height: the clicked tab stays under the pointer.
    const before = target.getBoundingClientRect().top
    showTabs(label)
    scrollBy({ top: target.getBoundingClientRect().top - before, behavior: 'instant' })
  })
}

/** Selects the last chosen tab in every group that has it. */
export function showChosenTabs(): void {
  const label = storage()?.getItem(key)
  if (label) showTabs(label)
}

function showTabs(label: string): void {
  for (const group of document.querySelectorAll('.vp-code-group')) {
    const tabs = [...group.querySelectorAll<HTMLInputElement>('.tabs input')]
    const chosen = tabs.findIndex((tab) => labelOf(tab) === label)
    if (chosen === -1) continue
    for (const [index, tab] of tabs.entries()) tab.checked = index === chosen
    const blocks = group.querySelector('.blocks')?.children ?? []
    for (const [index, block] of [...blocks].entries()) block.classList.toggle('active', index === chosen)
  }
}

function labelOf({ labels }: HTMLInputElement): string {
  return labels?.[0]?.textContent?.trim() ?? ''
}

/** Where a browser has no storage, the choice is valid for this page only. */
function storage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}
