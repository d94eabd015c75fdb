/*
 * Draws the report of an evaluation from the JSON in #data. Nothing is loaded from anywhere; every text goes into the page as text, never as markup.
 */
(() => {
  'use strict';

  const { root, DASH, isNumber, fixed, percent, h, s, byId, showTip, hideTip, copyButton, themes, ready } = hone;
  const significant = (v, digits = 5) => hone.significant(v, digits);
  const bytes = v => v >= 1048576 ? `${fixed(v / 1048576, 1)} MiB` : `${fixed(v / 1024, 1)} KiB`;

  const paint = name => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const label = (x, y, anchor, words, css) => s('text', { x, y, 'text-anchor': anchor, class: css }, words);

  const section = (id, title, lead, ...children) => h('section', { id }, h('h2', null, title), lead ? h('p', { class: 'lead' }, lead) : null, children);

  function niceTicks(low, high, count) {
    const raw = (high - low || 1) / count, power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].map(f => f * power).find(t => t >= raw * 0.999);
    const ticks = [];
    for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) ticks.push(v);
    return { ticks, decimals: Math.max(0, Math.min(10, -Math.floor(Math.log10(step * 1.001)) + (Math.abs(step / power - 2.5) < 1e-9 ? 1 : 0))) };
  }

  // ---------------------------------------------------------------- learning curves

  const COLOURS = 8;
  const DASHES = ['', '6 3', '2 2', '9 3 2 3', '12 4'];
  const SHOWN_AT_FIRST = 5;
  const drawings = [];

  function curves(data) {
    // A baseline that was evaluated as a learner, too, is drawn once.
    const names = data.classification ? ['no-change', 'majority'] : ['last-value', 'running-mean'];
    const lines = [
      ...data.learners.filter(l => l.curve && !names.includes(l.name)).map((l, i) => ({ name: l.name, curve: l.curve, colour: `c${i % COLOURS + 1}`, dash: DASHES[Math.floor(i / COLOURS) % DASHES.length], drifts: l.drifts, width: i === 0 ? 2.4 : 1.6, shown: i < SHOWN_AT_FIRST })),
      { name: names[0], curve: data.last.curve, colour: 'ink', dash: '5 4', drifts: [], width: 1.4, shown: true },
      { name: names[1], curve: data.frequent.curve, colour: 'faint', dash: '2 3', drifts: [], width: 1.4, shown: true },
    ];
    const figure = v => data.classification ? percent(v) : significant(v);
    const host = h('div', { class: 'figure-svg plot-host' });
    const legend = h('div', { class: 'legend' }, lines.map(line => {
      const button = h('button', { type: 'button', 'aria-pressed': String(line.shown), onclick: () => { line.shown = !line.shown; button.setAttribute('aria-pressed', String(line.shown)); draw(); } },
        s('svg', { width: 20, height: 10, 'aria-hidden': 'true' }, s('line', { x1: 0, x2: 20, y1: 5, y2: 5, stroke: `var(--${line.colour})`, 'stroke-width': 2, 'stroke-dasharray': line.dash || null })), line.name);
      return button;
    }));

    function draw() {
      const width = host.clientWidth;
      if (width < 50) return;
      const shown = lines.filter(l => l.shown);
      const left = 58, right = 10, top = 8, height = 320, strip = 9;
      const marked = shown.filter(l => l.drifts.length > 0);
      const bottom = top + height;
      const values = shown.flatMap(l => l.curve).filter(isNumber);
      let low = values.length ? Math.min(...values) : 0, high = values.length ? Math.max(...values) : 1;
      const pad = Math.max((high - low) * 0.06, data.classification ? 0.005 : Math.abs(high) * 0.01 + 1e-12);
      low -= pad; high += pad;
      if (data.classification) { low = Math.max(0, low); high = Math.min(1, high); }
      const first = data.ends.length > 1 ? data.ends[0] : 0;
      const x = row => left + (row - first) / Math.max(1, data.rows - first) * (width - left - right);
      const y = v => bottom - (v - low) / (high - low || 1) * height;
      const total = bottom + 24 + marked.length * strip + 6;
      const parts = [];
      const { ticks, decimals } = niceTicks(low, high, 6);
      for (const v of ticks) parts.push(s('line', { x1: left, x2: width - right, y1: y(v), y2: y(v), class: 'grid' }), label(left - 8, y(v) + 4, 'end', data.classification ? percent(v, Math.max(0, decimals - 2)) : fixed(v, decimals)));
      for (const v of niceTicks(first, data.rows, Math.max(2, Math.floor(width / 160))).ticks) parts.push(label(x(v), bottom + 17, v > data.rows * 0.97 ? 'end' : 'middle', fixed(v)));
      for (const line of shown.toReversed()) {
        let path = '', pen = 'M';
        line.curve.forEach((v, i) => { if (isNumber(v)) { path += `${pen}${x(data.ends[i]).toFixed(1)},${y(v).toFixed(1)}`; pen = 'L'; } else pen = 'M'; });
        if (data.ends.length === 1 && isNumber(line.curve[0])) parts.push(s('circle', { cx: x(data.ends[0]), cy: y(line.curve[0]), r: 4, fill: `var(--${line.colour})` }));
        parts.push(s('path', { d: path || 'M0,0', fill: 'none', stroke: `var(--${line.colour})`, 'stroke-width': line.width, 'stroke-dasharray': line.dash || null, 'stroke-linejoin': 'round' }));
      }
      marked.forEach((line, i) => {
        const at = bottom + 26 + i * strip;
        for (const row of line.drifts) if (row >= first) parts.push(s('path', { d: `M${x(row).toFixed(1)},${at + 6}l-3.2,-6h6.4z`, fill: `var(--${line.colour})` }, s('title', null, `${line.name}: drift alarm at row ${fixed(row)}`)));
      });
      const cross = s('line', { y1: top, y2: bottom, class: 'axis', visibility: 'hidden' });
      parts.push(cross);
      const svg = s('svg', { viewBox: `0 0 ${width} ${total}`, height: total, role: 'img', tabindex: '0',
        'aria-label': `${data.classification ? 'Accuracy' : 'Mean absolute error'} over the last ${fixed(data.window)} rows. At the end: ${shown.map(l => `${l.name} ${figure(l.curve.at(-1))}`).join(', ')}.` }, parts);
      function point(index, clientX, clientY) {
        cross.setAttribute('x1', x(data.ends[index])); cross.setAttribute('x2', x(data.ends[index])); cross.setAttribute('visibility', 'visible');
        const sorted = [...shown].filter(l => isNumber(l.curve[index])).sort((a, b) => (data.classification ? -1 : 1) * (a.curve[index] - b.curve[index])).slice(0, 14);
        showTip(clientX, clientY, [`up to row ${fixed(data.ends[index])}`, ...sorted.map(l => `${l.name} ${figure(l.curve[index])}`)]);
      }
      let at = data.ends.length - 1;
      const out = () => { cross.setAttribute('visibility', 'hidden'); hideTip(); };
      svg.addEventListener('pointermove', e => {
        const box = svg.getBoundingClientRect(), row = first + (e.clientX - box.left - left) / (width - left - right) * (data.rows - first);
        at = data.ends.reduce((best, end, i) => Math.abs(end - row) < Math.abs(data.ends[best] - row) ? i : best, 0);
        point(at, e.clientX, e.clientY);
      });
      svg.addEventListener('pointerleave', out);
      svg.addEventListener('blur', out);
      svg.addEventListener('keydown', e => {
        const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: -1e6, End: 1e6 }[e.key];
        if (e.key === 'Escape') out();
        if (!by) return;
        e.preventDefault();
        at = Math.max(0, Math.min(data.ends.length - 1, at + by));
        const box = svg.getBoundingClientRect();
        point(at, box.left + x(data.ends[at]), box.top + 40);
      });
      host.replaceChildren(svg);
    }
    drawings.push(draw);
    return h('figure', { class: 'chart' }, legend, host);
  }

  // ---------------------------------------------------------------- the table

  function table(data) {
    const covers = data.learners.some(l => isNumber(l.coverage));
    const name = (l, below) => [l.name, below ? h('span', { class: 'down' }, ` ${below}`) : null];
    const common = [
      ['rows/s', l => fixed(l.per_second), l => l.per_second], ['memory', l => isNumber(l.memory) ? bytes(l.memory) : '', l => l.memory],
      // Said only where somebody allocates in the loop: nobody should.
      ...data.learners.some(l => l.bytes_per_row > 0) ? [['bytes a row', l => isNumber(l.bytes_per_row) ? fixed(l.bytes_per_row, l.bytes_per_row > 0 && l.bytes_per_row < 10 ? 2 : 0) : '', l => l.bytes_per_row]] : [], ['drifts', l => isNumber(l.drift_count) ? fixed(l.drift_count) : '', l => l.drift_count],
    ];
    const columns = data.classification
      ? [['learner', l => name(l, l.below ? 'below no-change' : ''), l => l.name],
        ['accuracy', l => percent(l.accuracy, 2), l => l.accuracy], ['kappa', l => fixed(l.kappa, 3), l => l.kappa], ['kappa-t', l => fixed(l.kappa_temporal, 3), l => l.kappa_temporal],
        ['log-loss', l => fixed(l.log_loss, 4), l => l.log_loss], ['AUC', l => fixed(l.auc, 3), l => l.auc], ...covers ? [['90% sets cover', l => isNumber(l.coverage) ? `${percent(l.coverage)} (${fixed(l.size, 2)})` : DASH, l => l.coverage]] : [], ...common]
      : [['regressor', l => name(l, l.below ? 'worse than the last value' : ''), l => l.name],
        ['MAE', l => significant(l.mae), l => l.mae], ['RMSE', l => significant(l.rmse), l => l.rmse], ['R²', l => fixed(l.r2, 3), l => l.r2],
        ...covers ? [['90% intervals cover', l => isNumber(l.coverage) ? `${percent(l.coverage)} (${significant(l.size, 4)})` : DASH, l => l.coverage]] : [], ...common];
    const figure = data.classification ? 'accuracy' : 'mae';
    const kappa = accuracy => data.last.figure < 1 ? (accuracy - data.last.figure) / (1 - data.last.figure) : null;
    const rows = [...data.learners];
    for (const [title, part] of data.classification ? [['no-change', data.last], ['majority', data.frequent]] : [['last-value', data.last], ['running-mean', data.frequent]])
      if (!rows.some(l => l.name === title)) rows.push({ name: `${title} (baseline)`, baseline: true, [figure]: part.figure, kappa_temporal: data.classification ? kappa(part.figure) : null });
    let order = 1, down = data.classification;
    const body = h('tbody');
    const heads = columns.map(([title], i) => h('th', { scope: 'col', class: i > 0 ? 'number' : null }, h('button', { type: 'button', onclick: () => { down = order === i ? !down : i > 0; order = i; fill(); } }, title)));
    function fill() {
      const key = columns[order][2];
      const value = l => { const v = key(l); return v === undefined || v === null ? null : v; };
      rows.sort((a, b) => {
        const [p, q] = [value(a), value(b)];
        if (p === null || q === null) return (p === null) - (q === null);
        return (down ? -1 : 1) * (p < q ? -1 : p > q ? 1 : 0);
      });
      heads.forEach((th, i) => { if (i === order) th.setAttribute('aria-sort', down ? 'descending' : 'ascending'); else th.removeAttribute('aria-sort'); });
      body.replaceChildren(...rows.map(l => h('tr', { class: l.baseline ? 'soft' : null }, columns.map(([, cell], i) => h('td', { class: i > 0 ? 'number' : 'nowrap' }, cell(l))))));
    }
    fill();
    return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Learners' }, h('table', null, h('caption', { class: 'unseen' }, 'Learners and baselines'), h('thead', null, h('tr', null, heads)), body));
  }

  // ---------------------------------------------------------------- reliability

  function reliability(part) {
    const known = part.bins.filter(([p, o]) => isNumber(p) && isNumber(o));
    if (known.length === 0) return h('p', { class: 'empty' }, 'There are no scored predictions.');
    const host = h('div', { class: 'figure-svg' });
    drawings.push(() => {
      const width = host.clientWidth;
      const size = Math.max(120, Math.min(width - 66, 330)), left = 58, top = 8, bottom = top + size;
      const all = known.flatMap(([p, o, , a, b]) => [p, o, a, b]).filter(isNumber);
      let low = Math.min(...all), high = Math.max(...all);
      const pad = Math.max((high - low) * 0.06, 0.005);
      low = Math.max(0, low - pad); high = Math.min(1, high + pad);
      const x = v => left + (v - low) / (high - low) * size, y = v => bottom - (v - low) / (high - low) * size;
      const { ticks, decimals } = niceTicks(low * 100, high * 100, 5);
      const parts = ticks.map(t => t / 100).map(v => [
        s('line', { x1: left, x2: left + size, y1: y(v), y2: y(v), class: 'grid' }), s('line', { x1: x(v), x2: x(v), y1: top, y2: bottom, class: 'grid' }),
        label(left - 8, y(v) + 4, 'end', percent(v, decimals)), label(x(v), bottom + 18, 'middle', percent(v, decimals))]);
      for (const [p, , , a, b] of known) parts.push(s('line', { x1: x(p), x2: x(p), y1: y(a), y2: y(b), stroke: paint('faint'), 'stroke-width': 5, 'stroke-opacity': 0.35 }));
      parts.push(s('line', { x1: x(low), y1: y(low), x2: x(high), y2: y(high), stroke: paint('soft'), 'stroke-dasharray': '4 4' }));
      const most = Math.max(...known.map(b => b[2]), 1);
      for (const [p, o, n, a, b] of known)
        parts.push(s('circle', { cx: x(p), cy: y(o), r: 3 + 6 * Math.sqrt(n / most), fill: paint(o < a || o > b ? 'down' : 'accent'), 'fill-opacity': 0.85, stroke: paint('ground') },
          s('title', null, `${percent(p)} predicted, ${percent(o)} observed in ${fixed(n)} rows; a calibrated learner: ${percent(a)} to ${percent(b)}`)));
      parts.push(label(left + size / 2, bottom + 38, 'middle', part.binary ? 'predicted probability of class 1' : 'probability of the predicted class'));
      parts.push(s('text', { transform: `translate(10 ${top + size / 2}) rotate(-90)`, 'text-anchor': 'middle' }, 'observed frequency'));
      host.replaceChildren(s('svg', { viewBox: `0 0 ${width} ${bottom + 46}`, height: bottom + 46, role: 'img',
        'aria-label': 'Observed frequency at each predicted probability: ' + known.map(([p, o]) => `${percent(p)} predicted, ${percent(o)} observed`).join('; ') + '.' }, parts));
    });
    const inside = part.ece <= part.ece_null;
    return h('div', { class: 'pair' }, h('figure', { class: 'chart' }, host), h('div', null,
      h('p', { class: 'sentence' }, h('b', null, `Expected calibration error ${fixed(part.ece, 4)}`), ` against ${fixed(part.ece_null, 4)}, which a perfectly calibrated learner would stay under in 95% of samples of this size. `,
        inside ? 'The distance is within what chance explains.' : 'The probabilities are off by more than chance explains.'),
      h('p', { class: 'sentence' }, 'The grey bars are where a calibrated learner’s points would lie. Circles grow with the number of rows; vermillion ones are outside.')));
  }

  // ---------------------------------------------------------------- the report

  const data = JSON.parse(byId('data').textContent);
  const list = (css, title, lines) => lines.length === 0 ? null : h('div', { class: `box ${css}` }, h('h2', null, title), h('ul', null, lines.map(line => h('li', null, line))));
  const tile = (name, value, note) => h('div', { class: 'tile' }, h('div', { class: 'name' }, name), h('div', { class: 'value' }, value), h('div', { class: 'note' }, note));
  const best = data.learners[0];

  function figures() {
    if (data.classification && isNumber(best.accuracy)) return [
      tile('Accuracy', percent(best.accuracy, 2), best.name), tile('No-change', percent(data.last.figure, 2), 'the label known last'),
      tile('Majority', percent(data.frequent.figure, 2), 'the most frequent label so far'), tile('Speed', `${fixed(best.per_second)}/s`, 'rows predicted and learned')];
    if (!data.classification) return [
      tile('Mean absolute error', significant(best.mae), best.name), tile('Last value', significant(data.last.figure), 'the target known last'),
      tile('Running mean', significant(data.frequent.figure), 'of the targets known'), tile('Speed', `${fixed(best.per_second)}/s`, 'rows predicted and learned')];
    return [tile('AUC', fixed(best.auc, 3), best.name), tile('Speed', `${fixed(best.per_second)}/s`, 'rows scored and learned')];
  }

  const drawn = data.learners.some(l => l.curve);
  byId('content').replaceChildren(...[
    h('section', { class: 'headline', id: 'figures' },
      h('div', { class: 'title' }, h('h1', null, data.stream), h('span', { class: 'period' }, `${fixed(data.rows)} rows, ${fixed(data.features)} ${data.features === 1 ? 'feature' : 'features'}, ${data.classification ? `${fixed(data.classes.length)} classes of` : 'the number'} ${data.target}`)),
      h('div', { class: 'badges' }, h('span', { class: 'badge' }, `labels are known ${data.labels_known}`), h('span', { class: 'badge' }, 'predict, score, then learn')),
      list('warnings', 'Careful', data.warnings),
      h('div', { class: `verdict ${data.beats === true ? 'edge' : data.beats === false ? 'no-edge' : ''}` }, h('b', null, data.beats === true ? 'learned' : data.beats === false ? 'nothing gained' : 'nothing to compare'), h('p', null, data.verdict)),
      h('div', { class: 'tiles' }, figures())),
    drawn ? section('curves', 'How well each learner learns', `${data.classification ? 'Accuracy' : 'Mean absolute error'} over the last ${fixed(data.window)} rows, scored before the label was learned. A learner is worth something where it is ${data.classification ? 'above' : 'below'} both baselines. ▼ marks a drift alarm of ADWIN on its errors.`, curves(data)) : null,
    section('learners', 'Learners', `Rows per second count the learner’s own loop: predict and learn on every row, parsing and scoring left out. ${data.classification ? 'Kappa-t is the accuracy above that of no-change: below 0, repeating the last known label is better.' : ''}${data.learners.some(l => isNumber(l.coverage)) ? ` In brackets the mean ${data.classification ? 'number of classes in a set' : 'width of an interval'}.` : ''}`, table(data)),
    data.reliability ? section('reliability', `Can the probabilities of ${data.reliability.learner} be trusted?`, '', reliability(data.reliability)) : null,
    data.notices.length > 0 ? section('notices', 'What was read', '', h('ul', null, data.notices.map(n => h('li', null, n)))) : null,
    section('reproduce', 'Reproduce this', 'The same version with this command and file gives the same state hashes, bit for bit.',
      h('div', { class: 'with-copy' }, h('h3', null, 'Command'), copyButton(data.command)), h('pre', { tabindex: '0', 'aria-label': 'Command' }, data.command),
      h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Options and states' }, h('table', null, h('caption', { class: 'unseen' }, 'Options and states'),
        h('thead', null, h('tr', null, ['learner', 'options', 'state hash'].map(t => h('th', { scope: 'col' }, t)))),
        h('tbody', null, data.learners.map(l => h('tr', null, h('td', null, l.name), h('td', null, l.options === '{}' ? 'defaults' : l.options), h('td', { class: 'nowrap' }, l.state_hash)))))),
      h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Provenance' }, h('table', { class: 'pairs' }, h('caption', { class: 'unseen' }, 'Provenance'), h('tbody', null, data.provenance.map(([n, v]) => h('tr', null, h('th', { scope: 'row' }, n), h('td', null, v))))))),
  ].filter(Boolean));
  byId('contents').replaceChildren(...[...document.querySelectorAll('main section')].map(part => h('a', { href: `#${part.id}` }, part.querySelector('h2, h1').textContent)));
  byId('provenance').textContent = data.provenance.slice(0, 4).map(([n, v]) => `${n} ${v}`).join(' · ');

  const draw = () => { for (const drawing of drawings) drawing(); };
  const setTheme = themes(draw);
  let width = 0;
  new ResizeObserver(() => { if (byId('content').clientWidth !== width) { width = byId('content').clientWidth; draw(); } }).observe(byId('content'));
  setTheme();
  ready();
})();
