// Filters while somebody types or chooses: the server makes the list, as it does without a script.
(() => {
  'use strict'
  const PAUSE = 150
  let timer
  let running

  const addressOf = form => {
    const parameters = new URLSearchParams()
    for (const [name, value] of new FormData(form)) {
      if (value && !(name === 'sort' && value === 'name')) parameters.append(name, value)
    }
    const query = parameters.toString()
    return form.action.split('?')[0] + (query && '?' + query)
  }

  const show = async form => {
    const address = addressOf(form)
    if (running) running.abort()
    running = new AbortController()
    const main = document.querySelector('main')
    main.setAttribute('aria-busy', 'true')
    try {
      const answer = await fetch(address, { headers: { Accept: 'text/html' }, signal: running.signal })
      if (!answer.ok) throw new Error(String(answer.status))
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      // The form stays, and with it what is being typed.
      for (const part of ['.findings', '.columns']) {
        const [old, now] = [document.querySelector(part), page.querySelector(part)]
        if (!old || !now) throw new Error('another page')
        const wasOpen = old.querySelector('.facets details')
        const isOpen = now.querySelector('.facets details')
        if (wasOpen && isOpen) isOpen.open = wasOpen.open
        // The count is announced where it stood, so that screen readers hear the change.
        const [said, says] = [old.querySelector('#count'), now.querySelector('#count')]
        old.replaceWith(now)
        if (said && says) {
          const text = says.textContent
          says.textContent = said.textContent
          setTimeout(() => { says.textContent = text }, 50)
        }
      }
      document.title = page.title
      history.replaceState(null, '', address)
      fitFilters()
      main.removeAttribute('aria-busy')
    } catch (error) {
      if (error.name === 'AbortError') return
      // Whatever is in the way, the form does it without a script.
      location.assign(address)
    }
  }

  // On a narrow screen the filters would push the list out of sight.
  const fitFilters = first => {
    const filters = document.querySelector('.facets > details')
    if (first && filters && matchMedia('(max-width: 50rem)').matches) filters.open = false
  }

  const form = document.querySelector('form.search')
  fitFilters(true)
  if (!form) return
  const button = form.querySelector('button')
  if (button) button.closest('p').hidden = true
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(() => show(form), PAUSE)
  }
  form.addEventListener('input', later)
  form.addEventListener('change', later)
  form.addEventListener('submit', event => {
    event.preventDefault()
    clearTimeout(timer)
    show(form)
  })
})()
