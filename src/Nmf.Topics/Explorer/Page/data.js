'use strict';
// What the page knows, and how it is looked up. Texts of the data get into the page by textContent alone.

const data = JSON.parse(document.getElementById('data').textContent);
const topics = data.topics;
const rank = topics.length;
const bySize = topics.map((_, t) => t).sort((a, b) => topics[b].share - topics[a].share || a - b);

/** An element with attributes, properties that begin with a dot, and children, of which texts become text nodes. */
function element(name, attributes = {}, ...children) {
  const svg = ['svg', 'g', 'circle', 'text', 'line', 'path', 'rect', 'title'].includes(name);
  const made = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('.')) made[key.slice(1)] = value;
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter(child => child !== null));
  return made;
}

const byId = id => document.getElementById(id);

/** A text of the data: its direction is its own, whatever marks are in it. */
const said = text => element('bdi', {}, text);

const count = number => number.toLocaleString('en');

function percent(share) {
  const value = share * 100;
  return value >= 10 || value === 0 ? `${value.toFixed(0)} %` : value >= 0.1 ? `${value.toFixed(1)} %` : '< 0.1 %';
}

const titleOf = topic => `${topic + 1}: ${topics[topic].name}`;

/** A name with room on the map: two words of those that a topic without a label has. */
function shortName(topic) {
  const { name, summary } = topics[topic];
  const words = name === summary ? name.split(', ').slice(0, 2).join(', ') : name;
  const signs = [...words];
  return signs.length > 24 ? `${signs.slice(0, 23).join('')}…` : words;
}

/** Which topics have nearly the same words, or nothing. */
function twinNote(topic) {
  const { twins } = topics[topic];
  return twins.length > 0 ? `; nearly the same words as topic ${twins.map(t => t + 1).join(' and ')}` : '';
}

/** λ log p(w|t) + (1 - λ) log (p(w|t) / p(w)): Sievert and Shirley (2014). */
function relevance(weight, overall, share, lambda) {
  // A word that the totals do not have is as frequent as the topic says.
  const all = overall > 0 ? overall : share * weight;
  return lambda * Math.log(weight) + (1 - lambda) * (all > 0 ? Math.log(weight / all) : 0);
}

/** The most relevant words of a topic: { word, weight, overall }, best first. */
function relevantWords(topic, lambda) {
  const { terms, weights, share } = topics[topic];
  return terms
    .map((word, i) => {
      const overall = data.overall[word];
      // Words that only this topic has differ in their lift by rounding.
      const score = Math.round(relevance(weights[i], overall, share, lambda) * 1e4);
      return { word, weight: weights[i], overall, score };
    })
    .sort((a, b) => b.score - a.score || b.weight - a.weight || a.word - b.word)
    .slice(0, data.counts.termsPerTopic);
}

/** The mean of all pairs is 1. */
function distance(a, b) {
  return a === b ? 0 : data.distances[Math.max(a, b)][Math.min(a, b)] / 1000;
}

const hasWords = topic => topics[topic].terms.length > 0;

function nearest(topic) {
  return topics.map((_, t) => t).filter(t => t !== topic && hasWords(t) && hasWords(topic))
    .sort((a, b) => distance(topic, a) - distance(topic, b) || a - b);
}

/** Pairs of [topic, share] of a list in which they take turns, shares in thousandths. */
function shares(list) {
  const pairs = [];
  for (let i = 0; i < list.length; i += 2) pairs.push([list[i], list[i + 1] / 1000]);
  return pairs;
}

// Words are found in texts as ML.NET's normaliser leaves them: lower case, without marks, without punctuation.
const plain = text => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
const bare = text => text.replace(/[^\p{L}\p{N}]/gu, '');

const wordNumbers = new Map();
let longestPhrase = 1;
data.words.forEach((word, number) => {
  const parts = word.toLowerCase().split(/[|\s]+/);
  longestPhrase = Math.max(longestPhrase, Math.min(parts.length, 5));
  for (const form of [parts.join(' '), plain(parts.join(' '))]) {
    if (!wordNumbers.has(form)) wordNumbers.set(form, number);
  }
});

function findWord(text) {
  for (const form of [text.toLowerCase(), plain(text), bare(plain(text))]) {
    const number = wordNumbers.get(form);
    if (number !== undefined) return number;
  }
  return undefined;
}

/** Cuts a text into pieces: { text, word } with the number of the known word or phrase, undefined for the rest. */
function pieces(text) {
  const tokens = [...text.matchAll(/[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}'’+#_-]*[\p{L}\p{N}\p{M}+#])?/gu)];
  const result = [];
  let end = 0;
  for (let i = 0; i < tokens.length; i++) {
    for (let length = Math.min(longestPhrase, tokens.length - i); length > 0; length--) {
      const word = findWord(tokens.slice(i, i + length).map(token => token[0]).join(' '));
      if (word === undefined) continue;
      const last = tokens[i + length - 1];
      result.push({ text: text.slice(end, tokens[i].index) });
      end = last.index + last[0].length;
      result.push({ text: text.slice(tokens[i].index, end), word });
      i += length - 1;
      break;
    }
  }
  result.push({ text: text.slice(end) });
  return result;
}

/** The part of a word in a document that a topic explains: h_k w_fk / Σ h_j w_fj, of the topics that both have. */
function responsibility(word, topic, documentTopics) {
  const ofWord = new Map(shares(data.topicsOfWords[word]));
  let all = 0;
  let own = 0;
  for (const [t, share] of documentTopics) {
    const part = topics[t].share > 0 ? share * (ofWord.get(t) ?? 0) / topics[t].share : 0;
    all += part;
    if (t === topic) own = part;
  }
  return all > 0 ? own / all : 0;
}

/** How much a word in a document speaks for a topic: between what of it there, and what of it everywhere, is its. */
function evidence(word, topic, documentTopics) {
  const everywhere = new Map(shares(data.topicsOfWords[word])).get(topic) ?? 0;
  return Math.sqrt(responsibility(word, topic, documentTopics) * everywhere);
}

function ordinal(number) {
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
  return number + ending[new Intl.PluralRules('en', { type: 'ordinal' }).select(number)];
}
