'use strict';
// Draws the plots from the page's own data, in light or dark; sorts and filters tables.
(() => {
  const shown = JSON.parse(document.getElementById('drawings').textContent);
  const night = matchMedia('(prefers-color-scheme: dark)');
  const config = { displayModeBar: false, responsive: false, showTips: false, scrollZoom: false, doubleClick: false };
  const PAPER_WIDTH = 690;
  let printing = false;

  const darkened = value => {
    if (typeof value === 'string') return shown.dark[value] || value;
    if (Array.isArray(value)) return value.map(darkened);
    if (value && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, name === 'colorscale' ? inner : darkened(inner)]));
    }
    return value;
  };
  const over = (base, given) => {
    const made = { ...base };
    for (const [name, value] of Object.entries(given)) {
      made[name] = value && typeof value === 'object' && !Array.isArray(value) ? over(base[name] || {}, value) : value;
    }
    return made;
  };

  function draw(plot) {
    const given = structuredClone(shown.drawings[plot.dataset.drawing]);
    const width = printing ? PAPER_WIDTH : plot.clientWidth;
    if (!width) return;
    let layout = over(given.layout, { width });
    if (width < 560) {
      layout = over(over(layout, { font: { size: 11 } }), given.narrow);
      for (const trace of given.data) if (trace.mode === 'text') trace.textfont.size = 9;
    }
    const dark = night.matches && !printing;
    Plotly.react(plot, dark ? darkened(given.data) : given.data, dark ? darkened(layout) : layout, config);
  }
  const seen = () => [...document.querySelectorAll('.plot')].filter(plot => plot.offsetParent !== null);
  const drawAll = () => seen().forEach(draw);

  for (const section of document.querySelectorAll('[data-choice]')) {
    const pictures = [...section.querySelectorAll('figure')];
    if (pictures.length < 2) continue;
    const select = section.querySelector('select');
    const choose = () => {
      pictures.forEach((picture, place) => { picture.hidden = place !== select.selectedIndex; });
      pictures[select.selectedIndex].querySelectorAll('.plot').forEach(draw);
    };
    section.querySelector('.controls').hidden = false;
    select.addEventListener('change', choose);
    choose();
  }

  let waiting = 0;
  addEventListener('resize', () => { clearTimeout(waiting); waiting = setTimeout(drawAll, 120); });
  night.addEventListener('change', drawAll);
  addEventListener('beforeprint', () => { printing = true; drawAll(); });
  addEventListener('afterprint', () => { printing = false; drawAll(); });
  drawAll();

  const only = document.getElementById('only');
  const which = document.getElementById('which');
  function filter() {
    for (const row of document.querySelectorAll('tr[data-verdict]')) {
      const told = ['better', 'worse'].includes(row.dataset.verdict);
      row.hidden = (only.checked && !told) || (which.value !== '' && row.dataset.scenario !== which.value);
    }
    for (const part of document.querySelectorAll('.subject, .subject details, .subject > .scroll')) {
      part.hidden = !part.querySelector('tr[data-verdict]:not([hidden])');
    }
    const left = document.querySelectorAll('tr[data-verdict]:not([hidden])').length;
    document.getElementById('left').textContent = left === 1 ? '1 row shown' : left + ' rows shown';
  }
  if (only) {
    document.getElementById('filters').hidden = false;
    only.addEventListener('change', filter);
    which.addEventListener('change', filter);
  }

  // On narrow screens rows are drawn as cards, which would hide from readers that this is a table.
  for (const table of document.querySelectorAll('table.measures')) {
    table.setAttribute('role', 'table');
    for (const part of [table.tHead, ...table.tBodies]) part.setAttribute('role', 'rowgroup');
    for (const row of table.rows) {
      row.setAttribute('role', 'row');
      for (const cell of row.cells) {
        const scope = cell.getAttribute('scope');
        cell.setAttribute('role', scope === 'col' ? 'columnheader' : scope === 'row' ? 'rowheader' : 'cell');
      }
    }
  }

  for (const table of document.querySelectorAll('table.sortable')) {
    const first = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const up = head.getAttribute('aria-sort') !== 'ascending';
        const known = head.getAttribute('aria-sort');
        heads.forEach(other => other.removeAttribute('aria-sort'));
        if (known === 'descending') { table.tBodies[0].append(...first); return; }
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        const value = row => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
        const compare = (a, b) => {
          const [x, y] = [value(a), value(b)];
          if (x === '' || y === '') return (x === '') - (y === '');
          const gap = Number(x) - Number(y);
          return (up ? 1 : -1) * (Number.isNaN(gap) ? x.localeCompare(y, 'en') : gap);
        };
        table.tBodies[0].append(...[...first].sort(compare));
      });
    });
  }
})();
