// Choice, search, keys and theme: what ties the parts together.

function chooseTopic(topic) {
  state.topic = topic;
  state.shownDocuments = 10;
  markChoice();
  drawHeading();
  drawn[state.tab]();
}

function chooseWord(word) {
  state.word = word;
  markChoice();
  if (state.tab === 'words') drawWords();
}

function chooseTab(tab) {
  state.tab = tab;
  for (const name of Object.keys(drawn)) {
    byId(`panel-${name}`).hidden = name !== tab;
    byId(`tab-${name}`).setAttribute('aria-selected', name === tab);
    byId(`tab-${name}`).tabIndex = name === tab ? 0 : -1;
  }
  drawn[tab]();
}

function prepareTabs() {
  byId('tab-time').hidden = !data.time;
  byId('tab-classes').hidden = !data.classes;
  const tabs = Object.keys(drawn).filter(tab => !byId(`tab-${tab}`).hidden);
  for (const tab of tabs) byId(`tab-${tab}`).addEventListener('click', () => chooseTab(tab));
  byId('tabs').addEventListener('keydown', event => {
    const at = tabs.indexOf(state.tab);
    const to = { ArrowRight: (at + 1) % tabs.length, ArrowLeft: (at + tabs.length - 1) % tabs.length,
      Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    chooseTab(tabs[to]);
    byId(`tab-${tabs[to]}`).focus();
  });
}

// Search

const MostResults = { topics: 5, words: 8, documents: 8 };
const documentForms = [];
let results = [];
let active = -1;

/** Topics by name, words by their beginning before those that contain it, documents by what they say. */
function find(query) {
  const sought = plain(query.trim());
  if (!sought) return [];
  const found = [];
  const first = (items, form, most) => {
    const hits = [[], []];
    for (const item of items) {
      const at = form(item).indexOf(sought);
      if (at === 0) hits[0].push(item);
      else if (at > 0) hits[1].push(item);
      if (hits[0].length >= most) break;
    }
    return hits.flat().slice(0, most);
  };
  const named = t => plain([titleOf(t), ...topics[t].labels].join('\n'));
  for (const t of first(bySize, named, MostResults.topics)) {
    found.push({ text: titleOf(t), note: 'topic', choose: () => { state.sought = ''; chooseTopic(t); } });
  }
  for (const w of first(data.words.keys(), w => plain(data.words[w]), MostResults.words)) {
    const ofWord = shares(data.topicsOfWords[w]);
    found.push({
      text: data.words[w],
      note: ofWord.length > 0 ? `word, most in topic ${titleOf(ofWord[0][0])}` : 'word of no topic',
      choose: () => {
        chooseWord(w);
        chooseTab('words');
        if (ofWord.length > 0) chooseTopic(ofWord[0][0]);
      },
    });
  }
  if (documentForms.length === 0) {
    for (const document of data.documents) documentForms.push(plain(`${document.title ?? ''} ${document.text}`));
  }
  let documents = 0;
  for (let d = 0; d < data.documents.length && documents < MostResults.documents; d++) {
    if (!documentForms[d].includes(sought)) continue;
    documents++;
    const document = data.documents[d];
    found.push({
      text: document.title ?? document.text.slice(0, 120),
      note: `document, most in topic ${titleOf(document.topics[0])}`,
      choose: () => {
        state.sought = sought;
        chooseTopic(document.topics[0]);
        chooseTab('documents');
        byId('documents').prepend(article(document, state.topic));
      },
    });
  }
  return found;
}

function showResults() {
  const [field, list] = [byId('search'), byId('results')];
  results = find(field.value);
  active = -1;
  list.replaceChildren(...results.map((result, i) => {
    const row = element('li', { role: 'option', id: `result-${i}`, 'aria-selected': 'false', dir: 'auto' },
      result.text, element('small', { dir: 'auto' }, result.note));
    // Before the field loses the focus.
    row.addEventListener('mousedown', event => { event.preventDefault(); takeResult(i); });
    return row;
  }));
  if (results.length === 0 && field.value.trim()) {
    list.append(element('li', { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, 'Nothing found.'));
  }
  const open = field.value.trim() !== '';
  list.hidden = !open;
  field.setAttribute('aria-expanded', open);
  field.removeAttribute('aria-activedescendant');
}

function takeResult(index) {
  if (!results[index]) return;
  results[index].choose();
  closeResults();
}

function closeResults() {
  byId('results').hidden = true;
  byId('search').setAttribute('aria-expanded', 'false');
  byId('search').removeAttribute('aria-activedescendant');
}

function searchKey(event) {
  if (event.key === 'Escape') {
    event.preventDefault();
    byId('search').value = '';
    closeResults();
  } else if (event.key === 'Enter') {
    event.preventDefault();
    takeResult(Math.max(active, 0));
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && results.length > 0) {
    event.preventDefault();
    active = (active + (event.key === 'ArrowDown' ? 1 : results.length + (active < 0 ? 0 : -1))) % results.length;
    results.forEach((_, i) => byId(`result-${i}`).setAttribute('aria-selected', i === active));
    byId(`result-${active}`).scrollIntoView({ block: 'nearest' });
    byId('search').setAttribute('aria-activedescendant', `result-${active}`);
  }
}

// Theme: that of the system until the button is used.

const root = document.documentElement;
const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : darkSystem.matches;

function applyTheme() {
  byId('theme').textContent = isDark() ? 'Light' : 'Dark';
  byId('theme').setAttribute('aria-label', isDark() ? 'Light colours' : 'Dark colours');
  if (state.tab === 'similar') drawMatrix();
}

function summary() {
  const { documents, shown, cut, length, perTopic, withoutTopics, withoutText, terms, termsShown } = data.counts;
  const texts = documents === 1 ? '1 text' : `${count(documents)} texts`;
  byId('title').textContent = document.title = data.title;
  byId('summary').append(
    rank === 1 ? '1 topic' : `${count(rank)} topics`,
    ` of ${documents > 0 ? `${texts} and ` : ''}${terms === 1 ? '1 word' : `${count(terms)} words`}. `);
  if (data.description) byId('summary').append(said(data.description));
  byId('left-out').append(...[
    documents === 0 ? 'The page was made without documents.'
      : shown < documents
        ? `In this page are ${count(shown)} of ${texts}: up to ${count(perTopic)} with most of each topic, the same `
          + 'text once, and those that stand for it. All of them count for times and classes.'
        : 'All texts are in this page.',
    cut > 0 ? ` ${count(cut)} of them are cut to a passage of ${count(length)} characters.` : '',
    withoutText > 0 ? ` ${count(withoutText)} of all texts are empty.` : '',
    withoutTopics > 0 ? ` ${count(withoutTopics)} have no word of any topic.` : '',
    termsShown < terms
      ? ` Of ${count(terms)} words ${count(termsShown)} can be found: those shown and the most frequent.` : '',
  ].filter(sentence => sentence));
}

function start() {
  state.tab = 'words';
  summary();
  drawMap();
  drawList();
  drawDuplicates();
  prepareTabs();
  prepareTree();
  byId('lambda').value = state.lambda;
  chooseTopic(state.topic);
  chooseTab('words');
  applyTheme();

  byId('list').addEventListener('keydown', moveInList);
  byId('sort').addEventListener('change', event => {
    state.sort = event.target.value;
    byId('list').hidden = state.sort === 'groups';
    byId('groups').hidden = state.sort !== 'groups';
    if (state.sort === 'groups') drawTree();
    else state.group = null;
    drawList();
    markChoice();
  });
  byId('order').addEventListener('change', event => {
    state.order = event.target.value;
    state.shownDocuments = 10;
    drawDocuments();
  });
  byId('lambda').addEventListener('input', event => { state.lambda = Number(event.target.value); drawWords(); });
  const step = by => {
    const order = sortedTopics();
    chooseTopic(order[(order.indexOf(state.topic) + by + rank) % rank]);
  };
  byId('previous').addEventListener('click', () => step(-1));
  byId('next').addEventListener('click', () => step(1));
  byId('more').addEventListener('click', () => { state.shownDocuments += 20; drawDocuments(); });
  byId('matrix').addEventListener('click', event => chooseTopic(matrixCell(event)[0]));
  byId('matrix').addEventListener('mousemove', event => {
    const [row, column] = matrixCell(event);
    byId('matrix-note').textContent =
      `${distance(row, column).toFixed(2)} between ${titleOf(row)} and ${titleOf(column)}`;
  });
  byId('matrix').addEventListener('keydown', event => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    chooseTopic(data.order[Math.max(0, Math.min(rank - 1, data.order.indexOf(state.topic) + by))]);
  });
  byId('search').addEventListener('input', showResults);
  byId('search').addEventListener('focus', () => byId('search').value && showResults());
  byId('search').addEventListener('blur', closeResults);
  byId('search').addEventListener('keydown', searchKey);
  byId('theme').addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; applyTheme(); });
  darkSystem.addEventListener('change', applyTheme);
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.target.closest('input, select')) return;
    event.preventDefault();
    byId('search').focus();
  });
  performance.mark('ready');
}

start();
