/*
 * What the scripts of all pages share: numbers as text, elements, the tooltip, the theme. It stands before them in the page's one script.
 * The page tells on <html> how it went: data-errors counts errors, data-ready is set when all is drawn, data-overflow when the page is too wide.
 */
const hone = (() => {
  'use strict';

  const root = document.documentElement;
  root.dataset.errors = '0';
  const countError = () => { root.dataset.errors = String(Number(root.dataset.errors) + 1); };
  addEventListener('error', countError);
  addEventListener('unhandledrejection', countError);
  document.addEventListener('securitypolicyviolation', countError);

  // ---------------------------------------------------------------- words

  const DASH = '–';
  const isNumber = v => typeof v === 'number' && Number.isFinite(v);
  const formats = new Map();

  /** A number with thousands separators and d decimals; a real minus sign. */
  function fixed(v, d = 0) {
    if (!isNumber(v)) return DASH;
    if (!formats.has(d)) formats.set(d, new Intl.NumberFormat('en-US', { minimumFractionDigits: d, maximumFractionDigits: d }));
    const text = formats.get(d).format(v);
    return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace('-', '−');
  }
  const percent = (v, d = 1) => isNumber(v) ? fixed(v * 100, d) + '%' : DASH;
  const significant = (v, digits = 4) => !isNumber(v) ? DASH : v === 0 ? '0' : fixed(v, Math.max(0, Math.min(10, digits - 1 - Math.floor(Math.log10(Math.abs(v))))));

  // ---------------------------------------------------------------- elements

  function build(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.flat(Infinity).filter(c => c !== null && c !== undefined && c !== false && c !== ''));
    return element;
  }
  const h = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);
  const SVG = document.querySelector('svg').namespaceURI;
  const s = (tag, attributes, ...children) => build(document.createElementNS(SVG, tag), attributes, children);
  const byId = id => document.getElementById(id);

  const tip = byId('tip');
  function showTip(x, y, lines) {
    tip.replaceChildren(...lines.map((line, i) => h('div', null, i === 0 && lines.length > 1 ? h('b', null, line) : line)));
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(6, Math.min(x + 14, root.clientWidth - width - 6))}px`;
    tip.style.top = `${y + 18 + height > innerHeight ? Math.max(6, y - height - 12) : y + 18}px`;
  }
  const hideTip = () => { tip.hidden = true; };

  function copyButton(text) {
    const button = h('button', { type: 'button', class: 'tool', onclick: async () => {
      let done = false;
      try { await navigator.clipboard.writeText(text); done = true; } catch {
        // Pages from a file may not use the clipboard; the old way still works there.
        const area = h('textarea', { class: 'unseen' }, text);
        document.body.append(area);
        area.select();
        try { done = document.execCommand('copy'); } catch { /* said below */ }
        area.remove();
      }
      button.textContent = done ? 'Copied' : 'Select and copy by hand';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    } }, 'Copy');
    return button;
  }

  // ---------------------------------------------------------------- theme

  /** Wires the button that switches between light and dark; draw is called whenever the theme is new. Returns what sets it. */
  function themes(draw) {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    let chosen = /(^|[#&])(dark|light)\b/.exec(location.hash)?.[2] ?? null;
    // Pages from a file may not have a store.
    try { chosen ??= localStorage.getItem('hone-theme'); } catch { /* then the system's choice holds */ }

    const chosenOrSystem = () => chosen === 'dark' || chosen === 'light' ? chosen : dark.matches ? 'dark' : 'light';
    function set(theme = chosenOrSystem()) {
      root.dataset.theme = theme;
      byId('theme').textContent = theme === 'dark' ? 'Light' : 'Dark';
      byId('theme').setAttribute('aria-label', `Switch to the ${theme === 'dark' ? 'light' : 'dark'} theme`);
      draw();
    }
    byId('theme').addEventListener('click', () => {
      chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
      try { localStorage.setItem('hone-theme', chosen); } catch { /* not remembered */ }
      set(chosen);
    });
    dark.addEventListener('change', () => set());
    return set;
  }

  /** Says that all is drawn, and whether the page is too wide. */
  function ready() {
    root.dataset.overflow = String(root.scrollWidth > root.clientWidth);
    root.dataset.ready = 'true';
  }

  return { root, DASH, isNumber, fixed, percent, significant, h, s, byId, showTip, hideTip, copyButton, themes, ready };
})();

