/*
 * Draws the report from the JSON in #data. Nothing is loaded from anywhere; every text goes into the page as text, never as markup.
 *
 *   1 words: numbers, times, glossary      4 charts that are drawn once (SVG): distribution, reliability, ledger
 *   2 terms that explain themselves        5 tables
 *   3 charts over time (canvas)            6 the report: one function per section, then start
 */
(() => {
  'use strict';

  const { root, DASH, isNumber, fixed, percent, significant, h, s, byId, showTip, hideTip, copyButton, themes, ready } = hone;

  // ---------------------------------------------------------------- 1 words

  const signed = (v, d = 0) => (isNumber(v) && v > 0 ? '+' : '') + fixed(v, d);
  const signedPercent = (v, d = 2) => isNumber(v) ? signed(v * 100, d) + '%' : DASH;
  const multiple = v => isNumber(v) ? fixed(v, 3) + '×' : DASH;
  const price = v => significant(v, 6);
  /** Decimals that tell ticks of this step apart. */
  const decimalsOf = step => Math.max(0, Math.min(10, -Math.floor(Math.log10(step * 1.001)) + (/^2\.?5/.test(String(step / 10 ** Math.floor(Math.log10(step)))) ? 1 : 0)));
  const money = v => fixed(v, 2);
  const signClass = v => isNumber(v) && v !== 0 ? (v > 0 ? 'up' : 'down') : '';
  const plural = (n, one, many = one + 's') => `${fixed(n)} ${n === 1 ? one : many}`;

  /** A time in UTC, to the minute (or the second). */
  function when(ms, length = 16) {
    const date = new Date(ms);
    return isNumber(ms) && !Number.isNaN(date.getTime()) ? date.toISOString().slice(0, length).replace('T', ' ') : DASH;
  }
  const day = ms => when(ms, 10);
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

  /** Figure name → how it is written, and what it means in one sentence. */
  const GLOSSARY = {
    accuracy: ['Accuracy', 'Share of questions whose predicted class came true, scored before the answer was learned.'],
    accuracy_no_change: ['Accuracy of no-change', 'What you get by repeating the last known outcome; a model below it has learned nothing new.'],
    accuracy_majority: ['Accuracy of majority', 'What you get by always naming the most frequent class so far.'],
    adaptations: ['Adaptations', 'Changes the engine made to itself: swaps, lost votes, rate boosts.'],
    adaptive_threshold: ['Threshold', 'Confidence a member needs before its vote leads to a trade; rises while it is over-confident.'],
    adaptive_weight: ['Weight', 'The member’s share in the panel’s vote, earned by its recent log-loss.'],
    alpha: ['Alpha', 'Return that remains after the part explained by holding the market.'],
    auc: ['AUC', 'Chance that a random up case gets a higher probability than a random down case; 0.5 is guessing.'],
    average_bars_held: ['Average bars held', 'Mean length of a trade in bars.'],
    bars: ['Bars', 'Bars of market data that were read.'],
    bars_per_second: ['Bars per second', 'Speed of the whole loop: parsing, features, learning and trading.'],
    beta: ['Beta', 'How much the book moves when the market moves by one.'],
    brier: ['Brier score', 'Mean squared error of the probabilities; 0.25 is what always saying 50% gives with two classes, lower is better.'],
    buy_and_hold: ['Buy and hold', 'Return of buying at the start and never trading again.'],
    cagr: ['CAGR', 'Growth per year that compounds to the whole return.'],
    calibration_error: ['Calibration error', 'Mean confidence minus accuracy: above 0 is over-confident.'],
    calmar: ['Calmar ratio', 'Return per year divided by the maximum drawdown.'],
    carry: ['Carry', 'Funding or borrow paid for holding positions.'],
    cvar: ['CVaR', 'Mean daily loss on the worst days.'],
    config_hash: ['Config hash', 'Two runs with the same hash had the same effective configuration.'],
    data_hash: ['Data hash', 'Hash of the parsed bars; the same data gives the same hash whatever the file looked like.'],
    deflated_sharpe: ['Deflated Sharpe', 'Probability that the true Sharpe ratio is above what the best of all tries would show by luck alone; it counts every try in the ledger.'],
    drawdown: ['Drawdown', 'How far the equity is below its highest point so far.'],
    drifts: ['Drift alarms', 'Times a detector found that a member’s loss, or an input, had changed for good.'],
    ece: ['Expected calibration error', 'Mean distance between predicted probability and observed frequency; compare it with what perfect calibration would show at this sample size.'],
    ece_null: ['ECE under perfect calibration', 'Upper 95% limit of the calibration error that a perfectly calibrated model would show by chance.'],
    effective_sample_size: ['Effective sample size', 'Number of answers after those with overlapping horizons are counted only once.'],
    ema_accuracy: ['EMA accuracy', 'Exponential average of hits; too noisy to decide anything on, so it is only shown.'],
    equity: ['Equity', 'Cash plus open positions at market price, as a multiple of the start.'],
    expectancy: ['Expectancy', 'Mean net result of one trade.'],
    exposure: ['Exposure', 'Signed value of the position divided by equity.'],
    feature_count: ['Features', 'Number of inputs the models see at each bar.'],
    fees: ['Fees', 'Commission paid to the venue.'],
    hit_rate: ['Hit rate', 'Share of trades that ended with a gain after costs.'],
    ic: ['Information coefficient', 'Correlation between prediction and later return; 0.02 to 0.05 is good, above 0.2 is suspicious.'],
    information_ratio: ['Information ratio', 'Return over the benchmark per unit of its deviation.'],
    kappa: ['Kappa', 'Accuracy above chance: 0 is guessing with the class frequencies, 1 is perfect.'],
    kappa_m: ['Kappa M', 'Accuracy above that of the majority class.'],
    kappa_temporal: ['Temporal kappa', 'Accuracy above that of no-change; below 0 means that repeating the last outcome would have been better.'],
    kurtosis: ['Kurtosis', 'Weight of the tails of daily returns; a normal distribution has 3.'],
    log_loss: ['Log-loss', 'Mean negative logarithm of the probability given to what came true; 0.6931 is always saying 50%, lower is better.'],
    max_drawdown: ['Maximum drawdown', 'Deepest fall of equity from an earlier high.'],
    min_track_record_length: ['Minimum track record', 'Days needed before a Sharpe ratio of this size can be told from zero.'],
    ml_contribution: ['Added by the models', 'Net profit of the run minus that of the same rules without models.'],
    net_profit: ['Net profit', 'Profit after all costs, as a fraction of starting equity.'],
    p_value: ['p-value', 'Share of the shifted runs that did at least as well; above 5% the result cannot be told from luck.'],
    panel_acted: ['Panel acted', 'Share of decisions in which the panel passed its threshold.'],
    probabilistic_sharpe: ['Probabilistic Sharpe', 'Probability that the true Sharpe ratio is above zero, given length, skew and tails of the returns.'],
    profit_factor: ['Profit factor', 'Sum of gains divided by sum of losses; 1 is break-even.'],
    random_same_turnover: ['Random, same turnover', 'The same positions shifted to 200 other times: what luck earns with as much trading.'],
    regime: ['Regime', 'Trend and volatility of the market, found from past bars alone.'],
    reliability: ['Reliability', 'Observed frequency at each predicted probability; a calibrated model lies on the diagonal.'],
    rules_only: ['Rules only', 'The shadow book of the same rules without any model.'],
    seconds: ['Seconds', 'From the first parsed byte to the last event.'],
    seed: ['Seed', 'The same seed, data, config and version give the same bits.'],
    sharpe: ['Sharpe ratio', 'Mean return divided by its standard deviation, scaled to a year.'],
    skew: ['Skew', 'Asymmetry of daily returns; below 0 the large moves are losses.'],
    slippage: ['Slippage', 'What fills cost beyond the quoted price.'],
    sortino: ['Sortino ratio', 'Like Sharpe, but only falls count as risk.'],
    spread: ['Spread', 'Half the distance between bid and ask, paid at each market fill.'],
    spread_and_slippage: ['Spread and slippage', 'What market fills cost beyond the quoted middle price.'],
    state_hash: ['State hash', 'Hash of everything the session knows at the end; equal hashes mean equal runs, bit for bit.'],
    total_fees: ['Total fees', 'What was paid in fees over the whole run.'],
    trades: ['Trades', 'Round trips from flat to flat.'],
    trials: ['Tries', 'Fits, search steps and challengers in the ledger; the deflated Sharpe ratio counts them all.'],
    turnover: ['Turnover', 'Traded value as a multiple of equity.'],
    var: ['VaR', 'Daily loss that is exceeded on one day in twenty.'],
    version: ['Version', 'Version of Hone that made the run.'],
    volatility: ['Volatility', 'Standard deviation of returns, per year.'],
    votes: ['Votes', 'Rule and panel at entry, with each member’s probability, weight and threshold.'],
    win_rate: ['Win rate', 'Share of trades that ended with a gain after costs.'],
  };
  const ALIASES = {
    psr: 'probabilistic_sharpe', dsr: 'deflated_sharpe', sharpe_ratio: 'sharpe', sortino_ratio: 'sortino', calmar_ratio: 'calmar', maximum_drawdown: 'max_drawdown', mdd: 'max_drawdown',
    no_change: 'accuracy_no_change', majority: 'accuracy_majority', brier_score: 'brier', information_coefficient: 'ic', temporal_kappa: 'kappa_temporal', expected_calibration_error: 'ece',
    n_eff: 'effective_sample_size', effective_samples: 'effective_sample_size', logloss: 'log_loss', threshold: 'adaptive_threshold', weight: 'adaptive_weight',
    annual_volatility: 'volatility', value_at_risk: 'var', features: 'feature_count', drift_alarms: 'drifts', tries: 'trials', skewness: 'skew', expected_shortfall: 'cvar',
  };
  const keyOf = name => { const key = name.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, ''); return Object.hasOwn(ALIASES, key) ? ALIASES[key] : key; };
  const meaning = name => Object.hasOwn(GLOSSARY, keyOf(name)) ? GLOSSARY[keyOf(name)] : null;
  /** A figure's name as it is shown: names like max_drawdown become words, names that are words already stay. */
  function labelOf(name) {
    if (!/^[a-z0-9_ ]+$/.test(name)) return name;
    const words = name.replaceAll('_', ' ');
    // An alias shares the explanation but keeps its own words, unless it is an abbreviation.
    const key = words.replaceAll(' ', '_');
    return (Object.hasOwn(GLOSSARY, key) || words.length <= 4) && meaning(name) ? meaning(name)[0] : words.charAt(0).toUpperCase() + words.slice(1);
  }

  // ---------------------------------------------------------------- 2 terms

  const say = text => { byId('live').textContent = text; };

  /** Events that show lines while the pointer or the focus is on an element. */
  function explained(lines) {
    const show = e => { const box = e.currentTarget.getBoundingClientRect(); showTip(box.left, box.bottom - 12, lines); };
    return { onmouseenter: show, onfocus: show, onclick: show, onmouseleave: hideTip, onblur: hideTip };
  }

  /** A name that explains itself when the glossary knows it. */
  function term(name, text = labelOf(name)) {
    const entry = meaning(name);
    return entry ? h('button', { type: 'button', class: 'term', 'aria-label': `${text}: ${entry[1]}`, ...explained([entry[1]]) }, text) : text;
  }

  // ---------------------------------------------------------------- 3 charts over time

  const GUTTER = 62, AXIS = 20, STRIP = 13;
  const DASHES = [[], [6, 3], [2, 2], [9, 3, 2, 3], [12, 4]];
  let colours = {};
  let charts = [];

  function readColours() {
    const style = getComputedStyle(root);
    colours = {};
    for (const name of ['ground', 'surface', 'ink', 'soft', 'faint', 'line', 'grid', 'accent', 'up', 'down', 'alarm', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8',
      'bull', 'bear', 'sideways', 'vol-high', 'vol-normal', 'vol-low'])
      colours[name] = style.getPropertyValue(`--${name}`).trim();
    colours.font = `11px ${style.getPropertyValue('--sans').trim()}`;
  }

  /** First index whose value is not below the wanted one, in ascending values. */
  function lowerBound(values, wanted) {
    let from = 0, to = values.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (values[middle] < wanted) from = middle + 1; else to = middle;
    }
    return from;
  }

  /** The shared window on time. x is the number of the sample, so nights and week-ends take no room. */
  class TimeAxis {
    constructor(times) {
      this.times = times;
      this.length = times.length;
      this.listeners = [];
      this.cross = null;
      this.hidden = new Set();
      [this.from, this.to] = this.whole;
    }

    get whole() { return [-0.5, Math.max(this.length, 1) - 0.5]; }
    get span() { return this.to - this.from; }
    get zoomed() { return this.span < Math.max(this.length, 1) - 1e-9; }

    set(from, to) {
      const [first, last] = this.whole;
      const span = Math.max(Math.min(8, last - first), Math.min(to - from, last - first));
      const middle = (from + to) / 2;
      this.from = Math.max(first, Math.min(middle - span / 2, last - span));
      this.to = this.from + span;
      this.tell('view');
    }
    reset() { this.set(...this.whole); }
    zoom(factor, at = this.cross ?? (this.from + this.to) / 2) { this.set(at - (at - this.from) * factor, at + (this.to - at) * factor); }
    pan(by) { this.set(this.from + by, this.to + by); }
    point(index) {
      const next = index === null || this.length === 0 ? null : Math.max(0, Math.min(this.length - 1, Math.round(index)));
      if (next !== this.cross) { this.cross = next; this.tell('cross'); }
    }
    tell(what) { for (const listener of this.listeners) listener(what); }

    /** Position of a time between the samples. */
    indexOf(ms) {
      const i = lowerBound(this.times, ms);
      if (i === 0) return 0;
      if (i === this.length) return this.length - 1;
      return i - 1 + (ms - this.times[i - 1]) / (this.times[i] - this.times[i - 1]);
    }

    /** Places and words of time ticks for this width. */
    ticks(width) {
      if (this.length === 0) return [];
      const first = Math.max(0, Math.ceil(this.from)), last = Math.min(this.length - 1, Math.floor(this.to));
      const t0 = this.times[first], t1 = this.times[last];
      const wanted = Math.max(2, Math.floor(width / 80));
      const fixedSteps = [1e3, 5e3, 15e3, 3e4, 6e4, 3e5, 9e5, 18e5, 36e5, 108e5, 216e5, 432e5, 864e5, 1728e5, 6048e5];
      const step = fixedSteps.find(u => (t1 - t0) / u <= wanted);
      const places = [];
      if (step) {
        // Weeks begin on Monday; 1970-01-01 was a Thursday.
        const offset = step === 6048e5 ? 3456e5 : 0;
        for (let t = Math.ceil((t0 - offset) / step) * step + offset; t <= t1; t += step) places.push(t);
      } else {
        const months = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200].find(m => (t1 - t0) / (m * 2629800e3) <= wanted) ?? 12000;
        const d = new Date(t0);
        for (let m = Math.ceil((d.getUTCFullYear() * 12 + d.getUTCMonth()) / months) * months, k = 0; k < 200; m += months, k++) {
          const t = Date.UTC(Math.floor(m / 12), m % 12);
          if (t > t1) break;
          if (t >= t0) places.push(t);
        }
      }
      if (places.length === 0) places.push(t0);
      const ticks = [];
      for (const t of places) {
        const i = lowerBound(this.times, t);
        const x = (i - this.from) / this.span * width;
        if (i > last || (ticks.length > 0 && x - ticks[ticks.length - 1].x < 58)) continue;
        const d = new Date(t);
        const midnight = t % 864e5 === 0, monthStart = midnight && d.getUTCDate() === 1;
        const text = monthStart && d.getUTCMonth() === 0 ? String(d.getUTCFullYear()) : !step ? MONTHS[d.getUTCMonth()] + (ticks.length === 0 ? ` ${d.getUTCFullYear()}` : '')
          : midnight ? `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]}` : when(t, step < 6e4 ? 19 : 16).slice(11);
        ticks.push({ x, text: places.length === 1 ? day(t) : text });
      }
      return ticks;
    }
  }

  /** Round steps between low and high. */
  function niceTicks(low, high, wanted) {
    const raw = (high - low) / Math.max(1, wanted);
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = power * ([1, 2, 2.5, 5, 10].find(m => m * power >= raw * 0.999) ?? 10);
    const ticks = [];
    for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9 && ticks.length < 40; v += step) ticks.push(Math.abs(v) < step * 1e-9 ? 0 : v);
    return { ticks, step };
  }

  function fitCanvas(canvas, width, height) {
    const scale = Math.min(devicePixelRatio || 1, 3);
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext('2d');
    context.setTransform(canvas.width / Math.max(1, width), 0, 0, canvas.height / Math.max(1, height), 0, 0);
    return context;
  }

  /**
   * A chart on the shared time axis. Options: title, height, series [{name, colour, values, stride, width, dash, fill}], format(v), include [values always in
   * range], bounds [lowest, highest], extent(i0, i1) → [low, high] of other drawings, under/over(chart, context), strips [{name, values, colours}],
   * hover(chart, x, y) → lines, readout(i) → [[name, value]…], rows (names instead of a y axis), gutter, tools, term.
   */
  class TimeChart {
    constructor(axis, options) {
      Object.assign(this, { axis, options, width: 0, pointers: new Map(), dirty: false });
      this.series = options.series ?? [];
      // A chart without a value needs no room.
      if (!options.rows && !this.series.some(({ values }) => values.some(isNumber))) this.options = { ...options, height: 72, strips: [] };
      this.gutter = options.gutter ?? GUTTER;
      this.base = h('canvas', { 'aria-hidden': 'true' });
      this.top = h('canvas', { 'aria-hidden': 'true' });
      this.hint = h('div', { class: 'hint' }, 'Click the chart, then zoom with the wheel');
      this.plot = h('div', { class: 'plot', tabindex: '0', role: 'img', 'aria-label': this.summary(), 'aria-describedby': 'usage' }, this.base, this.top, this.hint);
      this.plot.style.height = `${this.options.height}px`;
      this.legend = h('div', { class: options.readout ? 'readout' : 'legend' });
      this.element = h('figure', { class: 'chart' },
        h('figcaption', null, h('h3', null, options.term ? term(options.term, options.title) : options.title), options.tools ? h('div', { class: 'tools' }, options.tools) : ''),
        this.legend, this.plot);
      this.buildLegend();
      this.listen();
      axis.listeners.push(what => {
        if (what === 'view') this.invalidate();
        if (what === 'legend') { this.buildLegend(); this.invalidate(); }
        if (what === 'cross') this.drawCross();
      });
      charts.push(this);
    }

    get plotHeight() { return this.options.height - AXIS - (this.options.strips?.length ?? 0) * STRIP; }
    get plotWidth() { return Math.max(1, this.width - this.gutter); }
    get empty() { return this.axis.length === 0 || (!this.options.rows && this.low === undefined); }
    x(index) { return (index - this.axis.from) / this.axis.span * this.plotWidth; }
    index(x) { return this.axis.from + x / this.plotWidth * this.axis.span; }
    y(value) { return this.plotHeight * (1 - (value - this.low) / (this.high - this.low)); }
    shown(series) { return !this.axis.hidden.has(series.name); }
    at(series, index) { return series.values[Math.floor(index / (series.stride ?? 1))]; }

    /** One sentence per curve for those who do not see it. */
    summary() {
      const parts = this.series.slice(0, 8).map(({ name, values }) => {
        const known = values.filter(isNumber);
        if (known.length === 0) return `${name}: no values`;
        const [low, high] = known.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
        const f = this.options.format;
        return `${name}: from ${f(known[0])} to ${f(known[known.length - 1])}, lowest ${f(low)}, highest ${f(high)}`;
      });
      if (this.series.length > 8) parts.push(`and ${this.series.length - 8} more`);
      return `${this.options.title}. ${this.options.describe ?? ''}${parts.join('; ')}.`;
    }

    buildLegend() {
      if (this.options.readout) return;
      const toggle = name => { const { hidden } = this.axis; if (!hidden.delete(name)) hidden.add(name); this.axis.tell('legend'); };
      const all = shown => { for (const { name } of this.series) if (shown) this.axis.hidden.delete(name); else this.axis.hidden.add(name); this.axis.tell('legend'); };
      const focused = this.legend.contains(document.activeElement) ? document.activeElement.dataset.name : null;
      this.values = new Map();
      this.legend.replaceChildren(...this.series.map(series => {
        const swatch = h('span', { class: 'swatch' });
        swatch.style.borderTopColor = `var(--${series.colour})`;
        if (series.dash?.length) swatch.style.borderTopStyle = series.dash[0] > 3 ? 'dashed' : 'dotted';
        const value = h('output');
        this.values.set(series, value);
        return h('button', { type: 'button', 'aria-pressed': String(this.shown(series)), 'data-name': series.name, onclick: () => toggle(series.name) }, swatch, series.name, value);
      }), ...(this.series.length > 6 ? [h('button', { type: 'button', class: 'usage', onclick: () => all(true) }, 'all'), h('button', { type: 'button', class: 'usage', onclick: () => all(false) }, 'none')] : []));
      if (focused) [...this.legend.children].find(b => b.dataset.name === focused)?.focus();
      this.readValues();
    }

    /** Values at the crosshair (at the end without one). */
    readValues() {
      const { axis, options } = this;
      const index = axis.cross ?? axis.length - 1;
      if (options.readout) this.legend.replaceChildren(...(index < 0 ? [] : options.readout(index).map(([name, value]) => h('span', null, name ? h('i', null, name) : '', value))));
      else for (const [series, output] of this.values) output.textContent = index < 0 ? '' : options.format(this.at(series, index) ?? NaN);
    }

    /** Element whose width the chart has. */
    get host() { return this.plot; }

    /** Draws with the next frame, or when the chart comes into view. */
    invalidate() {
      if (this.dirty) return;
      this.dirty = true;
      requestAnimationFrame(() => { if (this.dirty && this.visible !== false) this.draw(); });
    }

    findRange() {
      const { axis, options } = this;
      const i0 = Math.max(0, Math.floor(axis.from)), i1 = Math.min(axis.length - 1, Math.ceil(axis.to));
      let low = Infinity, high = -Infinity;
      const take = v => { if (isNumber(v)) { if (v < low) low = v; if (v > high) high = v; } };
      for (const series of this.series) {
        if (!this.shown(series)) continue;
        const stride = series.stride ?? 1;
        for (let j = Math.floor(i0 / stride); j <= Math.floor(i1 / stride); j++) take(series.values[j]);
      }
      options.extent?.(i0, i1).forEach(take);
      this.low = this.high = undefined;
      if (low > high) return;
      options.include?.forEach(take);
      const pad = high > low ? (high - low) * 0.07 : Math.abs(high) * 0.01 || 1;
      const [lowest, highest] = options.bounds ?? [-Infinity, Infinity];
      this.low = Math.max(low - pad, lowest);
      this.high = Math.min(high + pad, highest);
      if (this.high <= this.low) [this.low, this.high] = [low - pad, high + pad];
    }

    draw() {
      this.dirty = false;
      if (this.width === 0) return;
      const { options, plotWidth, plotHeight } = this;
      const c = this.context = fitCanvas(this.base, this.width, options.height);
      c.font = colours.font;
      c.textBaseline = 'middle';
      this.findRange();
      if (this.empty) {
        c.fillStyle = colours.faint;
        c.textAlign = 'center';
        c.fillText('No values', plotWidth / 2, plotHeight / 2);
        this.drawCross();
        return;
      }
      this.drawAxes(c);
      c.save();
      c.beginPath();
      c.rect(0, 0, plotWidth, plotHeight);
      c.clip();
      options.under?.(this, c);
      for (const series of this.series.toReversed()) if (this.shown(series)) this.drawLine(c, series);
      options.over?.(this, c);
      c.restore();
      this.drawStrips(c);
      this.drawCross();
    }

    drawAxes(c) {
      const { plotWidth, plotHeight } = this;
      c.lineWidth = 1;
      c.strokeStyle = colours.grid;
      c.fillStyle = colours.soft;
      c.textAlign = 'left';
      if (!this.options.rows) {
        const { ticks, step } = niceTicks(this.low, this.high, Math.max(3, plotHeight / 52));
        for (const v of ticks) {
          const y = Math.round(this.y(v)) + 0.5;
          line(c, 0, y, plotWidth, y);
          if (y > 5 && y < plotHeight - 4) c.fillText((this.options.tick ?? this.options.format)(v, step), plotWidth + 7, y);
        }
      }
      c.textAlign = 'center';
      for (const { x, text } of this.axis.ticks(plotWidth)) {
        const half = c.measureText(text).width / 2;
        line(c, Math.round(x) + 0.5, 0, Math.round(x) + 0.5, plotHeight);
        c.fillText(text, Math.max(half, Math.min(plotWidth - half, x)), this.options.height - AXIS / 2 + 1);
      }
      c.strokeStyle = colours.line;
      line(c, 0, plotHeight + 0.5, plotWidth, plotHeight + 0.5);
    }

    drawLine(c, { values, stride = 1, colour, width = 1.5, dash = [], fill }) {
      const last = this.axis.length - 1;
      const j0 = Math.max(0, Math.floor(this.axis.from / stride) - 1), j1 = Math.min(values.length - 1, Math.ceil(this.axis.to / stride) + 1);
      c.strokeStyle = c.fillStyle = colours[colour];
      c.lineWidth = width;
      c.lineJoin = 'round';
      c.setLineDash(dash);
      c.beginPath();
      let open = false, startX = 0, x = 0, run = 0;
      const base = this.y(0);
      const close = () => {
        if (!open) return;
        if (run === 1) c.arc(x, this.y(values[this.lastJ]), 1.6, 0, 7);
        c.stroke();
        if (fill) {
          c.lineTo(x, base);
          c.lineTo(startX, base);
          c.globalAlpha = 0.16;
          c.fill();
          c.globalAlpha = 1;
        }
        open = false;
      };
      for (let j = j0; j <= j1; j++) {
        if (!isNumber(values[j])) { close(); continue; }
        x = this.x(Math.min(j * stride + stride - 1, last));
        if (open) { c.lineTo(x, this.y(values[j])); run++; }
        else { c.beginPath(); c.moveTo(x, this.y(values[j])); startX = x; open = true; run = 1; }
        this.lastJ = j;
      }
      close();
      c.setLineDash([]);
    }

    drawStrips(c) {
      (this.options.strips ?? []).forEach(({ name, values, fills }, k) => {
        const y = this.plotHeight + 3 + k * STRIP;
        const i0 = Math.max(0, Math.floor(this.axis.from)), i1 = Math.min(this.axis.length - 1, Math.ceil(this.axis.to));
        for (let i = i0; i <= i1;) {
          let j = i;
          while (j < i1 && values[j + 1] === values[i]) j++;
          const fill = fills[values[i]];
          const x0 = Math.max(0, this.x(i - 0.5)), x1 = Math.min(this.plotWidth, this.x(j + 0.5));
          if (fill) { c.fillStyle = colours[fill]; c.fillRect(x0, y, Math.max(0.5, x1 - x0), STRIP - 4); }
          i = j + 1;
        }
        c.fillStyle = colours.soft;
        c.textAlign = 'left';
        c.fillText(name, this.plotWidth + 7, y + STRIP / 2 - 2);
      });
    }

    drawCross() {
      if (this.width === 0) return;
      this.readValues();
      const c = fitCanvas(this.top, this.width, this.options.height);
      if (this.brush) {
        const [a, b] = [Math.min(...this.brush), Math.max(...this.brush)];
        c.globalAlpha = 0.16;
        c.fillStyle = colours.accent;
        c.fillRect(a, 0, b - a, this.plotHeight);
        c.globalAlpha = 1;
      }
      const { cross } = this.axis;
      if (cross === null || this.empty) return;
      const x = this.x(cross);
      if (x < -1 || x > this.plotWidth + 1) return;
      c.font = colours.font;
      c.textBaseline = 'middle';
      c.strokeStyle = colours.faint;
      c.setLineDash([3, 3]);
      line(c, Math.round(x) + 0.5, 0, Math.round(x) + 0.5, this.options.height - AXIS);
      if (this.hoverY !== undefined && !this.options.rows && this.hoverY < this.plotHeight) {
        line(c, 0, Math.round(this.hoverY) + 0.5, this.plotWidth, Math.round(this.hoverY) + 0.5);
        c.setLineDash([]);
        const v = this.low + (1 - this.hoverY / this.plotHeight) * (this.high - this.low);
        tag(c, this.options.format(v), this.plotWidth + 2, this.hoverY, 'left');
      }
      c.setLineDash([]);
      for (const series of this.series) {
        const v = this.shown(series) ? this.at(series, cross) : null;
        if (!isNumber(v)) continue;
        c.beginPath();
        c.arc(x, this.y(v), 3, 0, 7);
        c.fillStyle = colours[series.colour];
        c.fill();
        c.strokeStyle = colours.ground;
        c.stroke();
      }
      tag(c, when(this.axis.times[cross]), Math.max(54, Math.min(this.plotWidth - 54, x)), this.options.height - AXIS / 2 + 1, 'center');
    }

    listen() {
      const { plot, axis, pointers } = this;
      const local = e => { const box = plot.getBoundingClientRect(); return [e.clientX - box.left, e.clientY - box.top]; };
      const clampX = x => Math.max(0, Math.min(this.plotWidth, x));

      plot.addEventListener('pointerdown', e => {
        if (e.button > 1) return;
        const [x] = local(e);
        pointers.set(e.pointerId, x);
        plot.setPointerCapture(e.pointerId);
        hideTip();
        if (e.pointerType === 'mouse' && e.button === 0 && !e.shiftKey) this.brush = [clampX(x), clampX(x)];
        else if (pointers.size > 1) this.brush = null;
      });
      plot.addEventListener('pointermove', e => {
        const [x, y] = local(e);
        const before = pointers.get(e.pointerId);
        if (before !== undefined && pointers.size === 2) {
          // Pinch: what was under the two fingers stays under them.
          const [other] = [...pointers].filter(([id]) => id !== e.pointerId).map(([, ox]) => ox);
          const [a, b] = [this.index(before), this.index(other)];
          pointers.set(e.pointerId, x);
          if (Math.abs(x - other) > 12) {
            const perPixel = (a - b) / (x - other);
            if (perPixel > 0) axis.set(b - other * perPixel, b + (this.plotWidth - other) * perPixel);
          }
          return;
        }
        if (this.brush) this.brush[1] = clampX(x);
        else if (before !== undefined) {
          pointers.set(e.pointerId, x);
          if (axis.zoomed) axis.pan((before - x) / this.plotWidth * axis.span);
        }
        this.hoverY = e.pointerType === 'mouse' ? y : undefined;
        axis.point(this.index(clampX(x)));
        this.drawCross();
        const lines = this.brush && Math.abs(this.brush[1] - this.brush[0]) > 4 ? null : this.options.hover?.(this, x, y);
        if (lines?.length) showTip(e.clientX, e.clientY, lines); else hideTip();
      });
      const release = e => {
        pointers.delete(e.pointerId);
        const brush = this.brush;
        this.brush = null;
        if (brush && e.type === 'pointerup' && Math.abs(brush[1] - brush[0]) > 6) axis.set(this.index(Math.min(...brush)), this.index(Math.max(...brush)));
        else this.drawCross();
      };
      plot.addEventListener('pointerup', release);
      plot.addEventListener('pointercancel', release);
      plot.addEventListener('pointerleave', () => { if (pointers.size === 0) { this.hoverY = undefined; hideTip(); axis.point(null); } });
      plot.addEventListener('dblclick', () => axis.reset());
      plot.addEventListener('wheel', e => {
        const mine = document.activeElement === plot || e.ctrlKey || e.metaKey || e.shiftKey;
        const sideways = !e.shiftKey && Math.abs(e.deltaX) > Math.abs(e.deltaY);
        if (sideways && axis.zoomed) { e.preventDefault(); axis.pan(e.deltaX / this.plotWidth * axis.span); return; }
        if (sideways) return;
        const delta = e.deltaY || e.deltaX;
        if (!mine) {
          // The page scrolls as usual; whoever wants to zoom learns how.
          this.hint.classList.add('shown');
          clearTimeout(this.hintTimer);
          this.hintTimer = setTimeout(() => this.hint.classList.remove('shown'), 900);
        } else if (delta < 0 || axis.zoomed) {
          e.preventDefault();
          axis.zoom(Math.exp(Math.max(-1, Math.min(1, delta * 0.002))), this.index(clampX(local(e)[0])));
        }
      }, { passive: false });
      plot.addEventListener('keydown', e => {
        const step = e.shiftKey ? Math.max(1, Math.round(axis.span / 20)) : 1;
        const start = axis.cross ?? Math.round((axis.from + axis.to) / 2);
        const move = to => { axis.point(to); if (axis.cross < axis.from || axis.cross > axis.to) axis.pan(axis.cross - (axis.from + axis.to) / 2); };
        const actions = {
          ArrowLeft: () => move(start - step), ArrowRight: () => move(start + step), Home: () => move(0), End: () => move(axis.length - 1),
          PageUp: () => axis.pan(-axis.span / 2), PageDown: () => axis.pan(axis.span / 2),
          '+': () => axis.zoom(0.6), '=': () => axis.zoom(0.6), '-': () => axis.zoom(1 / 0.6), 0: () => axis.reset(),
          Escape: () => { axis.point(null); hideTip(); plot.blur(); },
        };
        if (e.ctrlKey || e.metaKey || e.altKey || !Object.hasOwn(actions, e.key)) return;
        e.preventDefault();
        actions[e.key]();
        if (axis.cross === null) return;
        const values = this.options.readout ? this.options.readout(axis.cross).filter(([n]) => n) : this.series.filter(x => this.shown(x)).map(x => [x.name, this.options.format(this.at(x, axis.cross) ?? NaN)]);
        say(`${when(axis.times[axis.cross])}. ${values.map(([n, v]) => `${n} ${v}`).join(', ')}`);
        const lines = this.options.hover?.(this, this.x(axis.cross), null);
        const box = plot.getBoundingClientRect();
        if (lines?.length) showTip(box.left + this.x(axis.cross), box.top + 20, lines); else hideTip();
      });
      plot.addEventListener('blur', () => { if (!plot.matches(':hover')) { axis.point(null); hideTip(); } });
    }
  }

  function line(c, x0, y0, x1, y1) { c.beginPath(); c.moveTo(x0, y0); c.lineTo(x1, y1); c.stroke(); }

  /** Text on a dark label, as at the ends of a crosshair. */
  function tag(c, text, x, y, align) {
    const width = c.measureText(text).width + 8;
    const left = align === 'center' ? x - width / 2 : x;
    c.fillStyle = colours.ink;
    c.fillRect(left, y - 8, width, 16);
    c.fillStyle = colours.ground;
    c.textAlign = 'left';
    c.fillText(text, left + 4, y);
  }

  function triangle(c, x, y, size, up) {
    c.beginPath();
    c.moveTo(x, y - (up ? size : -size));
    c.lineTo(x - size, y + (up ? size : -size) * 0.8);
    c.lineTo(x + size, y + (up ? size : -size) * 0.8);
    c.closePath();
  }

  function diamond(c, x, y, size) {
    c.beginPath();
    c.moveTo(x, y - size); c.lineTo(x + size, y); c.lineTo(x, y + size); c.lineTo(x - size, y);
    c.closePath();
  }

  /** The whole history in small, with the window on it to drag. */
  function overview(axis, values) {
    const canvas = h('canvas');
    const element = h('div', { class: 'overview', 'aria-hidden': 'true', title: 'Drag to move the window; drag its edges to change it' }, canvas);
    const known = values.filter(isNumber);
    const low = known.reduce((a, v) => Math.min(a, v), Infinity), high = known.reduce((a, v) => Math.max(a, v), -Infinity);
    const part = { element, width: 0 };
    const plotWidth = () => Math.max(1, part.width - GUTTER);
    const n = Math.max(axis.length, 1);
    const x = i => (i + 0.5) / n * plotWidth();
    part.draw = () => {
      if (part.width === 0) return;
      const c = fitCanvas(canvas, part.width, 40);
      c.strokeStyle = colours.faint;
      c.beginPath();
      values.forEach((v, i) => { if (isNumber(v)) c.lineTo(x(i), 36 - (high > low ? (v - low) / (high - low) : 0.5) * 32); });
      c.stroke();
      const [a, b] = [x(axis.from), x(axis.to)];
      c.globalAlpha = 0.72;
      c.fillStyle = colours.ground;
      c.fillRect(0, 0, a, 40);
      c.fillRect(b, 0, plotWidth() - b, 40);
      c.globalAlpha = 1;
      c.strokeStyle = axis.zoomed ? colours.accent : colours.line;
      c.strokeRect(a + 0.5, 0.5, Math.max(1, b - a - 1), 39);
    };
    part.host = element;
    let drag = null;
    const at = e => (e.clientX - element.getBoundingClientRect().left) / plotWidth() * n - 0.5;
    element.addEventListener('pointerdown', e => {
      const i = at(e), edge = 8 / plotWidth() * n;
      const mode = Math.abs(i - axis.from) < edge ? 'from' : Math.abs(i - axis.to) < edge ? 'to' : 'window';
      if (mode === 'window' && (i < axis.from || i > axis.to)) axis.pan(i - (axis.from + axis.to) / 2);
      drag = { mode, i };
      element.setPointerCapture(e.pointerId);
    });
    element.addEventListener('pointermove', e => {
      if (!drag) return;
      const i = at(e);
      if (drag.mode === 'from') axis.set(Math.min(i, axis.to - 8), axis.to);
      else if (drag.mode === 'to') axis.set(axis.from, Math.max(i, axis.from + 8));
      else { axis.pan(i - drag.i); drag.i = i; }
    });
    for (const end of ['pointerup', 'pointercancel']) element.addEventListener(end, () => { drag = null; });
    axis.listeners.push(what => { if (what === 'view') part.draw(); });
    charts.push(part);
    return element;
  }

  // ---------------------------------------------------------------- 4 charts drawn once

  /** A figure whose SVG is drawn anew for each width, so that text keeps its size. */
  function svgFigure(title, label, height, draw, name) {
    const host = h('div', { class: 'figure-svg' });
    const part = { width: 0, draw: () => {
      if (part.width > 0) host.replaceChildren(s('svg', { viewBox: `0 0 ${part.width} ${height}`, height, role: 'img', 'aria-label': label }, draw(part.width)));
    } };
    part.host = host;
    charts.push(part);
    part.element = h('figure', { class: 'chart' }, h('figcaption', null, h('h3', null, name ? term(name, title) : title)), host);
    return part.element;
  }
  const text = (x, y, anchor, content, css) => s('text', { x, y, 'text-anchor': anchor, class: css }, content);
  const paint = name => `var(--${name})`;

  function distribution({ net_profits, own, p_value }) {
    const values = net_profits.filter(isNumber);
    if (values.length === 0) return h('p', { class: 'empty' }, 'There are no random runs to compare with.');
    const better = values.filter(v => v >= own).length;
    const label = `Net profit of ${values.length} runs with the same positions at other times, from ${signedPercent(values[0])} to ${signedPercent(values[values.length - 1])}; this run ${signedPercent(own)}.`;
    const figure = svgFigure('Against random, same turnover', label, 230, width => {
      const all = isNumber(own) ? [...values, own] : values;
      let low = Math.min(...all), high = Math.max(...all);
      if (high <= low) { low -= 0.01; high += 0.01; }
      const margin = (high - low) * 0.04;
      low -= margin; high += margin;
      const bins = Math.max(8, Math.min(32, Math.floor(width / 22)));
      const counts = new Array(bins).fill(0);
      for (const v of values) counts[Math.min(bins - 1, Math.floor((v - low) / (high - low) * bins))]++;
      const most = Math.max(...counts), top = 34, bottom = 202;
      const x = v => (v - low) / (high - low) * width;
      const parts = counts.map((count, i) => s('rect', {
        x: i * width / bins + 0.75, y: bottom - count / most * (bottom - top), width: width / bins - 1.5, height: count / most * (bottom - top), fill: paint('faint'), 'fill-opacity': 0.55,
      }, s('title', null, `${plural(count, 'run')} from ${signedPercent(low + i * (high - low) / bins)} to ${signedPercent(low + (i + 1) * (high - low) / bins)}`)));
      const { ticks, step } = niceTicks(low, high, width / 110);
      for (const v of ticks) if (x(v) > 18 && x(v) < width - 18) parts.push(text(x(v), 221, 'middle', signedPercent(v, decimalsOf(step * 100))));
      parts.push(s('line', { x1: 0, x2: width, y1: bottom + 0.5, y2: bottom + 0.5, class: 'axis' }));
      if (low < 0 && high > 0) parts.push(s('line', { x1: x(0), x2: x(0), y1: top, y2: bottom, class: 'axis', 'stroke-dasharray': '2 3' }));
      if (isNumber(own)) parts.push(
        s('line', { x1: x(own), x2: x(own), y1: 18, y2: bottom, stroke: paint('accent'), 'stroke-width': 2.5 }),
        text(Math.max(60, Math.min(width - 60, x(own))), 11, 'middle', `this run ${signedPercent(own)}`, 'strong'));
      return parts;
    }, 'random_same_turnover');
    const sentence = h('p', { class: 'sentence' }, isNumber(p_value)
      ? [`${fixed(better)} of ${plural(values.length, 'shifted run')} did at least as well: `, h('b', null, term('p_value', 'p'), ` = ${fixed(p_value, 3)}`),
        p_value <= 0.05 ? '. Luck with the same amount of trading rarely gets here.' : '. This result cannot be told from luck.']
      : 'There is no p-value without trades.');
    return h('div', null, figure, sentence);
  }

  function reliability(bins, ece, eceNull) {
    const known = bins.filter(([p, o]) => isNumber(p) && isNumber(o));
    if (known.length === 0) return h('p', { class: 'empty' }, 'There are no scored predictions.');
    const label = 'Observed frequency at each predicted probability: ' + known.map(([p, o, n]) => `${percent(p)} predicted, ${percent(o)} observed in ${plural(n, 'answer')}`).join('; ') + '.';
    const figure = svgFigure('Reliability of the panel', label, 400, width => {
      const size = Math.max(120, Math.min(width - 56, 330)), left = 48, top = 8, bottom = top + size;
      const all = known.flatMap(([p, o, , a, b]) => [p, o, a, b]).filter(isNumber);
      let low = Math.min(...all), high = Math.max(...all);
      const pad = Math.max((high - low) * 0.06, 0.005);
      low = Math.max(0, low - pad); high = Math.min(1, high + pad);
      const x = v => left + (v - low) / (high - low) * size, y = v => bottom - (v - low) / (high - low) * size;
      const { ticks, step } = niceTicks(low, high, 5);
      const decimals = decimalsOf(step * 100);
      const parts = ticks.map(v => [
        s('line', { x1: left, x2: left + size, y1: y(v), y2: y(v), class: 'grid' }), s('line', { x1: x(v), x2: x(v), y1: top, y2: bottom, class: 'grid' }),
        text(left - 8, y(v) + 4, 'end', percent(v, decimals)), text(x(v), bottom + 18, 'middle', percent(v, decimals))]);
      const band = known.filter(([, , , a, b]) => isNumber(a) && isNumber(b));
      if (band.length > 1) parts.push(s('path', {
        d: 'M' + band.map(([p, , , , b]) => `${x(p)},${y(b)}`).join('L') + 'L' + band.toReversed().map(([p, , , a]) => `${x(p)},${y(a)}`).join('L') + 'Z', fill: paint('faint'), 'fill-opacity': 0.22,
      }));
      for (const [p, , , a, b] of band) parts.push(s('line', { x1: x(p), x2: x(p), y1: y(a), y2: y(b), stroke: paint('faint'), 'stroke-opacity': 0.7 }));
      parts.push(s('line', { x1: x(low), y1: y(low), x2: x(high), y2: y(high), stroke: paint('soft'), 'stroke-dasharray': '4 4' }));
      const most = Math.max(...known.map(b => b[2]), 1);
      for (const [p, o, n, a, b] of known) {
        const outside = isNumber(a) && isNumber(b) && (o < a || o > b);
        parts.push(s('circle', { cx: x(p), cy: y(o), r: 3 + 6 * Math.sqrt(n / most), fill: paint(outside ? 'down' : 'accent'), 'fill-opacity': 0.85, stroke: paint('ground') },
          s('title', null, `${percent(p)} predicted, ${percent(o)} observed in ${plural(n, 'answer')}; a calibrated model: ${percent(a)} to ${percent(b)}`)));
      }
      parts.push(text(left + size / 2, bottom + 38, 'middle', 'predicted probability'), s('text', { transform: `translate(10 ${top + size / 2}) rotate(-90)`, 'text-anchor': 'middle' }, 'observed frequency'));
      return parts;
    }, 'reliability');
    const inside = isNumber(ece) && isNumber(eceNull) ? ece <= eceNull : null;
    return h('div', { class: 'pair' }, figure, h('div', null,
      h('p', { class: 'sentence' }, h('b', null, term('ece', 'ECE'), ` ${fixed(ece, 4)}`), ` against ${fixed(eceNull, 4)}, which a perfectly calibrated model would stay under in 95% of samples of this size. `,
        inside === null ? '' : inside ? 'The distance is within what chance explains.' : 'The probabilities are off by more than chance explains.'),
      h('p', { class: 'sentence' }, 'The grey band is where a calibrated model’s points would lie. Circles grow with the number of answers; vermillion ones are outside the band.')));
  }

  /** Parts that sum to a total, as a waterfall. */
  function waterfall(title, parts) {
    const isTotal = name => /^(total|sum|net profit|net_profit)$/i.test(name);
    const known = parts.filter(([name, v]) => isNumber(v) && !isTotal(name));
    if (known.length === 0) return h('p', { class: 'empty' }, 'The ledger is empty.');
    const sum = known.reduce((a, [, v]) => a + v, 0);
    let running = 0;
    const bars = known.map(([name, v]) => { const from = running; running += v; return { name, from, to: running, v }; });
    bars.push({ name: 'Total', from: 0, to: sum, v: sum, total: true });
    const label = `${title}: ${bars.map(b => `${labelOf(b.name)} ${signedPercent(b.v)}`).join('; ')}.`;
    const rowHeight = 34;
    return h('div', { class: 'pair' }, svgFigure(title, label, bars.length * rowHeight + 14, width => {
      const names = Math.min(190, width * 0.4), values = 74, plot = width - names - values;
      let low = Math.min(0, ...bars.map(b => b.to)), high = Math.max(0, ...bars.map(b => b.to));
      if (high <= low) high = low + 1;
      const x = v => names + (v - low) / (high - low) * plot;
      const nodes = [s('line', { x1: x(0), x2: x(0), y1: 0, y2: bars.length * rowHeight + 8, class: 'axis' })];
      bars.forEach((b, i) => {
        const y = i * rowHeight + 8, longest = Math.floor(names / 7);
        const name = labelOf(b.name);
        if (b.total) nodes.push(s('line', { x1: 0, x2: width, y1: y - 4, y2: y - 4, class: 'grid' }));
        nodes.push(
          text(names - 12, y + 16, 'end', name.length > longest ? name.slice(0, longest - 1) + '…' : name, b.total ? 'strong' : ''),
          s('rect', { x: Math.min(x(b.from), x(b.to)), y: y + 3, width: Math.max(1.5, Math.abs(x(b.to) - x(b.from))), height: rowHeight - 15, rx: 2, fill: paint(b.v >= 0 ? 'up' : 'down'), 'fill-opacity': b.total ? 1 : 0.72 },
            s('title', null, `${name}: ${signedPercent(b.v)}`)),
          text(width, y + 16, 'end', signedPercent(b.v), 'strong'));
        if (i < bars.length - 1) nodes.push(s('line', { x1: x(b.to), x2: x(b.to), y1: y + rowHeight - 12, y2: y + rowHeight + 3, class: 'axis', 'stroke-opacity': 0.6 }));
      });
      return nodes;
    }, 'ml_contribution'), table({
      caption: title, rows: bars, columns: [
        { label: 'Part', cell: b => b.total ? h('b', null, b.name) : term(b.name) },
        { label: 'Of starting equity', number: true, cell: b => h('span', { class: signClass(b.v) }, signedPercent(b.v, 3)) },
        { label: 'Running', number: true, cell: b => signedPercent(b.to, 3) },
      ],
    }));
  }

  // ---------------------------------------------------------------- 5 tables

  const PAGE = 50;

  /** Columns: {label, cell(row), sort(row), number, css}. Sorted by a click on a head, filtered by `keep`, 50 rows a page. */
  function table({ caption, rows, columns, keep, empty = 'There are none.', css = '' }) {
    let shown = rows, order = null, page = 0;
    const body = h('tbody');
    const pager = h('div', { class: 'pager' });
    const heads = columns.map((column, i) => h('th', { scope: 'col', class: column.number ? 'number' : null },
      column.sort ? h('button', { type: 'button', onclick: () => { order = { i, down: order?.i === i ? !order.down : Boolean(column.number) }; page = 0; fill(); } }, column.label) : column.label));
    function fill() {
      shown = keep ? rows.filter(keep) : [...rows];
      if (order) {
        const key = columns[order.i].sort, sign = order.down ? -1 : 1;
        shown.sort((a, b) => {
          const [p, q] = [key(a), key(b)];
          // What has no value stands at the end either way.
          if (!(p === null || q === null)) return sign * (p < q ? -1 : p > q ? 1 : 0);
          return (p === null) - (q === null);
        });
      }
      heads.forEach((th, i) => { if (order?.i === i) th.setAttribute('aria-sort', order.down ? 'descending' : 'ascending'); else th.removeAttribute('aria-sort'); });
      const pages = Math.max(1, Math.ceil(shown.length / PAGE));
      page = Math.max(0, Math.min(page, pages - 1));
      const visible = shown.slice(page * PAGE, page * PAGE + PAGE);
      body.replaceChildren(...(visible.length === 0 ? [h('tr', null, h('td', { colspan: columns.length, class: 'empty' }, empty))]
        : visible.map(row => h('tr', null, columns.map(column => h('td', { class: [column.number ? 'number' : '', column.css ?? ''].join(' ').trim() || null }, column.cell(row)))))));
      const turn = by => () => { page += by; fill(); };
      pager.hidden = pages === 1 && !keep;
      pager.replaceChildren(
        h('span', null, shown.length === 0 ? '' : `${fixed(page * PAGE + 1)}${DASH}${fixed(page * PAGE + visible.length)} of ${fixed(shown.length)}`),
        ...(pages > 1 ? [h('button', { type: 'button', class: 'tool', disabled: page === 0, onclick: turn(-1) }, 'Previous'), h('button', { type: 'button', class: 'tool', disabled: page === pages - 1, onclick: turn(1) }, 'Next')] : []));
    }
    fill();
    const element = h('div', null,
      h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, h('table', { class: css }, h('caption', { class: 'unseen' }, caption), h('thead', null, h('tr', null, heads)), body)), pager);
    element.refresh = () => { page = 0; fill(); };
    return element;
  }

  const pairs = (caption, rows) => rows.length === 0 ? h('p', { class: 'empty' }, 'Nothing was recorded.')
    : h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, h('table', { class: 'pairs' }, h('caption', { class: 'unseen' }, caption),
      h('tbody', null, rows.map(([name, value]) => h('tr', null, h('th', { scope: 'row' }, term(name)), h('td', null, value))))));

  // ---------------------------------------------------------------- 6 the report

  const section = (id, title, lead, ...children) => h('section', { id, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, title), lead ? h('p', { class: 'lead' }, lead) : '', children);
  const USAGE = 'Drag to zoom, double-click to see all, Shift-drag to move. Click a chart and the wheel zooms; with the keyboard: ← → move the crosshair, + − zoom, 0 shows all.';

  const TREND = ['sideways', 'bull', 'bear'], VOLATILITY = ['normal', 'high', 'low'];
  const TILES = ['net_profit', 'sharpe', 'deflated_sharpe', 'max_drawdown', 'accuracy', 'kappa_temporal', 'trades', 'ml_contribution'];

  /** Differences and digits back into values, once. */
  function unpack(market) {
    if (market.unpacked) return;
    const sum = values => { let total = 0; return values.map(v => total += v); };
    market.times = sum(market.times);
    market.bars = sum(market.bars);
    market.trend = [...market.trend].map(d => d === ' ' ? null : Number(d));
    market.volatility = [...market.volatility].map(d => d === ' ' ? null : Number(d));
    const names = ['id', 'side', 'opened', 'closed', 'entry', 'exit', 'bars', 'pnl', 'costs', 'gain', 'reason', 'votes'];
    market.trades = market.trades.map(row => Object.fromEntries(row.map((v, i) => [names[i], v])));
    market.unpacked = true;
  }

  function head(market) {
    const { times, bars } = market;
    const minus = value => value.replace(/^-/, '−');
    const sign = value => /^[+]/.test(value) ? 'up' : /^[-−]/.test(value) ? 'down' : '';
    const free = /no costs/i.test(market.cost_model);
    const groups = new Map();
    for (const [group, name, value, note] of market.figures) {
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push([name, value, note]);
    }
    const tiles = TILES.map(key => market.figures.find(f => keyOf(f[1]) === key)).filter(Boolean).slice(0, 8);
    const kinds = { edge: 'Edge', 'no-edge': 'No edge', 'not-enough-data': 'Not enough data' };
    return [
      market.leak_suspicions.length > 0 && h('div', { class: 'box leak', role: 'alert' }, h('h2', null, 'Suspect leak: these results are too good to be true'),
        h('ul', null, market.leak_suspicions.map(line => h('li', null, line))),
        market.leak_probes.length > 0 && [h('h3', null, 'What the leak probes found'), h('ul', null, market.leak_probes.map(line => h('li', null, line)))]),
      market.warnings.length > 0 && h('div', { class: 'box warnings', role: 'note' }, h('h2', null, plural(market.warnings.length, 'warning')), h('ul', null, market.warnings.map(line => h('li', null, line)))),
      h('div', { class: `verdict ${Object.hasOwn(kinds, market.verdict_kind) ? market.verdict_kind : ''}` }, h('b', null, kinds[market.verdict_kind] ?? market.verdict_kind), h('p', null, market.verdict)),
      h('section', { id: 'figures', class: 'headline', 'aria-labelledby': 'figures-title' }, h('h2', { id: 'figures-title', class: 'unseen' }, 'Headline figures'),
        market.figures.length === 0 ? h('p', { class: 'empty' }, 'There are no figures.') : '',
        tiles.length > 0 ? h('div', { class: 'tiles' }, tiles.map(([, name, value, note]) => h('div', { class: 'tile' },
        h('div', { class: 'name' }, term(name)), h('div', { class: `value ${sign(value)}` }, minus(value)), note ? h('div', { class: 'note' }, note) : ''))) : '',
        h('div', { class: 'groups' }, [...groups].map(([name, rows]) => h('div', { class: 'group' }, h('h3', null, name), rows.map(([figure, value, note]) =>
        h('div', { class: 'row' }, h('span', null, term(figure)), h('span', { class: `value ${sign(value)}` }, minus(value)), note ? h('span', { class: 'note' }, note) : '')))))),
    ].reduce((nodes, node) => (node ? [...nodes, node] : nodes), [
      h('div', { class: 'title' }, h('h1', null, market.symbol), h('span', { class: 'period' }, times.length === 0 ? 'no bars'
        : `${day(times[0])} to ${day(times[times.length - 1])} · ${plural((bars[bars.length - 1] ?? 0) + 1, 'bar')} · times in UTC`)),
      h('div', { class: 'badges' }, free ? h('span', { class: 'badge no-costs' }, 'No costs') : '', /^no costs\.?$/i.test(market.cost_model) ? '' : h('span', { class: 'badge' }, market.cost_model)),
    ]);
  }

  function priceChart(market, axis) {
    const { open, high, low, close, trades } = market;
    for (const t of trades) { t.x0 = axis.indexOf(t.opened); t.x1 = axis.indexOf(t.closed); t.win = t.pnl > 0; }
    const perSample = chart => chart.plotWidth / axis.span;
    const inView = t => t.x1 >= axis.from && t.x0 <= axis.to;
    const colourOf = t => colours[t.side === 'long' ? 'up' : 'down'];
    const tool = (label, name, action) => h('button', { type: 'button', class: 'tool', 'aria-label': name, title: name, onclick: action }, label);
    const chart = new TimeChart(axis, {
      title: 'Price', height: 400, format: price, tick: (v, step) => fixed(v, decimalsOf(step)), series: [{ name: 'Close', colour: 'ink', values: close, width: 1.1 }],
      describe: `${plural(trades.length, 'trade')} marked. `,
      tools: [tool('−', 'Zoom out', () => axis.zoom(1 / 0.5)), tool('+', 'Zoom in', () => axis.zoom(0.5)), tool('All', 'Show all', () => axis.reset())],
      extent: (i0, i1) => { let a = NaN, b = NaN; for (let i = i0; i <= i1; i++) { if (!(low[i] >= a)) a = low[i] ?? a; if (!(high[i] <= b)) b = high[i] ?? b; } return [a, b]; },
      strips: [{ name: 'Trend', values: market.trend, fills: TREND }, { name: 'Vol.', values: market.volatility, fills: VOLATILITY.map(v => `vol-${v}`) }],
      readout: i => [['', when(axis.times[i])], ['O', price(open[i])], ['H', price(high[i])], ['L', price(low[i])], ['C', price(close[i])],
        ['trend', TREND[market.trend[i]] ?? DASH], ['volatility', VOLATILITY[market.volatility[i]] ?? DASH], ['bar', fixed(market.bars[i])]],
      under(chart, c) {
        const candles = perSample(chart) >= 5;
        chart.series[0].width = candles ? 0.01 : 1.1;
        const i0 = Math.max(0, Math.floor(axis.from)), i1 = Math.min(axis.length - 1, Math.ceil(axis.to));
        const body = Math.max(1, perSample(chart) * 0.62);
        c.lineWidth = 1;
        for (let i = i0; i <= i1; i++) {
          if (!isNumber(low[i]) || !isNumber(high[i])) continue;
          const x = chart.x(i);
          c.strokeStyle = c.fillStyle = candles ? (close[i] >= open[i] ? colours.bull : colours.bear) : colours.line;
          line(c, x, chart.y(high[i]), x, chart.y(low[i]));
          if (!candles || !isNumber(open[i]) || !isNumber(close[i])) continue;
          const [top, bottom] = [chart.y(Math.max(open[i], close[i])), chart.y(Math.min(open[i], close[i]))];
          c.fillRect(x - body / 2, top, body, Math.max(1, bottom - top));
        }
      },
      over(chart, c) {
        const visible = trades.filter(inView);
        const close = visible.length <= 120;
        const size = close ? 5 : visible.length > 240 ? 2.8 : 3.6;
        c.lineWidth = 1.3;
        for (const t of visible) {
          if (!isNumber(t.entry)) continue;
          const [x0, y0] = [chart.x(t.x0), chart.y(t.entry)];
          c.strokeStyle = c.fillStyle = colourOf(t);
          if (close && isNumber(t.exit)) {
            const [x1, y1] = [chart.x(t.x1), chart.y(t.exit)];
            c.setLineDash(t.win ? [] : [3, 3]);
            line(c, x0, y0, x1, y1);
            c.setLineDash([]);
            c.lineWidth = 1.8;
            line(c, x1 - 3.5, y1 - 3.5, x1 + 3.5, y1 + 3.5);
            line(c, x1 - 3.5, y1 + 3.5, x1 + 3.5, y1 - 3.5);
            c.lineWidth = 1.3;
          }
          triangle(c, x0, y0, size, t.side === 'long');
          if (!t.win) c.fillStyle = colours.ground;
          c.fill();
          c.stroke();
        }
      },
      hover(chart, px, py) {
        const near = (x, value) => isNumber(value) && Math.abs(chart.x(x) - px) <= 8 && (py === null || Math.abs(chart.y(value) - py) <= 10);
        const found = trades.filter(t => inView(t) && (near(t.x0, t.entry) || near(t.x1, t.exit)));
        return found.slice(0, 3).flatMap(t => [
          `${t.side === 'long' ? '▲ Long' : '▼ Short'} #${t.id}: ${signedPercent(t.gain)} (${signed(t.pnl, 2)})`,
          `in ${when(t.opened)} at ${price(t.entry)}, out ${when(t.closed)} at ${price(t.exit)}, ${plural(t.bars, 'bar')}, ${t.reason}`,
        ]).concat(found.length > 3 ? [`and ${found.length - 3} more`] : []);
      },
    });
    market.showTrade = t => {
      const margin = Math.max(12, (t.x1 - t.x0) * 1.5);
      axis.set(t.x0 - margin, t.x1 + margin);
      byId('price').scrollIntoView();
      chart.plot.focus({ preventScroll: true });
      axis.point(t.x0);
    };
    const chip = (colour, label) => { const swatch = h('i'); swatch.style.setProperty('--chip', `var(--${colour})`); return h('span', { class: 'chip' }, swatch, label); };
    const marker = (d, colour, filled, label) => h('span', { class: 'chip' }, s('svg', { viewBox: '0 0 12 12', 'aria-hidden': 'true' },
      s('path', { d, stroke: paint(colour), 'stroke-width': 1.4, fill: filled ? paint(colour) : 'none' })), label);
    const key = h('div', { class: 'key' }, marker('M6 1 11 10H1Z', 'up', true, 'long, won'), marker('M6 1 11 10H1Z', 'up', false, 'long, lost'), marker('M6 11 11 2H1Z', 'down', true, 'short, won'),
      marker('M6 11 11 2H1Z', 'down', false, 'short, lost'), chip('bull', 'bull'), chip('bear', 'bear'), chip('sideways', 'sideways'),
      chip('vol-low', 'low volatility'), chip('vol-normal', 'normal'), chip('vol-high', 'high'));
    return close.some(isNumber) ? [chart.element, overview(axis, close), key] : chart.element;
  }

  /** Colours of members: the panel in ink, baselines grey and broken, the others by the palette. */
  function memberStyles(members) {
    let learners = 0, baselines = 0;
    return members.map(member => {
      if (member.name === 'panel') return { colour: 'ink', width: 2.2, dash: [] };
      if (member.baseline) return { colour: 'faint', width: 1.6, dash: DASHES[1 + baselines++ % 4] };
      const k = learners++;
      return { colour: `c${k % 8 + 1}`, width: 1.2, dash: DASHES[Math.floor(k / 8) % DASHES.length] };
    });
  }

  /** Drift alarms and adaptations along the top of a chart. */
  function marksOf(market, axis) {
    const marks = [
      ...market.drifts.map(([time, , member, detector, statistic]) => ({ x: axis.indexOf(time), drift: true, line: `▼ Drift: ${member}, ${detector} ${significant(statistic)} · ${when(time)}` })),
      ...market.adaptations.map(([time, , member, action, cause]) => ({ x: axis.indexOf(time), drift: false, line: `◆ ${member}: ${action} (${cause}) · ${when(time)}` })),
    ].sort((a, b) => a.x - b.x);
    return {
      over(chart, c) {
        for (const mark of marks) {
          if (mark.x < axis.from || mark.x > axis.to) continue;
          const x = chart.x(mark.x);
          c.fillStyle = c.strokeStyle = colours[mark.drift ? 'down' : 'c4'];
          c.lineWidth = 1;
          c.globalAlpha = marks.length > 150 ? 0.08 : 0.28;
          line(c, Math.round(x) + 0.5, mark.drift ? 10 : 22, Math.round(x) + 0.5, chart.plotHeight);
          c.globalAlpha = 1;
          if (mark.drift) triangle(c, x, 6, 4.2, false); else diamond(c, x, 17, 4.2);
          c.fill();
        }
      },
      hover(chart, px) {
        const found = marks.filter(mark => Math.abs(chart.x(mark.x) - px) <= 6).map(mark => mark.line);
        return found.length > 8 ? [...found.slice(0, 8), `and ${found.length - 8} more`] : found;
      },
    };
  }

  function memberChart(market, axis, field, options, marks) {
    const styles = memberStyles(market.members);
    const series = market.members.map((m, i) => ({ name: m.name, values: m[field], stride: market.member_stride, ...styles[i] })).filter(m => m.values.some(isNumber));
    return new TimeChart(axis, { ...options, series, ...(marks ?? {}), describe: marks ? `${plural(market.drift_count, 'drift alarm')}, ${plural(market.adaptation_count, 'adaptation')} marked. ` : '' }).element;
  }

  function heatMap(market, axis) {
    const { features, times, ratios } = market.feature_drift;
    if (features.length === 0 || times.length === 0 || axis.length === 0) return h('p', { class: 'empty' }, 'No input was tested for drift.');
    const xs = times.map(t => axis.indexOf(t));
    // A test looks at the bars since the one before.
    const from = j => j > 0 ? xs[j - 1] : Math.max(-0.5, 2 * xs[0] - (xs[1] ?? xs[0] + 1));
    const rowHeight = features.length > 24 ? 13 : 17;
    const alarms = ratios.flat().filter(r => r > 1).length;
    const cell = (chart, px, py) => {
      const index = chart.index(px), row = py === null ? 0 : Math.floor(py / rowHeight);
      const column = xs.findIndex((x, j) => index > from(j) && index <= x);
      return column >= 0 && row >= 0 && row < features.length ? [features[row], `${when(times[column])}: statistic over threshold ${significant(ratios[row]?.[column], 3)}`] : [];
    };
    return new TimeChart(axis, {
      title: 'Input drift by feature', height: features.length * rowHeight + AXIS, rows: features, gutter: innerWidth < 640 ? 112 : 168, format: significant,
      describe: `${plural(features.length, 'feature')} in ${plural(times.length, 'test')}, ${plural(alarms, 'result')} above the threshold; drifting most: ${features.slice(0, 5).join(', ')}. `,
      readout: i => { const j = xs.findIndex((x, k) => i > from(k) && i <= x); return [['', when(axis.times[i])], ['above threshold', j < 0 ? DASH : `${ratios.filter(row => row[j] > 1).length} of ${features.length} features`]]; },
      under(chart, c) {
        features.forEach((name, row) => {
          const y = row * rowHeight;
          times.forEach((_, j) => {
            const ratio = ratios[row]?.[j];
            if (!isNumber(ratio) || xs[j] < axis.from || from(j) > axis.to) return;
            const x0 = Math.max(0, chart.x(from(j))), x1 = chart.x(xs[j]);
            c.globalAlpha = ratio > 1 ? Math.min(1, 0.5 + (ratio - 1) / 4) : 0.04 + 0.3 * Math.max(0, ratio);
            c.fillStyle = ratio > 1 ? colours.down : colours.accent;
            c.fillRect(x0, y + 0.5, Math.max(1, x1 - x0 - (x1 - x0 > 4 ? 0.5 : 0)), rowHeight - 1);
          });
          c.globalAlpha = 1;
        });
      },
      hover: cell,
      over(chart, c) {
        // Names stand in the gutter, outside the clip.
        c.restore();
        c.save();
        c.fillStyle = colours.soft;
        c.textAlign = 'left';
        features.forEach((name, row) => {
          let shown = name;
          while (shown.length > 3 && c.measureText(shown).width > chart.gutter - 9) shown = shown.slice(0, -2) + '…';
          c.fillText(shown, chart.plotWidth + 7, row * rowHeight + rowHeight / 2);
        });
      },
    }).element;
  }

  function monthTable(months) {
    if (months.length === 0) return h('p', { class: 'empty' }, 'The run has no full month.');
    const years = [...new Set(months.map(m => m[0]))].sort((a, b) => a - b);
    const largest = Math.max(...months.map(m => Math.abs(m[2])).filter(isNumber), 1e-9);
    const host = h('div');
    const compound = values => values.length === 0 ? NaN : values.reduce((a, v) => a * (1 + v), 1) - 1;
    function fill(gross) {
      const of = m => gross ? m[3] : m[2];
      const cell = (v, lines) => {
        const td = h('td', { class: signClass(v), ...(lines ? { onmouseenter: e => showTip(e.clientX, e.clientY, lines), onmouseleave: hideTip } : {}) }, isNumber(v) ? signed(v * 100, 1) : '');
        if (isNumber(v)) td.style.background = `color-mix(in srgb, var(--${v >= 0 ? 'up' : 'down'}) ${Math.round(Math.min(1, Math.abs(v) / largest) * 26)}%, transparent)`;
        return td;
      };
      const button = (label, value) => h('button', { type: 'button', class: 'tool', 'aria-pressed': String(gross === value), onclick: () => fill(value) }, label);
      host.replaceChildren(h('div', { class: 'filters' }, button('After costs', false), button('Before costs', true), h('span', { class: 'soft' }, 'in percent')),
        h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Monthly returns' }, h('table', { class: 'months' }, h('caption', { class: 'unseen' }, 'Monthly returns in percent'),
          h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Year'), MONTHS.map(m => h('th', { scope: 'col' }, m)), h('th', { scope: 'col' }, 'Year’s total'))),
          h('tbody', null, years.map(year => {
            const rows = months.filter(m => m[0] === year);
            const total = cell(compound(rows.map(of).filter(isNumber)));
            total.classList.add('total');
            return h('tr', null, h('th', { scope: 'row' }, String(year)), MONTHS.map((name, i) => {
              const m = rows.find(row => row[1] === i + 1);
              return m ? cell(of(m), [`${name} ${year}`, `after costs ${signedPercent(m[2])}, before costs ${signedPercent(m[3])}`]) : h('td');
            }), total);
          })))));
    }
    fill(false);
    return host;
  }

  function tradeTable(market) {
    const state = { side: 'all', result: 'all', words: '' };
    const expand = e => { const b = e.currentTarget; b.setAttribute('aria-expanded', String(b.getAttribute('aria-expanded') !== 'true')); };
    const list = table({
      caption: 'Trades', rows: market.trades, empty: 'No trade fits.', columns: [
        { label: '#', sort: t => t.id, number: true, cell: t => h('button', { type: 'button', class: 'link', title: 'Show on the price chart', onclick: () => market.showTrade(t) }, fixed(t.id)) },
        { label: 'Side', sort: t => t.side, cell: t => h('span', { class: t.side === 'long' ? 'up' : 'down' }, `${t.side === 'long' ? '▲' : '▼'} ${t.side}`), css: 'nowrap' },
        { label: 'Entry', sort: t => t.opened, cell: t => when(t.opened), css: 'nowrap' },
        { label: 'Exit', sort: t => t.closed, cell: t => when(t.closed), css: 'nowrap' },
        { label: 'In', sort: t => t.entry, number: true, cell: t => price(t.entry) },
        { label: 'Out', sort: t => t.exit, number: true, cell: t => price(t.exit) },
        { label: 'Bars', sort: t => t.bars, number: true, cell: t => fixed(t.bars) },
        { label: 'Return', sort: t => t.gain, number: true, cell: t => h('span', { class: signClass(t.gain) }, signedPercent(t.gain)) },
        { label: 'Net', sort: t => t.pnl, number: true, cell: t => h('span', { class: signClass(t.pnl) }, signed(t.pnl, 2)) },
        { label: 'Costs', sort: t => t.costs, number: true, cell: t => money(t.costs) },
        { label: 'Closed by', sort: t => t.reason, cell: t => t.reason, css: 'nowrap' },
        { label: 'Votes at entry', css: 'votes', cell: t => h('button', { type: 'button', 'aria-expanded': 'false', title: 'Show all of it', onclick: expand }, t.votes) },
      ],
      keep: t => (state.side === 'all' || t.side === state.side) && (state.result === 'all' || (t.pnl > 0) === (state.result === 'won'))
        && (state.words === '' || `${t.id} ${t.reason} ${t.votes} ${when(t.opened)} ${when(t.closed)}`.toLowerCase().includes(state.words)),
    });
    const choice = (label, name, options) => h('select', { 'aria-label': label, onchange: e => { state[name] = e.target.value; list.refresh(); } }, options.map(([value, words]) => h('option', { value }, words)));
    const note = market.trade_count > market.trades.length ? `The newest ${fixed(market.trades.length)} of ${fixed(market.trade_count)} trades; all of them are in trades.csv.` : '';
    return [
      h('div', { class: 'filters' }, choice('Side', 'side', [['all', 'Long and short'], ['long', 'Long only'], ['short', 'Short only']]), choice('Result', 'result', [['all', 'Won and lost'], ['won', 'Won'], ['lost', 'Lost']]),
        h('input', { type: 'search', placeholder: 'Exit, member, date…', 'aria-label': 'Find in exits, votes and dates', oninput: e => { state.words = e.target.value.trim().toLowerCase(); list.refresh(); } }),
        h('span', { class: 'soft' }, note)), list];
  }

  function costTable(costs) {
    const total = costs.reduce((a, [, v]) => a + (isNumber(v) ? v : 0), 0);
    return costs.length === 0 ? h('p', { class: 'empty' }, 'No costs were charged.') : table({
      caption: 'Costs by kind', rows: [...costs, ['Total', total]], columns: [
        { label: 'Kind', cell: ([name]) => name === 'Total' ? h('b', null, name) : term(name) }, { label: 'Money', number: true, cell: ([, v]) => money(v) },
        { label: 'Share', number: true, cell: ([, v]) => total === 0 ? DASH : percent(v / total) },
      ],
    });
  }

  const eventColumns = (third, fourth, fourthNumber) => [
    { label: 'Time', sort: r => r[0], cell: r => when(r[0]), css: 'nowrap' }, { label: 'Bar', sort: r => r[1], number: true, cell: r => fixed(r[1]) }, { label: 'Member', sort: r => r[2], cell: r => r[2] },
    { label: third, sort: r => r[3], cell: r => r[3] }, { label: fourth, sort: r => r[4], number: fourthNumber, cell: r => fourthNumber ? significant(r[4]) : r[4] },
  ];
  const newestOf = (shown, all) => all > shown ? ` The newest ${fixed(shown)} of ${fixed(all)} are listed.` : '';

  function reproduce(data) {
    let config = data.config;
    try { config = JSON.stringify(JSON.parse(config), null, 2); } catch { /* comments are allowed: shown as it is */ }
    return section('reproduce', 'Reproduce this run', 'The same version with this command, config and data gives the same state hash, bit for bit, wherever the numerics fingerprint is the same.',
      h('div', { class: 'with-copy' }, h('h3', null, 'Command'), copyButton(data.command)), h('pre', { tabindex: '0', 'aria-label': 'Command' }, data.command),
      h('details', null, h('summary', null, 'Effective config'), h('div', { class: 'with-copy' }, h('span', { class: 'soft' }, 'as JSON'), copyButton(config)), h('pre', { tabindex: '0', 'aria-label': 'Config' }, config)),
      pairs('Provenance', data.provenance));
  }

  const equityFormat = { format: multiple, tick: (v, step) => fixed(v, decimalsOf(step)) + '×' };
  const percentTick = (v, step) => percent(v, decimalsOf(step * 100));
  const equitySeries = (source, axis) => [
    { name: 'Hone', colour: 'accent', values: source.equity, width: 2.2 }, { name: 'Buy and hold', colour: 'c2', values: source.buy_and_hold },
    { name: 'Rules only', colour: 'c3', values: source.rules_only }, { name: 'Cash', colour: 'faint', values: axis.times.map(() => 1), dash: [4, 4], width: 1.2 }];

  function marketView(market, data) {
    unpack(market);
    const axis = new TimeAxis(market.times);
    const marks = marksOf(market, axis);
    const learners = market.members.filter(m => !m.baseline && m.name !== 'panel');
    for (const m of learners.slice(10)) axis.hidden.add(m.name);
    const thinned = market.stride * market.member_stride > 1
      ? ` To keep this file small the price curves show every ${market.stride === 1 ? '' : `${market.stride}th `}point and the member curves every ${fixed(market.stride * market.member_stride)}th.` : '';
    return [head(market),
      section('price', 'Price, trades and regimes', [h('span', { id: 'usage' }, USAGE), thinned], priceChart(market, axis)),
      section('equity', 'Equity and its baselines', `As a multiple of the starting equity, ${/no costs/i.test(market.cost_model) ? 'without any costs' : 'after costs'}. A result means something only beside what holding, cash, the rules alone and luck would have earned.`,
        new TimeChart(axis, { title: 'Equity', term: 'equity', height: 290, ...equityFormat, series: equitySeries(market, axis) }).element, distribution(market.random)),
      section('drawdown', 'Drawdown and exposure', '',
        new TimeChart(axis, { title: 'Drawdown', term: 'drawdown', height: 160, format: v => percent(v), tick: percentTick, include: [0], bounds: [-1, 0], series: [{ name: 'Drawdown', colour: 'down', values: market.drawdown, fill: true, width: 1.2 }] }).element,
        new TimeChart(axis, { title: 'Exposure', term: 'exposure', height: 130, format: v => signedPercent(v, 0), tick: percentTick, include: [0], series: [{ name: 'Exposure', colour: 'c6', values: market.exposure, fill: true, width: 1 }] }).element),
      section('learning', 'How well each member learns', 'Rolling scores of predictions made before the answer was known. A member is worth something where it is above no-change in accuracy and below it in log-loss. ▼ marks a drift alarm, ◆ an adaptation.',
        memberChart(market, axis, 'accuracy', { title: 'Rolling accuracy', term: 'accuracy', height: 280, format: v => percent(v, 1), tick: percentTick }, marks),
        memberChart(market, axis, 'log_loss', { title: 'Rolling log-loss', term: 'log_loss', height: 280, format: v => fixed(v, 4), tick: (v, step) => fixed(v, decimalsOf(step)) }, marks)),
      section('weights', 'Weights and thresholds', '',
        memberChart(market, axis, 'weight', { title: 'Weight in the panel', term: 'adaptive_weight', height: 220, format: v => percent(v, 1), tick: percentTick, include: [0], bounds: [0, 1.02] }),
        memberChart(market, axis, 'threshold', { title: 'Confidence threshold', term: 'adaptive_threshold', height: 200, format: v => fixed(v, 3), tick: (v, step) => fixed(v, decimalsOf(step)) })),
      section('calibration', 'Can the probabilities be trusted?', '', reliability(market.reliability, market.ece, market.ece_null)),
      section('feature-drift', 'Feature drift', 'Each feature’s distribution, tested against its own past. Blue is as before, vermillion is beyond the threshold; those that drifted most stand first.', heatMap(market, axis)),
      section('contributions', 'What the models added', 'The ledger from the rules alone to the final result; its parts sum to the total.', waterfall('What the models added', market.contributions)),
      section('months', 'Monthly returns', '', monthTable(market.months)),
      section('trades', 'Trades', market.trade_count === 0 ? 'The run made no trade.' : `${plural(market.trade_count, 'trade')}. A number shows the trade on the chart; a vote opens in full.`, tradeTable(market)),
      h('div', { class: 'pair' }, section('costs', 'Costs', market.cost_model, costTable(market.costs)), section('data-quality', 'Data quality', '', pairs('Data quality', market.data_quality))),
      section('drifts', 'Drift alarms and adaptations', `${plural(market.drift_count, 'drift alarm')} and ${plural(market.adaptation_count, 'adaptation')}.${newestOf(market.drifts.length, market.drift_count)}`,
        h('h3', null, 'Drift alarms'), table({ caption: 'Drift alarms', rows: market.drifts, columns: eventColumns('Detector', 'Statistic', true), empty: 'No detector raised an alarm.' }),
        h('h3', { class: 'next' }, 'Adaptations'), table({ caption: 'Adaptations', rows: market.adaptations, columns: eventColumns('Action', 'Cause', false), empty: 'Nothing had to adapt.' })),
      reproduce(data)];
  }

  function portfolioView(portfolio, data) {
    if (!portfolio.unpacked) {
      let total = 0;
      portfolio.times = portfolio.times.map(v => total += v);
      portfolio.unpacked = true;
    }
    const axis = new TimeAxis(portfolio.times);
    const last = values => values.findLast(isNumber) ?? NaN;
    const figure = (market, key) => market.figures.find(f => keyOf(f[1]) === key)?.[2] ?? DASH;
    let highest = 0;
    const drawdown = portfolio.equity.map(v => { if (!isNumber(v)) return null; highest = Math.max(highest, v); return v / highest - 1; });
    const tile = (name, v) => h('div', { class: 'tile' }, h('div', { class: 'name' }, name), h('div', { class: `value ${signClass(v)}` }, signedPercent(v)));
    const leaks = data.symbols.filter(m => m.leak_suspicions.length > 0);
    return [
      h('div', { class: 'title' }, h('h1', null, 'Portfolio'), h('span', { class: 'period' }, `${plural(data.symbols.length, 'market')}${portfolio.times.length ? ` · ${day(portfolio.times[0])} to ${day(portfolio.times[portfolio.times.length - 1])}` : ''} · times in UTC`)),
      h('div', { class: 'badges' }, data.symbols.some(m => /no costs/i.test(m.cost_model)) ? h('span', { class: 'badge no-costs' }, 'No costs') : '', h('span', { class: 'badge' }, portfolio.note)),
      leaks.length > 0 ? h('div', { class: 'box leak', role: 'alert' }, h('h2', null, `Suspect leak in ${leaks.map(m => m.symbol).join(', ')}`), h('ul', null, leaks.flatMap(m => m.leak_suspicions.map(line => h('li', null, `${m.symbol}: ${line}`))))) : '',
      h('div', { class: 'tiles', id: 'figures' }, tile('Net profit', last(portfolio.equity) - 1), tile('Buy and hold', last(portfolio.buy_and_hold) - 1), tile('Rules only', last(portfolio.rules_only) - 1),
        tile('Maximum drawdown', drawdown.filter(isNumber).reduce((a, v) => Math.min(a, v), 0))),
      section('equity', 'Equity and its baselines', [h('span', { id: 'usage' }, USAGE)], new TimeChart(axis, { title: 'Equity', term: 'equity', height: 320, ...equityFormat, series: equitySeries(portfolio, axis) }).element),
      section('drawdown', 'Drawdown', '', new TimeChart(axis, { title: 'Drawdown', term: 'drawdown', height: 160, format: v => percent(v), tick: percentTick, include: [0], bounds: [-1, 0], series: [{ name: 'Drawdown', colour: 'down', values: drawdown, fill: true, width: 1.2 }] }).element),
      section('market-list', 'Markets', '', table({
        caption: 'Markets', rows: data.symbols.map((market, i) => ({ market, i })), columns: [
          { label: 'Market', sort: r => r.market.symbol, cell: r => h('button', { type: 'button', class: 'link', onclick: () => show(r.i + 1) }, r.market.symbol) },
          { label: 'Verdict', sort: r => r.market.verdict_kind, cell: r => r.market.verdict_kind.replaceAll('-', ' '), css: 'nowrap' },
          { label: 'Net', sort: r => last(r.market.equity) || null, number: true, cell: r => { const v = last(r.market.equity) - 1; return h('span', { class: signClass(v) }, signedPercent(v)); } },
          { label: 'Buy and hold', sort: r => last(r.market.buy_and_hold) || null, number: true, cell: r => signedPercent(last(r.market.buy_and_hold) - 1) },
          { label: 'Rules only', sort: r => last(r.market.rules_only) || null, number: true, cell: r => signedPercent(last(r.market.rules_only) - 1) },
          { label: 'Sharpe', number: true, cell: r => figure(r.market, 'sharpe') }, { label: 'Accuracy', number: true, cell: r => figure(r.market, 'accuracy') },
          { label: 'Trades', sort: r => r.market.trade_count, number: true, cell: r => fixed(r.market.trade_count) },
          { label: 'Warnings', sort: r => r.market.warnings.length, number: true, cell: r => fixed(r.market.warnings.length) },
        ],
      })),
      reproduce(data)];
  }

  // Start: the theme first, then the first view.

  const data = JSON.parse(byId('data').textContent);
  const views = [...(data.portfolio ? [['Portfolio', () => portfolioView(data.portfolio, data)]] : []), ...data.symbols.map(market => [market.symbol, () => marketView(market, data)])];
  const offset = data.portfolio ? 0 : -1;
  const setTheme = themes(() => {
    readColours();
    for (const chart of charts) chart.draw();
  });
  addEventListener('beforeprint', () => setTheme('light'));
  addEventListener('afterprint', () => setTheme());

  const inView = new IntersectionObserver(entries => {
    for (const entry of entries) {
      const chart = charts.find(c => c.plot === entry.target);
      if (!chart) continue;
      chart.visible = entry.isIntersecting;
      if (chart.visible && chart.dirty) chart.draw();
    }
  }, { rootMargin: '200px' });
  /** Draws the charts whose width is new. All widths are read before anything is written, so that the page is laid out once. */
  function fitCharts() {
    const widths = charts.map(chart => chart.host.clientWidth);
    charts.forEach((chart, i) => { if (widths[i] !== chart.width && widths[i] > 0) { chart.width = widths[i]; chart.draw(); } });
  }
  const resized = new ResizeObserver(fitCharts);
  const reading = new IntersectionObserver(entries => {
    for (const entry of entries) if (entry.isIntersecting) for (const a of byId('contents').children) a.setAttribute('aria-current', String(a.hash === `#${entry.target.id}`));
  }, { rootMargin: '-10% 0px -75% 0px' });

  function show(number) {
    charts = [];
    hideTip();
    inView.disconnect();
    reading.disconnect();
    const view = views[number + offset] ?? views[0];
    const main = byId('content');
    main.replaceChildren(...(view ? view[1]() : [h('h1', null, 'No market'), h('p', { class: 'empty' }, 'The run had no market.'), reproduce(data)]).flat(Infinity).filter(Boolean));
    fitCharts();
    for (const chart of charts) if (chart.plot) inView.observe(chart.plot);
    const sections = [...main.querySelectorAll('section')];
    byId('contents').replaceChildren(...sections.map(part => h('a', { href: `#${part.id}` }, part.querySelector('h2').textContent)));
    for (const part of sections) reading.observe(part);
    const current = views.indexOf(view);
    for (const [i, b] of [...byId('markets').querySelectorAll('button')].entries()) b.setAttribute('aria-current', String(i === current));
    const select = byId('markets').querySelector('select');
    if (select) select.value = String(current);
    scrollTo(0, 0);
  }

  setTheme();
  if (views.length > 8) byId('markets').append(h('select', { 'aria-label': 'Market', onchange: e => show(Number(e.target.value) - offset) }, views.map(([name], i) => h('option', { value: i }, name))));
  else if (views.length > 1) byId('markets').append(...views.map(([name], i) => h('button', { type: 'button', onclick: () => show(i - offset) }, name)));
  byId('provenance').textContent = data.provenance.map(([name, value]) => `${name} ${value}`).slice(0, 6).join(' · ');
  show(data.portfolio ? 0 : 1);
  resized.observe(byId('content'));
  ready();
})();
