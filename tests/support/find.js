// Finds visible elements by role and accessible name: arguments are the role and a name, or null for all names.
// A reduced form of the HTML and accname rules: enough for what one page of our own uses.
const [role, name] = arguments;
const NATIVE = {
  button: 'button, summary, input[type=button], input[type=submit]',
  link: 'a[href]',
  textbox: 'input:not([type]), input[type=text], input[type=url], input[type=email], input[type=password], textarea',
  searchbox: 'input[type=search]',
  checkbox: 'input[type=checkbox]',
  radio: 'input[type=radio]',
  combobox: 'select',
  option: 'option',
  heading: 'h1, h2, h3, h4, h5, h6',
  dialog: 'dialog[open]',
  list: 'ul, ol',
  listitem: 'li',
  table: 'table',
  row: 'tr',
  img: 'img',
  navigation: 'nav',
  main: 'main',
};
const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const NAMED_BY_CONTENT = /^(button|link|heading|option|menuitem|menuitemradio|menuitemcheckbox|tab|treeitem|row|cell|gridcell|listitem|checkbox|radio|switch)$/;

function textOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute('aria-hidden') === 'true') return '';
  if (!node.checkVisibility({ visibilityProperty: true })) return '';
  if (node.hasAttribute('aria-label')) return ` ${node.getAttribute('aria-label')} `;
  if (node.tagName === 'IMG') return ` ${node.alt} `;
  const block = getComputedStyle(node).display.startsWith('inline') ? '' : ' ';
  return block + [...node.childNodes].map(textOf).join('') + block;
}

function nameOf(element) {
  const byId = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean);
  const labelled = tidy(byId.map((id) => document.getElementById(id)?.textContent).join(' '));
  if (labelled) return labelled;
  const given = tidy(element.getAttribute('aria-label'));
  if (given) return given;
  const labels = tidy([...(element.labels ?? [])].map(textOf).join(' '));
  if (labels) return labels;
  if (element.tagName === 'IMG') return tidy(element.alt);
  if (element.tagName === 'INPUT' && /^(button|submit)$/.test(element.type)) return tidy(element.value);
  const content = NAMED_BY_CONTENT.test(role) ? tidy(textOf(element)) : '';
  return content || tidy(element.title) || tidy(element.getAttribute('placeholder'));
}

function reachable(element) {
  return (
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest('[aria-hidden=true], [inert]')
  );
}

const native = NATIVE[role] ? [...document.querySelectorAll(NATIVE[role])].filter((one) => !one.hasAttribute('role')) : [];
const all = new Set([...document.querySelectorAll(`[role~="${role}"]`), ...native]);
const ordered = [...document.querySelectorAll('*')].filter((one) => all.has(one) && reachable(one));
return name === null ? ordered.map(nameOf) : ordered.filter((one) => nameOf(one) === name);
