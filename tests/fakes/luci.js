// Stand-ins for LuCI's modules, as far as the page of Dormouse uses them, and the checks of the page: node luci.js VIEW.
// They differ from LuCI where it matters to nobody here: nothing is drawn, and a form only holds its options.
'use strict';
const assert = require('node:assert');
const source = require('node:fs').readFileSync(process.argv[2], 'utf8');

// A node: its tag, attributes, and children. As in LuCI, items of an array become text, and a string alone becomes HTML.
function E(tag, attributes, children) {
    const node = { tag, attributes: attributes || {}, children: [] };
    if (Array.isArray(children))
        node.children = children.map((item) => typeof item === 'object' ? item : { text: String(item) });
    else if (children !== undefined && children !== null)
        node.children = [typeof children === 'object' ? children : { html: String(children) }];
    return node;
}

function walk(node, visit) {
    visit(node);
    (node.children || []).forEach((child) => walk(child, visit));
}

function textOf(node) {
    let text = '';
    walk(node, (item) => {
        assert.ok(!('html' in item), 'HTML from a string: ' + item.html);
        text += 'text' in item ? item.text + '\n' : '';
    });
    return text;
}

class Option {
    constructor(kind, name, title) { Object.assign(this, { kind, name, title, choices: [] }); }
    value(choice) { this.choices.push(choice); }
}

class Section {
    constructor(kind, type) { Object.assign(this, { kind, type, options: {} }); }
    option(kind, name, title) { return (this.options[name] = new Option(kind, name, title)); }
}

function world(answers, config) {
    const seen = { commands: [], notes: [], polls: [], maps: [], content: [] };
    const form = {};
    for (const kind of ['Flag', 'Value', 'ListValue', 'DynamicList', 'GridSection'])
        form[kind] = kind;
    form.Map = class {
        constructor(name) { Object.assign(this, { config: name, sections: [] }); seen.maps.push(this); }
        section(kind, type) { this.sections.push(new Section(kind, type)); return this.sections.at(-1); }
        render() { return Promise.resolve(E('form', {}, ['the form'])); }
    };
    const modules = {
        view: { extend: (methods) => methods },
        form,
        fs: {
            exec: (file, words) => {
                const command = [file, ...words].join(' ');
                seen.commands.push(command);
                const answer = answers[command];
                return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
            },
        },
        poll: { add: (work, seconds) => seen.polls.push({ work, seconds }) },
        dom: { content: (node, children) => seen.content.push(E('div', {}, children)) },
        ui: {
            addNotification: (title, node, kind) => seen.notes.push({ text: textOf(node).trim(), kind }),
            createHandlerFn: (context, work) => work.bind(context),
        },
        uci: {
            load: (name) => Promise.resolve([name]),
            get: (name, section) => { assert.equal(name, 'dormouse'); return config[section]; },
            set: (name, section, option, value) => { config[section][option] = value; },
            unset: (name, section, option) => { delete config[section][option]; },
        },
    };
    const L = { resolveDefault: (promise, other) => promise.catch(() => other) };
    const names = [...source.matchAll(/^'require (\w+)';$/gm)].map((found) => found[1]);
    const made = new Function(...names, 'E', 'L', '_', source);
    return { seen, page: made(...names.map((name) => { assert.ok(modules[name], name); return modules[name]; }), E, L, (text) => text) };
}

const REPORT = '/etc/init.d/dormouse report';
const now = Date.now() / 1000;
const STATES = {
    home: {
        running: true, last_round: { ok: true, started: now - 7, lines: [], problems: [] },
        published: { 'A home.example.org': ['192.0.2.1'], 'AAAA home.example.org': [] }, failing: {},
    },
    bad: {
        running: true, last_round: { ok: false, started: now - 7200, lines: [], problems: ['<img src=x onerror=alert(1)>'] },
        published: {}, failing: {},
    },
    first: { running: true, last_round: null, published: {}, failing: {} },
    off: { running: false, healthy: false },
    broken: null,
};

const TESTS = {
    async 'the state of each instance, as text'() {
        const { seen, page } = world({ [REPORT]: { code: 0, stdout: JSON.stringify(STATES) } }, {});
        const text = textOf(await page.render(await page.load()));
        for (const part of ['home\nwell, 7 s ago\nA home.example.org: 192.0.2.1\nAAAA home.example.org: none\n',
            'bad\nfailed, 2 h ago\n<img src=x onerror=alert(1)>\n', 'first\nno round has been done yet\n',
            'off\nnot running\n', 'broken\nnot running\n', 'the form'])
            assert.ok(text.includes(part), part + ' is not in ' + text);
        assert.deepEqual(seen.commands, [REPORT]);
        assert.equal(seen.polls.length, 1);
        await seen.polls[0].work();
        assert.ok(textOf(seen.content[0]).includes('well, 7 s ago'));
    },
    async 'no instance, no answer, no JSON: the settings can be edited all the same'() {
        for (const answer of [{ code: 0, stdout: '{}' }, { code: 1 }, { stdout: 'nonsense' }, new Error('denied')]) {
            const { page } = world({ [REPORT]: answer }, {});
            const text = textOf(await page.render(await page.load()));
            assert.ok(text.includes('No instance is started.\n') && text.includes('the form'), text);
        }
    },
    async 'a round and a check, and what they say'() {
        const answers = {
            [REPORT]: { stdout: '{}' }, '/etc/init.d/dormouse round': { code: 0 },
            '/etc/init.d/dormouse check': { code: 1, stdout: 'Section home:\n', stderr: '<b>bad</b>\n' },
        };
        const { seen, page } = world(answers, {});
        const buttons = [];
        const press = async (node) => {
            walk(node, (item) => item.tag === 'button' && buttons.push(item.attributes.click));
            for (const click of buttons)
                await click();
        };
        await press(await page.render(await page.load()));
        assert.deepEqual(seen.commands, [REPORT, '/etc/init.d/dormouse round', '/etc/init.d/dormouse check']);
        assert.deepEqual(seen.notes, [{ text: 'Done.', kind: 'info' }, { text: 'Section home:\n<b>bad</b>', kind: 'warning' }]);
        answers['/etc/init.d/dormouse round'] = new Error('denied');
        await buttons[0]();
        assert.deepEqual(seen.notes.at(-1), { text: 'denied', kind: 'error' });
    },
    async 'sections, and every setting that has no field of its own as a line'() {
        const config = { home: {
            '.name': 'home', '.type': 'ddns', enabled: '1', domains: ['a.example.org'], update_cron: '@every 10m',
            healthchecks: ['https://x/1=2'], record_comment: 'one\ntwo', quiet: 'true',
        } };
        const { seen, page } = world({ [REPORT]: { stdout: '{}' } }, config);
        await page.render(await page.load());
        const [map] = seen.maps;
        const [section] = map.sections;
        assert.deepEqual([map.config, section.kind, section.type, section.addremove, section.anonymous],
            ['dormouse', 'GridSection', 'ddns', true, false]);
        assert.equal(section.options.enabled.rmempty, false);
        assert.equal(section.options.cloudflare_api_token.password, true);
        const others = section.options._others;
        assert.deepEqual(others.cfgvalue('home'), ['update_cron=@every 10m', 'healthchecks=https://x/1=2', 'quiet=true']);

        others.write('home', ['update_cron=@every 5m', 'healthchecks=https://x/1=2', 'healthchecks=https://y']);
        assert.deepEqual(config.home, {
            '.name': 'home', '.type': 'ddns', enabled: '1', domains: ['a.example.org'], update_cron: '@every 5m',
            healthchecks: ['https://x/1=2', 'https://y'], record_comment: 'one\ntwo',
        });
        others.write('home', 'ttl_is_no_field=1');
        others.remove('home');
        assert.deepEqual(Object.keys(config.home), ['.name', '.type', 'enabled', 'domains', 'record_comment']);
        assert.deepEqual(others.cfgvalue('new'), []);

        assert.equal(others.validate('home', ''), true);
        assert.equal(others.validate('home', 'update_cron=@every 5m'), true);
        assert.match(others.validate('home', 'update_cron'), /name=value/);
        assert.match(others.validate('home', 'Update=1'), /name=value/);
        assert.match(others.validate('home', 'domains=x'), /field of its own/);
        for (const name of Object.keys(section.options).filter((name) => name !== '_others'))
            assert.match(others.validate('home', name + '=x'), /field of its own/);
    },
};

(async () => {
    for (const [title, test] of Object.entries(TESTS)) {
        await test();
        console.log(title);
    }
})();
